package io.vinculum.ledger;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.flow.Codec;
import io.vinculum.run.RunFailures;
import io.vinculum.run.RunState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads runs as JSON, for queries. */
public final class RunListing {
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

    private final Database database;

    public RunListing(Database database) {
        this.database = database;
    }

    /** One run; fails with {@code NOT_FOUND}. */
    public Future<JsonObject> one(String id) {
        return database.read(Statement.of("select " + COLUMNS + FROM + "where id = $1", id))
                .map(rows -> {
                    if (rows.isEmpty()) {
                        throw RunFailures.notFound(id);
                    }
                    return shown(rows.get(0));
                });
    }

    private static JsonObject shown(Row row) {
        JsonObject shown = new JsonObject()
                .put("id", row.getString(0))
                .put("transactionId", row.getString(1))
                .put("state", row.getString(2))
                .put("output", Codec.parse(row.getString(3)))
                .put("input", Codec.parse(row.getString(5)))
                .put("created_at", row.getString(6))
                .put("finished_at", row.getString(7));
        if (row.getString(4) != null) {
            shown.put("error", Codec.parse(row.getString(4)));
        }
        return shown;
    }

    /** One run with its steps, in the order of completion; steps that still wait come last. */
    public Future<JsonObject> withSteps(String id) {
        Statement steps = Statement.of(
                "select node, item, undo, state, attempt, input::text, output::text, error::text, "
                        + TIME.formatted("started_at") + ", " + TIME.formatted("recorded_at") + ", "
                        + TIME.formatted("wake_at")
                        + " from vinculum.workflow_step where run = $1 and state not in ('signal', 'evaluated')"
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
                .put("input", Codec.parse(row.getString(5)))
                .put("output", Codec.parse(row.getString(6)))
                .put("error", Codec.parse(row.getString(7)))
                .put("started_at", row.getString(8))
                .put("recorded_at", row.getString(9));
        if (row.getString(10) != null) {
            step.put("wake_at", row.getString(10));
        }
        return step;
    }

    /**
     * Which runs are listed, newest first.
     *
     * @param workflow null for all
     * @param state null for all
     * @param transactionId null for all
     */
    public record Query(
            @Nullable String workflow,
            @Nullable RunState state,
            @Nullable String transactionId,
            int take,
            int skip) {}

    public Future<List<JsonObject>> list(Query query) {
        Statement statement = Statement.of(
                LIST,
                query.workflow(),
                query.state() == null ? null : query.state().shown(),
                query.transactionId(),
                (long) query.take(),
                (long) Math.max(0, query.skip()));
        return database.read(statement)
                .map(rows -> rows.stream().map(RunListing::shown).toList());
    }
}
