package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads runs back as they are written down, for whoever goes on with them. */
final class RunLoader {
    private static final int PAGE = 500;
    private static final String COLUMNS =
            "r.id, r.shard, r.workflow, r.definition, r.state, r.input::text, r.error::text,"
                    + " r.priority, (extract(epoch from now() - r.created_at) * 1000)::int8, coalesce(l.takeovers, 0),"
                    + " coalesce(l.progress, -1)";
    private static final String STEPS = """
            select run, node, item, undo, state, attempt, place, input::text, output::text, undo_data::text, error::text,
              (extract(epoch from recorded_at - started_at) * 1000)::int8,
              (extract(epoch from wake_at - now()) * 1000)::int8
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

    RunLoader(Database database) {
        this.database = database;
    }

    /**
     * A run as it is written down.
     *
     * @param takeovers how often its owner has died since it last came on
     * @param progress how many results it had when it was taken over last
     * @param steps its results, in the order of completion
     */
    record StoredRun(
            String id,
            int shard,
            String workflow,
            String definition,
            String state,
            @Nullable String input,
            @Nullable String error,
            int priority,
            Duration age,
            int takeovers,
            int progress,
            List<StepRecord> steps) {

        /**
         * The run as its last owner had written it.
         *
         * @throws Failure {@code UNEXPECTED_STATE} when the workflow has no place any more for what is recorded
         */
        Run rebuilt(Workflow<?, ?> now, long epoch) {
            Object given = Codec.read(input, Codec.type(now.input()), "the input");
            Run run = new Run(new Run.Start(id, shard, epoch, priority, age), now, given);
            run.makeDurable();
            run.resumeAfter(0);
            steps.forEach(step -> step.restore(run));
            if (!definition.equals(now.fingerprint())) {
                checkStillFits(run);
            }
            boolean stuck = state.equals(RunState.STUCK.shown());
            boolean paused = stuck || state.equals(RunState.PAUSED.shown());
            if (state.equals(RunState.COMPENSATING.shown()) || (paused && error != null)) {
                run.turnRound(error == null ? Runner.cancelled() : StepRecord.failure(error));
            }
            run.pause(paused);
            if (stuck) {
                run.makeStuck();
            }
            return run;
        }

        /** What becomes of it when it does not fit, as its workflow says; empty when it waits. */
        Optional<Run> rebuiltOtherwise(Workflow<?, ?> now, long epoch, Failure why) {
            WorkflowOptions.OnChange policy = now.options().onChange();
            if (policy == WorkflowOptions.OnChange.WAIT) {
                return Optional.empty();
            }
            Run run = new Run(new Run.Start(id, shard, epoch, priority, age), now, null);
            run.makeDurable();
            run.resumeAfter(0);
            if (policy == WorkflowOptions.OnChange.REVERT) {
                steps.stream()
                        .filter(step -> run.position(step.node(), step.item()).isPresent())
                        .forEach(step -> step.restore(run));
            }
            run.turnRound(why);
            run.abandon(policy == WorkflowOptions.OnChange.FAIL
                    || steps.stream()
                            .anyMatch(step ->
                                    run.position(step.node(), step.item()).isEmpty()));
            return Optional.of(run);
        }

        /** What is done must be a beginning of the workflow as it is now. */
        private void checkStillFits(Run run) {
            boolean[] begun = Decision.begun(run);
            run.entries().keySet().stream()
                    .filter(position -> !begun[position.node()])
                    .findFirst()
                    .ifPresent(position -> {
                        throw new Failure(
                                FailureCode.UNEXPECTED_STATE,
                                "the step '" + run.nameAt(position) + "' of " + workflow
                                        + " comes later now than this run has done it");
                    });
        }

        /** The same as a run of its own that has done some of it. */
        StoredRun forked(String as, int of, Set<String> nodes) {
            List<StepRecord> done = steps.stream()
                    .filter(step -> !step.undo() && nodes.contains(step.node()))
                    .filter(step -> step.state() == StepRecord.State.OK || step.state() == StepRecord.State.SKIPPED)
                    .toList();
            String begun = RunState.INVOKING.shown();
            return new StoredRun(as, of, workflow, definition, begun, input, null, priority, Duration.ZERO, 0, -1, done);
        }

        /** How long each place still has to wait. */
        Map<Position, Duration> waits(Run run) {
            Map<Position, Duration> waits = new LinkedHashMap<>();
            steps.forEach(step -> run.position(step.node(), step.item())
                    .ifPresent(position -> step.wake().ifPresent(left -> waits.put(position, left))));
            return waits;
        }

        boolean hasEnded() {
            return RunState.valueOf(state.toUpperCase(Locale.ROOT)).isEnd();
        }

        /** Whether nothing has come of it since its last owner died. */
        boolean hasNotComeOn() {
            return steps.size() == progress;
        }
    }

    /** Every run of some shards that has not ended, a page at a time; each is gone on with before the next is read. */
    Future<Void> live(List<Integer> shards, Function<List<StoredRun>, Future<Void>> each) {
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
            return written(rows).compose(each).compose(done -> live(shards, last, each));
        });
    }

    /** One run, ended or not; empty when there is none. */
    Future<Optional<StoredRun>> one(String id) {
        Statement asked = Statement.of(
                "select " + COLUMNS + " from vinculum.workflow_run r"
                        + " left join vinculum.workflow_live l on l.run = r.id and l.shard = r.shard where r.id = $1",
                id);
        return database.read(asked)
                .compose(this::written)
                .map(runs -> runs.stream().findFirst());
    }

    private Future<List<StoredRun>> written(List<Row> rows) {
        String[] ids = rows.stream().map(row -> row.getString(0)).toArray(String[]::new);
        return database.read(Statement.of(STEPS, (Object) ids)).map(steps -> {
            Map<String, List<StepRecord>> byRun = new LinkedHashMap<>();
            steps.forEach(row -> byRun.computeIfAbsent(row.getString(0), run -> new ArrayList<>())
                    .add(recorded(row)));
            return rows.stream()
                    .map(row -> written(row, byRun.getOrDefault(row.getString(0), List.of())))
                    .toList();
        });
    }

    private static StoredRun written(Row row, List<StepRecord> steps) {
        return new StoredRun(
                row.getString(0),
                row.getInteger(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getInteger(7),
                Duration.ofMillis(row.getLong(8)),
                row.getInteger(9),
                row.getInteger(10),
                steps);
    }

    private static StepRecord recorded(Row row) {
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
                Optional.ofNullable(row.getLong(12)).map(left -> Duration.ofMillis(Math.max(0, left))));
    }

    /** Opens a run that has ended, to undo it; answers whether this node did. */
    Future<Boolean> reopen(StoredRun run, long epoch, UUID node, @Nullable Failure why) {
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

    /** Counts that the owner of some runs died with something of them under way. */
    Future<Void> countTakeovers(List<StoredRun> runs) {
        if (runs.isEmpty()) {
            return Future.succeededFuture();
        }
        Statement counted = Statement.of(
                "update vinculum.workflow_live l set takeovers = c.takeovers, progress = c.progress"
                        + " from unnest($1::text[], $2::int4[], $3::int4[], $4::int4[]) c(run, shard, takeovers, progress)"
                        + " where l.shard = c.shard and l.run = c.run",
                runs.stream().map(StoredRun::id).toArray(String[]::new),
                runs.stream().map(StoredRun::shard).toArray(Integer[]::new),
                runs.stream().map(RunLoader::takeoversNow).toArray(Integer[]::new),
                runs.stream().map(run -> run.steps().size()).toArray(Integer[]::new));
        return database.write(counted).mapEmpty();
    }

    /** How often the owner has died now without the run coming on. */
    static int takeoversNow(StoredRun run) {
        return run.hasNotComeOn() ? run.takeovers() + 1 : 1;
    }

    /** Somebody has looked: the count begins anew. */
    Future<Void> forgetTakeovers(Run.Start run) {
        return database.write(Statement.of(
                        "update vinculum.workflow_live set takeovers = 0, progress = -1 where shard = $1 and run = $2",
                        run.shard(),
                        run.id()))
                .mapEmpty();
    }
}
