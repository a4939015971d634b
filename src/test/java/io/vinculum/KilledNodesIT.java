package io.vinculum;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.migration.Migration;
import io.vinculum.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Three nodes in processes of their own, one of which is killed or frozen every now and then while clients start runs: nothing that
 * was acknowledged is lost, nothing is done twice but what was under way when a node was killed. {@code -Dchaos.seconds},
 * {@code -Dchaos.seed}.
 */
class KilledNodesIT {
    private static final int CLIENTS = 8;
    private static final int BEGINNINGS = 5;
    private static final int FROZEN_MILLIS = 8_000;
    private static final int SECONDS = Integer.getInteger("chaos.seconds", 60);
    /** The lease, and two seconds to notice its end and to read the runs. */
    private static final double TAKEOVER_SECONDS = 7;

    private final List<Child> nodes = Collections.synchronizedList(new ArrayList<>());
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private Vertx vertx;
    private Database database;
    private String uri;
    private int clusterPort;

    /** A node's process. */
    private record Child(Process process, int port) {}

    @BeforeEach
    void open() throws IOException {
        uri = TestDatabase.create();
        vertx = Vertx.vertx();
        database = Database.open(vertx, DatabaseSettings.of(uri));
        TestDatabase.await(new Migration(database, ClusterNode.catalog()).apply(true));
        TestDatabase.await(database.transaction(session -> session.script("create table public.effect (number bigint"
                + " generated always as identity, run text not null, what text not null, pid int not null,"
                + " at timestamptz not null default now())")));
        try (ServerSocket free = new ServerSocket(0)) {
            clusterPort = free.getLocalPort();
        }
    }

    @AfterEach
    void close() {
        nodes.forEach(node -> node.process().destroyForcibly());
        TestDatabase.await(database.close());
        TestDatabase.await(vertx.close());
    }

    /** Begins a node; one that is not let in while the cluster sorts itself out is begun again, as whoever keeps it up does. */
    private Child begin() throws IOException {
        for (int left = BEGINNINGS; left > 1; left--) {
            Optional<Child> begun = tried();
            if (begun.isPresent()) {
                return begun.get();
            }
        }
        return tried().orElseThrow(() -> new IOException("a node ended before it was ready"));
    }

