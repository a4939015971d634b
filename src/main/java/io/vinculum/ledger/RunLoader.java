package io.vinculum.ledger;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.run.Run;
import io.vinculum.run.RunState;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StoredRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Loads runs from PostgreSQL so that a node can resume them, and counts the takeovers of each. */
public final class RunLoader {
    private static final int PAGE = 500;
    private static final String COLUMNS =
            "r.id, r.shard, r.workflow, r.definition, r.state, r.input::text, r.error::text,"
                    + " r.priority, (extract(epoch from now() - r.created_at) * 1000)::int8, coalesce(l.takeovers, 0),"
                    + " coalesce(l.progress, -1)";
    private static final String STEPS = """
            select run, node, item, undo, state, attempt, place, input::text, output::text, undo_data::text, error::text,
              (extract(epoch from recorded_at - started_at) * 1000)::int8,
              (extract(epoch from wake_at - now()) * 1000)::int8, evaluated::text
            from vinculum.workflow_step where run = any($1) order by run, place, recorded_at
            """;
    private static final String REOPEN = """
            with owned as (
              select shard from vinculum.workflow_shard
              where shard = $2 and epoch = $3 and node = $4::uuid for share),
            changed as (
              update vinculum.workflow_run r set state = $5, error = $6::jsonb, finished_at = null from owned
              where r.id = $1 and r.shard = owned.shard and r.finished_at is not null returning r.id, r.shard)
            insert into vinculum.workflow_live (shard, run) select shard, id from changed
            on conflict do nothing returning run
            """;

    private final Database database;

    public RunLoader(Database database) {
        this.database = database;
    }

    /** Loads the live runs of some shards, a page at a time; a page is handled before the next one is read. */
    public Future<Void> live(List<Integer> shards, Function<List<StoredRun>, Future<Void>> each) {
        return live(shards.toArray(Integer[]::new), "", each);
    }

    private Future<Void> live(Integer[] shards, String after, Function<List<StoredRun>, Future<Void>> each) {
        Statement page = Statement.of(
                "select " + COLUMNS + " from vinculum.workflow_live l join vinculum.workflow_run r on r.id = l.run"
                        + " where l.shard = any($1) and l.run > $2 order by l.run limit $3",
                shards,
                after,
                (long) PAGE);
        return database.read(page).compose(rows -> {
            if (rows.isEmpty()) {
                return Future.succeededFuture();
            }
            String last = rows.get(rows.size() - 1).getString(0);
            return withSteps(rows).compose(each).compose(done -> live(shards, last, each));
        });
    }

    /** Loads one run, ended or not; empty when there is none. */
    public Future<Optional<StoredRun>> one(String id) {
        Statement asked = Statement.of(
                "select " + COLUMNS + " from vinculum.workflow_run r"
                        + " left join vinculum.workflow_live l on l.run = r.id and l.shard = r.shard where r.id = $1",
                id);
        return database.read(asked)
                .compose(this::withSteps)
                .map(runs -> runs.stream().findFirst());
    }

    private Future<List<StoredRun>> withSteps(List<Row> rows) {
        String[] ids = rows.stream().map(row -> row.getString(0)).toArray(String[]::new);
        return database.read(Statement.of(STEPS, (Object) ids)).map(steps -> {
            Map<String, List<StepRecord>> byRun = new LinkedHashMap<>();
            steps.forEach(row -> byRun.computeIfAbsent(row.getString(0), run -> new ArrayList<>())
                    .add(step(row)));
            return rows.stream()
                    .map(row -> run(row, byRun.getOrDefault(row.getString(0), List.of())))
                    .toList();
        });
    }

    private static StoredRun run(Row row, List<StepRecord> steps) {
        return new StoredRun(
                row.getString(0),
                row.getInteger(1),
                row.getString(2),
                row.getString(3),
                RunState.of(row.getString(4)),
                row.getString(5),
                row.getString(6),
                row.getInteger(7),
                Duration.ofMillis(row.getLong(8)),
                row.getInteger(9),
                row.getInteger(10),
                steps);
    }

    private static StepRecord step(Row row) {
        return new StepRecord(
                row.getString(1),
                row.getInteger(2),
                row.getBoolean(3),
                StepRecord.State.of(row.getString(4)),
                row.getInteger(5),
                row.getInteger(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                Duration.ofMillis(row.getLong(11)),
                Optional.ofNullable(row.getLong(12)).map(left -> Duration.ofMillis(Math.max(0, left))),
                row.getString(13));
    }

    /** Opens a run that has ended, to compensate it; answers whether this node did. */
    public Future<Boolean> reopen(StoredRun run, long epoch, UUID node, @Nullable Failure why) {
        Statement reopened = Statement.of(
                REOPEN,
                run.id(),
                run.shard(),
                epoch,
                node,
                RunState.COMPENSATING.shown(),
                why == null ? run.error() : StepRecord.error(why));
        return database.write(reopened).map(rows -> !rows.isEmpty());
    }

    /** Counts a takeover of runs whose owner died with a body of them in flight. */
    public Future<Void> countTakeovers(List<StoredRun> runs) {
        if (runs.isEmpty()) {
            return Future.succeededFuture();
        }
        Statement counted = Statement.of(
                "update vinculum.workflow_live l set takeovers = c.takeovers, progress = c.progress"
                        + " from unnest($1::text[], $2::int4[], $3::int4[], $4::int4[]) c(run, shard, takeovers, progress)"
                        + " where l.shard = c.shard and l.run = c.run",
                runs.stream().map(StoredRun::id).toArray(String[]::new),
                runs.stream().map(StoredRun::shard).toArray(Integer[]::new),
                runs.stream().map(StoredRun::takeoversNow).toArray(Integer[]::new),
                runs.stream().map(run -> run.steps().size()).toArray(Integer[]::new));
        return database.write(counted).mapEmpty();
    }

    /** Starts the count of takeovers again, after a command to resume the run. */
    public Future<Void> resetTakeovers(Run.Start run) {
        return database.write(Statement.of(
                        "update vinculum.workflow_live set takeovers = 0, progress = -1 where shard = $1 and run = $2",
                        run.shard(),
                        run.id()))
                .mapEmpty();
    }
}
