package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what is written down of runs. */
final class Runs {
    private static final int PAGE = 500;
    private static final int MOST_LISTED = 100;
    private static final String COLUMNS = "workflow, transaction_id, state, output::text, error::text,"
            + " to_char(created_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'),"
            + " to_char(finished_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";

    private final Database database;

    Runs(Database database) {
        this.database = database;
    }

    static JsonObject error(Failure failure) {
        return new JsonObject().put("code", failure.code().name()).put("message", failure.getMessage());
    }

    @Nullable
    static Object parsed(@Nullable String json) {
        return json == null ? null : Json.decodeValue(json);
    }

    private static Failure failure(JsonObject error) {
        return new Failure(FailureCode.valueOf(error.getString("code")), error.getString("message"));
    }

    /** One run; fails with {@code NOT_FOUND}. */
    Future<JsonObject> one(String id) {
        return database.read(Statement.of("select " + COLUMNS + " from vinculum.workflow_run where id = $1", id))
                .map(rows -> {
                    if (rows.isEmpty()) {
                        throw Failure.notFound("there is no run " + id);
                    }
                    return shown(rows.get(0));
                });
    }

    private static JsonObject shown(Row row) {
        JsonObject shown = new JsonObject()
                .put("id", row.getString(0))
                .put("transactionId", row.getString(1))
                .put("state", row.getString(2))
                .put("output", parsed(row.getString(3)))
                .put("created_at", row.getString(5))
                .put("finished_at", row.getString(6));
        if (row.getString(4) != null) {
            shown.put("error", parsed(row.getString(4)));
        }
        return shown;
    }

    /** One run and what is recorded of its steps, in the order of completion. */
    Future<JsonObject> withSteps(String id) {
        Statement steps = Statement.of(
                "select node, item, undo, state, attempt, output::text, error::text,"
                        + " to_char(recorded_at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
                        + " from vinculum.workflow_step where run = $1 order by place",
                id);
        return one(id).compose(run -> database.read(steps).map(rows -> {
            JsonArray timeline = new JsonArray();
            rows.forEach(row -> timeline.add(step(row)));
            return run.put("steps", timeline);
        }));
    }

    private static JsonObject step(Row row) {
        JsonObject step = new JsonObject().put("step", row.getString(0));
        if (row.getInteger(1) >= 0) {
            step.put("item", row.getInteger(1));
        }
        return step.put("undo", row.getBoolean(2))
                .put("state", row.getString(3))
                .put("attempts", row.getInteger(4))
                .put("output", parsed(row.getString(5)))
                .put("error", parsed(row.getString(6)))
                .put("recorded_at", row.getString(7));
    }

    Future<List<JsonObject>> list(JsonObject request) {
        int take = request.getInteger("take", 20);
        if (take < 1 || take > MOST_LISTED) {
            throw Failure.invalid("take takes a number from 1 to " + MOST_LISTED + ", was " + take);
        }
        Statement statement = Statement.of(
                "select " + COLUMNS + " from vinculum.workflow_run where ($1::text is null or workflow = $1)"
                        + " and ($2::text is null or state = $2) order by created_at desc, id limit $3",
                request.getString("id"),
                request.getString("state"),
                (long) take);
        return database.read(statement)
                .map(rows -> rows.stream().map(Runs::shown).toList());
    }

    /** The node that owns a shard; fails with {@code UNAVAILABLE} when nobody does. */
    Future<UUID> owner(int shard) {
        return database.read(Statement.of("select node from vinculum.workflow_shard where shard = $1", shard))
                .map(rows -> {
                    if (rows.isEmpty() || rows.get(0).getUUID(0) == null) {
                        throw new Failure(FailureCode.UNAVAILABLE, "nobody runs workflows now; try again");
                    }
                    return rows.get(0).getUUID(0);
                });
    }