    private Optional<Child> tried() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClusterNode.class.getName(),
                        uri,
                        "chaos-" + clusterPort,
                        String.valueOf(clusterPort))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("PORT ")) {
                return Optional.of(new Child(process, Integer.parseInt(line.substring("PORT ".length()))));
            }
        }
        process.destroyForcibly();
        return Optional.empty();
    }

    @Test
    void nothingIsLostAndNothingIsDoneTwiceTooOften() throws Exception {
        long seed = Long.getLong("chaos.seed", System.nanoTime());
        System.out.println("chaos.seed=" + seed);
        for (int i = 0; i < 3; i++) {
            nodes.add(begin());
        }
        AtomicBoolean over = new AtomicBoolean();
        Map<String, Boolean> acknowledged = new ConcurrentHashMap<>();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(seed + i);
            clients.execute(() -> load(random, over, acknowledged));
        }

        int kills = kill(new Random(seed));
        over.set(true);
        clients.shutdown();
        assertThat(clients.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        TestDatabase.await(ended(), 60);

        check(acknowledged, kills);
    }

    /** Starts one run after the other until it is over; one that was not acknowledged is asked for again, anywhere. */
    private void load(Random random, AtomicBoolean over, Map<String, Boolean> acknowledged) {
        while (!over.get()) {
            String id = Long.toHexString(random.nextLong());
            boolean failing = random.nextInt(4) == 0;
            for (boolean started = false; !started && !over.get(); ) {
                started = start(id, failing, random.nextInt(3));
                if (started) {
                    acknowledged.put(id, failing);
                }
            }
        }
    }

    private boolean start(String id, boolean failing, int node) {
        String query = "mutation { runWorkflow(id: \"load\", transactionId: \"" + id
                + "\", wait: false, input: {n: 1, fail: " + failing + "}) { state } }";
        try {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + nodes.get(node).port() + "/graphql"))
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofSeconds(5))
                    .POST(HttpRequest.BodyPublishers.ofString(
                            new JsonObject().put("query", query).encode()))
                    .build();
            String answer =
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body();
            return !answer.contains("\"errors\"");
        } catch (IOException killed) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Kills one node after the other at random times, and begins another one in its place. */
    private int kill(Random random) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        int kills = 0;
        while (System.nanoTime() < end) {
            pause(500 + random.nextInt(2_500));
            int victim = random.nextInt(3);
            Process process = nodes.get(victim).process();
            kills++;
            if (random.nextInt(5) == 0) {
                freeze(process);
            } else {
                process.destroyForcibly().waitFor();
                nodes.set(victim, begin());
            }
        }
        return kills;
    }

    /** Stands still for longer than its lease, and goes on as if nothing had been: what it says then is refused. */
    private void freeze(Process process) throws Exception {
        new ProcessBuilder("kill", "-STOP", String.valueOf(process.pid()))
                .start()
                .waitFor();
        pause(FROZEN_MILLIS);
        new ProcessBuilder("kill", "-CONT", String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    private void pause(int millis) throws InterruptedException {
        CountDownLatch passed = new CountDownLatch(1);
        vertx.setTimer(millis, fired -> passed.countDown());
        passed.await();
    }

    private Future<Void> ended() {
        return database.read(Statement.of("select from vinculum.workflow_run where finished_at is null limit 1"))
                .compose(rows -> rows.isEmpty()
                        ? Future.succeededFuture()
                        : vertx.timer(100, TimeUnit.MILLISECONDS).compose(fired -> ended()));
    }

    private List<Row> rows(String sql) {
        return TestDatabase.await(database.read(Statement.of(sql)));
    }

    private void check(Map<String, Boolean> acknowledged, int kills) {
        Map<String, String> states = rows("select transaction_id, state from vinculum.workflow_run").stream()
                .collect(Collectors.toMap(row -> row.getString(0), row -> row.getString(1)));
        acknowledged.forEach(
                (id, failing) -> assertThat(states.get(id)).as("run " + id).isEqualTo(failing ? "reverted" : "done"));
        Map<String, List<String>> effects = rows("select run, what from public.effect order by number").stream()
                .collect(Collectors.groupingBy(
                        row -> row.getString(0).substring("load/".length()),
                        Collectors.mapping(row -> row.getString(1), Collectors.toList())));
        int twice = 0;
        for (Map.Entry<String, Boolean> run : acknowledged.entrySet()) {
            List<String> seen = effects.get(run.getKey());
            List<String> once = seen.stream().distinct().toList();
            assertThat(once)
                    .as("run " + run.getKey())
                    .isEqualTo(
                            run.getValue()
                                    ? List.of("do one", "do two", "undo two", "undo one")
                                    : List.of("do one", "do two", "do three"));
            assertThat(seen.size() - once.size()).isLessThanOrEqualTo(kills);
            twice += seen.size() - once.size();
        }
        double slowest =
                rows("select max(extract(epoch from finished_at - created_at))::float8 from vinculum.workflow_run")
                        .get(0)
                        .getDouble(0);
        double slow =
                rows("select percentile_disc(0.99) within group (order by extract(epoch from finished_at - created_at))"
                                + "::float8 from vinculum.workflow_run where id in (select run from public.effect group by run having"
                                + " count(distinct pid) > 1)")
                        .get(0)
                        .getDouble(0);
        System.out.printf(
                "%d runs, %d kills and freezes, %d bodies run once more; a run that was taken over took at most %.1f s (99 %%: %.1f s)%n",
                acknowledged.size(), kills, twice, slowest, slow);
        assertThat(acknowledged.size()).isGreaterThan(100);
        assertThat(slow).as("seconds until a run taken over has ended").isLessThan(2 * TAKEOVER_SECONDS);
    }
}
