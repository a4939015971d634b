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
import io.vinculum.failure.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what is written down of runs, for those who ask. */
final class RunListing {
    private static final int MOST_LISTED = 100;
    private static final List<String> ASKED = List.of("id", "state", "take", "skip", "transactionId");
    private static final String TIME = "to_char(%s at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";
    private static final String STATE = "case when state = 'invoking' and exists (select from vinculum.workflow_step s"
            + " where s.run = r.id and s.state = 'waiting') then 'waiting' else state end";
    private static final String COLUMNS = "workflow, transaction_id, " + STATE
            + ", output::text, error::text, input::text, " + TIME.formatted("created_at") + ", "
            + TIME.formatted("finished_at");
    private static final String FROM = " from vinculum.workflow_run r ";

    private static final String LIST = "select " + COLUMNS
            + " from (select distinct workflow as name from vinculum.workflow_definition where $1::text is null or"
            + " workflow = $1) d cross join lateral (select * from vinculum.workflow_run r where r.workflow = d.name"
            + " and ($2::text is null or " + STATE + " = $2) and ($3::text is null or transaction_id = $3)"
            + " order by created_at desc limit $4::int8 + $5::int8) r order by created_at desc, id desc limit $4 offset $5";

    /** Also nodes that have been silent for long; they own nothing. */
    private static final String FORGET = """
            with old as (
              select r.id from unnest($1::text[], $2::int8[]) w(workflow, millis) cross join lateral (
                select id from vinculum.workflow_run where workflow = w.workflow
                  and created_at < now() - w.millis * interval '1 ms'
                  and finished_at < now() - w.millis * interval '1 ms'
                order by created_at limit $3) r),
            nodes as (delete from vinculum.workflow_node where lease_until < now() - interval '1 minute'),
            steps as (delete from vinculum.workflow_step where run in (select id from old))
            delete from vinculum.workflow_run where id in (select id from old) returning id
            """;

    private final Database database;

    RunListing(Database database) {
        this.database = database;
    }

    @Nullable
    static Object parsed(@Nullable String json) {
        return json == null ? null : Json.decodeValue(json);
    }

    /** One run; fails with {@code NOT_FOUND}. */
    Future<JsonObject> one(String id) {
        return database.read(Statement.of("select " + COLUMNS + FROM + "where id = $1", id))
                .map(rows -> {
                    if (rows.isEmpty()) {
                        throw notThere(id);
                    }
                    return shown(rows.get(0));
                });
    }

    static Failure notThere(String id) {
        return Failure.notFound("there is no run " + id);
    }

    private static JsonObject shown(Row row) {
        JsonObject shown = new JsonObject()
                .put("id", row.getString(0))
                .put("transactionId", row.getString(1))
                .put("state", row.getString(2))
                .put("output", parsed(row.getString(3)))
                .put("input", parsed(row.getString(5)))
                .put("created_at", row.getString(6))
                .put("finished_at", row.getString(7));
        if (row.getString(4) != null) {
            shown.put("error", parsed(row.getString(4)));
        }
        return shown;
    }

    /** One run and what is recorded of its steps, in the order of completion; what still waits comes last. */
    Future<JsonObject> withSteps(String id) {
        Statement steps = Statement.of(
                "select node, item, undo, state, attempt, input::text, output::text, error::text, "
                        + TIME.formatted("started_at") + ", " + TIME.formatted("recorded_at") + ", "
                        + TIME.formatted("wake_at")
                        + " from vinculum.workflow_step where run = $1"
                        + " order by state in ('waiting', 'retrying', 'prepared'), place, recorded_at, item",
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
        step.put("undo", row.getBoolean(2))
                .put("state", row.getString(3))
                .put("attempts", row.getInteger(4))
                .put("input", parsed(row.getString(5)))
                .put("output", parsed(row.getString(6)))
                .put("error", parsed(row.getString(7)))
                .put("started_at", row.getString(8))
                .put("recorded_at", row.getString(9));
        if (row.getString(10) != null) {
            step.put("wake_at", row.getString(10));
        }
        return step;
    }

    Future<List<JsonObject>> list(JsonObject request) {
        request.fieldNames().stream()
                .filter(name -> !ASKED.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Failure.invalid("a list of runs takes no '" + name + "'" + Nearest.hint(name, ASKED));
                });
        int take = number(request, "take", 20);
        int skip = number(request, "skip", 0);
        if (take < 1 || take > MOST_LISTED) {
            throw Failure.invalid("take takes a number from 1 to " + MOST_LISTED + ", was " + take);
        }
        String state = text(request, "state");
        List<String> states =
                Arrays.stream(RunState.values()).map(RunState::shown).toList();
        if (state != null && !states.contains(state)) {
            throw Failure.invalid("no run is ever '" + state + "'" + Nearest.hint(state, states));
        }
        Statement statement =
                Statement.of(LIST, text(request, "id"), state, text(request, "transactionId"), (long) take, (long)
                        Math.max(0, skip));
        return database.read(statement)
                .map(rows -> rows.stream().map(RunListing::shown).toList());
    }

    private static int number(JsonObject request, String name, int otherwise) {
        Object value = request.getValue(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Integer number) {
            return number;
        }
        throw Failure.invalid(name + " takes a number, was " + value);
    }

    @Nullable
    static String text(JsonObject request, String name) {
        Object value = request.getValue(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw Failure.invalid(name + " takes a text, was " + value);
    }

    /**
     * Where a run is kept.
     *
     * @param owner the node that owns its shard; empty when nobody does now
     */
    record Place(int shard, Optional<UUID> owner, boolean ended, String state) {}

    /** Where a run is kept; empty when there is no such run. */
    Future<Optional<Place>> place(String id) {
        Statement asked = Statement.of(
                "select r.shard, s.node, r.finished_at is not null, r.state from vinculum.workflow_run r"
                        + " join vinculum.workflow_shard s on s.shard = r.shard where r.id = $1",
                id);
        return database.read(asked)
                .map(rows -> rows.stream()
                        .findFirst()
                        .map(row -> new Place(
                                row.getInteger(0),
                                Optional.ofNullable(row.getUUID(1)),
                                row.getBoolean(2),
                                row.getString(3))));
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

    /** Keeps the graphs of workflows, so that old runs can still be drawn. */
    Future<Void> keepDefinitions(List<Workflow<?, ?>> workflows) {
        Statement kept = Statement.of(
                "insert into vinculum.workflow_definition (hash, workflow, graph)"
                        + " select hash, workflow, graph::jsonb from unnest($1::text[], $2::text[], $3::text[])"
                        + " d(hash, workflow, graph) on conflict do nothing",
                workflows.stream().map(Workflow::fingerprint).toArray(String[]::new),
                workflows.stream().map(Workflow::name).toArray(String[]::new),
                workflows.stream().map(workflow -> workflow.graph().encode()).toArray(String[]::new));
        return workflows.isEmpty()
                ? Future.succeededFuture()
                : database.write(kept).mapEmpty();
    }

    /** Forgets ended runs that are older than their workflow keeps them, some of each, the oldest first. */
    Future<Integer> forget(Map<String, Long> retentionMillis, int most) {
        Statement forgotten = Statement.of(
                FORGET,
                retentionMillis.keySet().toArray(String[]::new),
                retentionMillis.values().toArray(Long[]::new),
                (long) most);
        return database.write(forgotten).map(List::size);
    }
}