    /**
     * A run that has not ended, as it is written down.
     *
     * @param steps its results, in the order of completion
     */
    record Live(
            String id,
            int shard,
            String workflow,
            String state,
            @Nullable String input,
            @Nullable String error,
            List<Row> steps) {

        /**
         * The run as its last owner had written it.
         *
         * @throws Failure {@code UNEXPECTED_STATE} when the workflow has no place any more for what is recorded
         */
        Run rebuilt(Workflow<?, ?> now, long epoch) {
            Run run = new Run(id, now, Codec.read(input, now.input(), "the input"), epoch);
            Map<String, Node> byName = new LinkedHashMap<>();
            now.nodes().forEach(node -> byName.put(node.name(), node));
            run.resumeAfter(0);
            for (Row row : steps) {
                Node node = byName.get(row.getString(1));
                if (node == null) {
                    throw new Failure(
                            FailureCode.UNEXPECTED_STATE,
                            now.name() + " has no step '" + row.getString(1) + "' any more, which this run has done");
                }
                restore(run, node, row);
            }
            if (state.equals(RunState.COMPENSATING.shown())) {
                run.turnRound(
                        error == null
                                ? new Failure(FailureCode.CONFLICT, "cancelled")
                                : failure(new JsonObject(error)));
            }
            return run;
        }

        private static void restore(Run run, Node node, Row row) {
            Entry entry = run.entryAt(new Position(node.index(), row.getInteger(2)));
            run.resumeAfter(row.getInteger(6));
            Failure failure = row.getString(9) == null ? null : failure(new JsonObject(row.getString(9)));
            if (row.getBoolean(3)) {
                if (failure == null) {
                    entry.undone();
                } else {
                    entry.failUndo();
                }
                return;
            }
            Step<?, ?> step = node.step();
            Object undoData = step == null || step.undo().isEmpty()
                    ? null
                    : Codec.read(row.getString(8), step.undo().get().data(), "the undo data");
            entry.resumeAfter(row.getInteger(5));
            if (failure == null) {
                Object output = step == null ? null : Codec.read(row.getString(7), step.output(), "the output");
                entry.done(row.getInteger(6), output, undoData);
            } else {
                entry.fail(row.getInteger(6), undoData);
                if (step == null || !step.options().continueOnFailure()) {
                    run.turnRound(failure);
                }
            }
        }
    }

    /** Every run of some shards that has not ended, read page by page. */
    Future<List<Live>> live(List<Integer> shards) {
        return live(shards.toArray(Integer[]::new), "", new ArrayList<>());
    }

    private Future<List<Live>> live(Integer[] shards, String after, List<Live> found) {
        Statement page = Statement.of(
                "select id, shard, workflow, state, input::text, error::text from vinculum.workflow_run"
                        + " where shard = any($1) and finished_at is null and id > $2 order by id limit $3",
                shards,
                after,
                (long) PAGE);
        return database.read(page).compose(rows -> {
            if (rows.isEmpty()) {
                return Future.succeededFuture(found);
            }
            return steps(rows).compose(steps -> {
                rows.forEach(row -> found.add(new Live(
                        row.getString(0),
                        row.getInteger(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        steps.getOrDefault(row.getString(0), List.of()))));
                return live(shards, rows.get(rows.size() - 1).getString(0), found);
            });
        });
    }

    private Future<Map<String, List<Row>>> steps(List<Row> runs) {
        String[] ids = runs.stream().map(row -> row.getString(0)).toArray(String[]::new);
        return database.read(Statement.of(
                        "select run, node, item, undo, state, attempt, place, output::text, undo_data::text, error::text"
                                + " from vinculum.workflow_step where run = any($1) order by run, place",
                        (Object) ids))
                .map(rows -> {
                    Map<String, List<Row>> byRun = new LinkedHashMap<>();
                    rows.forEach(row -> byRun.computeIfAbsent(row.getString(0), run -> new ArrayList<>())
                            .add(row));
                    return byRun;
                });
    }
}
