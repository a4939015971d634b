package io.vinculum.bench;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.flow.WorkflowOptions;
import io.vinculum.testing.TestDatabase;
import io.vinculum.workflow.Coordinator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Runs of three trivial steps, each result durable before the next step, beside the same rows written without a coordinator. */
final class WorkflowBenchmark {
    private static final String START = """
            with made as (
              insert into vinculum.workflow_run (id, shard, workflow, transaction_id, definition, state, input)
              select id, 0, 'floor', id, '', 'invoking', '{}'::json from unnest($1::text[]) r(id) returning id)
            insert into vinculum.workflow_live (shard, run) select 0, id from made
            """;
    private static final String STEP = """
            insert into vinculum.workflow_step (run, node, item, undo, state, attempt, place, input, output, undo_data)
            select id, $2::text, -1, false, 'ok', 1, 1, '0'::json, '1'::json, '1'::json from unnest($1::text[]) r(id)
            """;
    private static final String END = """
            with ended as (
              update vinculum.workflow_run w set state = 'done', output = '1'::json, finished_at = now()
              from unnest($1::text[]) r(id) where w.id = r.id returning w.id)
            delete from vinculum.workflow_live l using ended where l.shard = 0 and l.run = ended.id
            """;

    private static final int SOAK_PAGE = 100_000;
    private static final int SOAK_CALLERS = 128;
    private static final String SIZES = """
            select (select count(*) from vinculum.workflow_run),
              pg_total_relation_size('vinculum.workflow_run') / 1048576,
              pg_total_relation_size('vinculum.workflow_step') / 1048576,
              (select sum(n_tup_hot_upd) from pg_stat_user_tables where relid = 'vinculum.workflow_run'::regclass)::int8,
              (select sum(n_tup_upd) from pg_stat_user_tables where relid = 'vinculum.workflow_run'::regclass)::int8
            """;

    private final Vertx vertx;
    private final Database database;
    private final double seconds;
    private final WriteBenchmark.Report report;

    WorkflowBenchmark(Vertx vertx, String uri, double seconds, WriteBenchmark.Report report) {
        this.vertx = vertx;
        this.database = Database.open(vertx, DatabaseSettings.of(uri));
        this.seconds = seconds;
        this.report = report;
    }

    private static Workflow<JsonObject, Integer> workflow(String name, boolean failing) {
        Step<Integer, Integer> next = Step.of("one", Integer.class, (Integer n, StepContext context) -> n + 1)
                .compensate((n, context) -> {});
        Step<Integer, Integer> last = Step.of("three", Integer.class, (Integer n, StepContext context) -> {
            if (failing) {
                throw PermanentFailure.of("on purpose");
            }
            return n + 1;
        });
        return Workflow.define(name, JsonObject.class, flow -> {
            Value<Integer> one = flow.step(next, flow.constant(0));
            return flow.step(last, flow.step(next.named("two"), one));
        });
    }

    /** One that ends well, one that is undone, one that is not written down. */
    static List<Workflow<?, ?>> workflows() {
        return List.of(
                workflow("ok", false),
                workflow("fail", true),
                workflow("memory", false).durable(false));
    }

    void run() {
        Coordinator coordinator = new Coordinator(vertx, database, workflows());
        TestDatabase.await(coordinator.start());
        report.say(
                "%n%-22s %8s %10s %9s %9s %10s %10s %8s%n",
                "three durable steps", "at once", "runs/s", "p50 ms", "p99 ms", "commits", "WAL bytes", "of floor");
        measure(coordinator, "ok", 64, 0);
        for (int callers : new int[] {1, 16, 64, 256}) {
            double floor = floor(callers);
            measure(coordinator, "ok", callers, floor);
        }
        measure(coordinator, "fail", 64, 0);
        measure(coordinator, "memory", 64, 0);
        for (int callers : new int[] {1, 16, 64, 256}) {
            measure(coordinator, "memory", callers, 0);
        }
        TestDatabase.await(coordinator.stop());
        TestDatabase.await(database.transaction(session ->
                session.script("truncate vinculum.workflow_run, vinculum.workflow_live, vinculum.workflow_step")));
        TestDatabase.await(database.close());
    }

    /** What PostgreSQL has done so far: commits, and bytes of its log. */
    private record Work(long commits, long bytes) {}

    private Work work() {
        Row row = TestDatabase.await(database.read(Statement.of(
                        "select pg_stat_clear_snapshot() is null, (select xact_commit from pg_stat_database where datname ="
                                + " current_database()), pg_current_wal_insert_lsn() - '0/0'::pg_lsn")))
                .get(0);
        return new Work(row.getLong(1), row.getBigDecimal(2).longValue());
    }

