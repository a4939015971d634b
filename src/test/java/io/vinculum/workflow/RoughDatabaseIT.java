package io.vinculum.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Step;
import io.vinculum.flow.Workflow;
import io.vinculum.migration.Migration;
import io.vinculum.postgres.EmbeddedPostgres;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL of its own that crashes, stands still and comes back while runs are under way. */
class RoughDatabaseIT {
    private static final int A_WHILE = 60;

    @TempDir
    static Path folder;

    private static EmbeddedPostgres server;
    private static Vertx vertx;
    private static Database database;

    private final AtomicInteger done = new AtomicInteger();
    private final List<Coordinator> nodes = new ArrayList<>();

    @BeforeAll
    static void open() {
        server = EmbeddedPostgres.start(folder);
        vertx = Vertx.vertx();
        database = Database.open(vertx, DatabaseSettings.of(server.uri()));
        TestDatabase.await(new Migration(
                        database,
                        Catalog.builder()
                                .model("brand", "Brand", brand -> brand.field("id", "ID!"))
                                .build())
                .apply(true));
    }

    @AfterAll
    static void close() {
        TestDatabase.await(database.close());
        TestDatabase.await(vertx.close());
        server.close();
    }

    @BeforeEach
    void empty() {
        TestDatabase.await(database.transaction(session -> session.script(
                "truncate vinculum.workflow_run, vinculum.workflow_live, vinculum.workflow_step, vinculum.workflow_node;"
                        + " update vinculum.workflow_shard set node = null")));
    }

    @AfterEach
    void stop() {
        nodes.forEach(node -> TestDatabase.await(node.stop()));
    }

    private Coordinator node() {
        Step<String, String> step = Step.<String, String>of("one", String.class, (input, context) -> {
            done.incrementAndGet();
            return input;
        });
        Coordinator node = new Coordinator(
                vertx,
                database,
                List.of(Workflow.define(
                        "w", String.class, flow -> flow.step(step.named("two"), flow.step(step, flow.input())))));
        TestDatabase.await(node.start());
        nodes.add(node);
        return node;
    }

    private static JsonObject request(int number) {
        return new JsonObject()
                .put("id", "w")
                .put("transactionId", "t" + number)
                .put("input", "in");
    }

    /** As a crash of the machine: PostgreSQL ends all connections and recovers from its log. */
    private static void crash() throws IOException, InterruptedException {
        int backend = TestDatabase.await(backgroundWriter(), A_WHILE);
        new ProcessBuilder("kill", "-9", String.valueOf(backend)).start().waitFor();
    }

    /** Asks until a crash before this one is over. */
    private static Future<Integer> backgroundWriter() {
        Statement asked = Statement.of("select pid from pg_stat_activity where backend_type = 'background writer'");
        return database.read(asked)
                .map(rows -> rows.get(0).getInteger(0))
                .recover(away -> vertx.timer(50, TimeUnit.MILLISECONDS).compose(fired -> backgroundWriter()));
    }

    private static void signal(String signal) throws IOException, InterruptedException {
        long postmaster = Long.parseLong(Files.readAllLines(folder.resolve("pgdata/postmaster.pid"))
                .get(0)
                .strip());
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal, String.valueOf(postmaster)));
        ProcessHandle.of(postmaster)
                .orElseThrow()
                .children()
                .forEach(child -> command.add(String.valueOf(child.pid())));
        new ProcessBuilder(command).start().waitFor();
    }

    private static Future<Void> ended() {
        return database.read(Statement.of("select from vinculum.workflow_run where finished_at is null limit 1"))
                .recover(away -> Future.succeededFuture(null))
                .compose(rows -> rows != null && rows.isEmpty()
                        ? Future.succeededFuture()
                        : vertx.timer(100, TimeUnit.MILLISECONDS).compose(fired -> ended()));
    }

    private static long count(String sql) {
        return TestDatabase.await(database.read(Statement.of(sql))).get(0).getLong(0);
    }

    @Test
    void everyRunEndsOnceAlthoughTheDatabaseCrashes() throws Exception {
        Coordinator node = node();
        List<Future<JsonObject>> asked = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            asked.add(node.run(request(i)));
            if (i % 200 == 100) {
                crash();
            }
        }
        TestDatabase.await(Future.all(asked), A_WHILE);

        assertThat(asked).allMatch(run -> run.result().getString("state").equals("done"));
        assertThat(count("select count(*) from vinculum.workflow_step")).isEqualTo(1_200);
        assertThat(count("select count(*) from vinculum.workflow_live")).isZero();
    }

    @Test
    void aTakeoverThatTheDatabaseCrashesInIsBegunAgain() throws Exception {
        TestDatabase.await(database.transaction(session -> session.script(
                "insert into vinculum.workflow_run (id, shard, workflow, transaction_id, definition, state, input)"
                        + " select 'w/t' || i, i % 1024, 'w', 't' || i, '', 'invoking', '\"in\"' from generate_series(1, 3000) i;"
                        + " insert into vinculum.workflow_live (shard, run) select i % 1024, 'w/t' || i"
                        + " from generate_series(1, 3000) i")));
        node();
        crash();

        TestDatabase.await(ended(), A_WHILE);

        assertThat(count("select count(*) from vinculum.workflow_run where state = 'done'"))
                .isEqualTo(3_000);
        assertThat(count("select count(*) from vinculum.workflow_step")).isEqualTo(6_000);
    }

    @Test
    void startsAreRefusedBeforeTheyFillTheMemoryAndTheOthersEnd() throws Exception {
        Coordinator node = node();
        signal("STOP");
        AtomicInteger refused = new AtomicInteger();
        List<Future<JsonObject>> asked = new ArrayList<>();
        for (int i = 0; i < 101_000; i++) {
            asked.add(node.run(request(i).put("wait", false)).onFailure(cause -> {
                if (cause instanceof Failure failure && failure.code() == FailureCode.UNAVAILABLE) {
                    refused.incrementAndGet();
                }
            }));
        }
        // The last ones fail at once; nothing else can while the database stands still.
        TestDatabase.await(asked.get(asked.size() - 1).transform(refusal -> Future.succeededFuture()));
        signal("CONT");
        TestDatabase.await(Future.join(asked).transform(all -> Future.succeededFuture()), 2 * A_WHILE);
        TestDatabase.await(ended(), 2 * A_WHILE);

        long accepted = asked.stream().filter(Future::succeeded).count();
        assertThat(refused.get()).isBetween(1, 2_000).isEqualTo(asked.size() - (int) accepted);
        assertThat(count("select count(*) from vinculum.workflow_run where state = 'done'"))
                .isEqualTo(accepted);
    }
}