    private void measure(Coordinator coordinator, String workflow, int callers, double floor) {
        List<Long> latencies = Collections.synchronizedList(new ArrayList<>());
        Work before = work();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        Promise<Void> done = Promise.promise();
        AtomicInteger calling = new AtomicInteger(callers);
        long start = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            call(coordinator, workflow, end, latencies, () -> {
                if (calling.decrementAndGet() == 0) {
                    done.complete();
                }
            });
        }
        TestDatabase.await(done.future(), (int) seconds + 60);
        double took = (System.nanoTime() - start) / 1e9;
        Work after = work();
        long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
        Load.Result result = new Load.Result(sorted, 0, took);
        report.say(
                "%-22s %8d %10.0f %9.2f %9.2f %10.3f %10.0f %8s%n",
                workflow,
                callers,
                result.perSecond(),
                result.millisAt(0.5),
                result.millisAt(0.99),
                (after.commits() - before.commits()) / (double) sorted.length,
                (after.bytes() - before.bytes()) / (double) sorted.length,
                floor == 0 ? "-" : "%.2f".formatted(result.perSecond() / floor));
    }

    private void call(Coordinator coordinator, String workflow, long end, List<Long> latencies, Runnable stopped) {
        long start = System.nanoTime();
        if (start > end) {
            stopped.run();
            return;
        }
        coordinator
                .run(new JsonObject().put("id", workflow).put("input", new JsonObject()))
                .onSuccess(run -> {
                    latencies.add(System.nanoTime() - start);
                    vertx.runOnContext(now -> call(coordinator, workflow, end, latencies, stopped));
                });
    }

    /** Runs a second that can be had on one connection by writing the rows of so many runs with each of five statements. */
    private double floor(int batch) {
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        long runs = 0;
        while (System.nanoTime() < end) {
            String[] ids = IntStream.range(0, batch)
                    .mapToObj(i -> UUID.randomUUID().toString())
                    .toArray(String[]::new);
            TestDatabase.await(database.write(Statement.of(START, (Object) ids)));
            for (String step : List.of("one", "two", "three")) {
                TestDatabase.await(database.write(Statement.of(STEP, ids, step)));
            }
            TestDatabase.await(database.write(Statement.of(END, (Object) ids)));
            runs += batch;
        }
        double perSecond = runs / ((System.nanoTime() - start) / 1e9);
        report.say("%-22s %8d %10.0f%n", "the same rows alone", batch, perSecond);
        return perSecond;
    }

    /** Starts very many runs that are forgotten after some seconds, and tells what the tables and indexes come to. */
    void soak(int runs) {
        Workflow<JsonObject, Integer> workflow =
                workflow("soak", false).with(WorkflowOptions.DEFAULT.withRetention(Duration.ofSeconds(5)));
        Coordinator coordinator = new Coordinator(vertx, database, List.of(workflow));
        TestDatabase.await(coordinator.start());
        report.say("%n%10s %9s %12s %12s %12s %6s%n", "runs", "runs/s", "kept", "run MB", "step MB", "HOT %");
        int pages = Math.max(1, runs / SOAK_PAGE);
        Row before = TestDatabase.await(database.read(Statement.of(SIZES))).get(0);
        for (int page = 1; page <= pages; page++) {
            long begun = System.nanoTime();
            run(coordinator, SOAK_PAGE);
            Row row = TestDatabase.await(database.read(Statement.of(SIZES))).get(0);
            report.say(
                    "%10d %9.0f %12d %12d %12d %6.1f%n",
                    page * SOAK_PAGE,
                    SOAK_PAGE / ((System.nanoTime() - begun) / 1e9),
                    row.getLong(0),
                    row.getLong(1),
                    row.getLong(2),
                    100.0 * (row.getLong(3) - before.getLong(3)) / Math.max(1, row.getLong(4) - before.getLong(4)));
        }
        TestDatabase.await(coordinator.stop());
        TestDatabase.await(database.close());
    }

    private void run(Coordinator coordinator, int runs) {
        AtomicInteger left = new AtomicInteger(runs);
        AtomicInteger calling = new AtomicInteger(SOAK_CALLERS);
        Promise<Void> done = Promise.promise();
        for (int i = 0; i < SOAK_CALLERS; i++) {
            next(coordinator, left, calling, done);
        }
        TestDatabase.await(done.future(), 600);
    }

    private void next(Coordinator coordinator, AtomicInteger left, AtomicInteger calling, Promise<Void> done) {
        if (left.getAndDecrement() <= 0) {
            if (calling.decrementAndGet() == 0) {
                done.complete();
            }
            return;
        }
        coordinator
                .run(new JsonObject().put("id", "soak").put("input", new JsonObject()))
                .onSuccess(run -> vertx.runOnContext(now -> next(coordinator, left, calling, done)))
                .onFailure(done::tryFail);
    }
}
