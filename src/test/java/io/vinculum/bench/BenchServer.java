package io.vinculum.bench;

import com.sun.management.ThreadMXBean;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vinculum.Vinculum;
import io.vinculum.VinculumOptions;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.declare.GraphFolder;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.query.QueryVerticle;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node, and beside it in the same process a bare HTTP server with the hand-written statements: the same event loops,
 * as many connections, the same settings of each. Prints both ports and ends with its standard input.
 */
final class BenchServer {
    /** A port that is free, and the same for all event loops. */
    private static final int FREE = -1;

    private BenchServer() {}

    /** Takes the database's address and the number of products in it. */
    public static void main(String[] arguments) throws IOException {
        try {
            serve(arguments[0], Integer.parseInt(arguments[1]));
        } catch (RuntimeException | AssertionError e) {
            System.err.println(e + " " + e.getCause());
        } finally {
            System.exit(0);
        }
    }

    private static void serve(String database, int products) throws IOException {
        Vertx vertx = Vinculum.newVertx();
        EndpointSettings endpoint = EndpointSettings.of("127.0.0.1", 0, "");
        DatabaseSettings settings = DatabaseSettings.of(database);
        Vinculum node = TestDatabase.await(Vinculum.start(
                vertx,
                VinculumOptions.of(GraphFolder.read(Path.of("src/test/resources/bench")), settings)
                        .withEndpoint(endpoint)
                        .withBehind(Vinculum.Behind.REFUSE)
                        .withProviders(List.of(started -> WorkflowBenchmark.workflows()))));
        Limit limit = new Limit(pool(vertx, settings));
        BenchRows rows = new BenchRows(products);
        AtomicInteger port = new AtomicInteger();
        TestDatabase.await(vertx.deployVerticle(
                () -> new Bare(limit, rows, port), new DeploymentOptions().setInstances(endpoint.eventLoops())));
        System.out.println("ready " + node.port() + " " + port.get());
        while (System.in.read() >= 0) {
            // Whoever started this holds the other end.
        }
        TestDatabase.await(node.close().eventually(node.vertx()::close));
    }

    private static Pool pool(Vertx vertx, DatabaseSettings settings) {
        PgConnectOptions options = PgConnectOptions.fromUri(settings.uri())
                .setPipeliningLimit(64)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(512)
                .addProperty("plan_cache_mode", "force_generic_plan");
        return PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(settings.connections()).setMaxWaitQueueSize(settings.waiting()))
                .connectingTo(options)
                .using(vertx)
                .build();
    }

    /** Answers {@code /q1?parameter}, and {@code /bus/q1?connections,seconds} with what asking over the bus took. */
    private static final class Bare extends VerticleBase {
        private final Limit limit;
        private final BenchRows rows;
        private final AtomicInteger port;

        Bare(Limit limit, BenchRows rows, AtomicInteger port) {
            this.limit = limit;
            this.rows = rows;
            this.port = port;
        }

        @Override
        public Future<?> start() {
            return vertx.createHttpServer()
                    .requestHandler(this::handle)
                    .listen(FREE, "127.0.0.1")
                    .onSuccess(server -> port.set(server.actualPort()));
        }

        private void handle(HttpServerRequest request) {
            if (request.path().equals("/allocated")) {
                request.response().end(Long.toString(allocated()));
                return;
            }
            String path = request.path();
            BenchQuery query =
                    BenchQuery.valueOf(path.substring(path.lastIndexOf('/') + 1).toUpperCase(java.util.Locale.ROOT));
            Future<Buffer> answer = path.startsWith("/bus/")
                    ? overBus(query, request.query())
                    : limit.answer(query, request.query().replace('+', ' '));
            answer.onSuccess(body -> request.response()
                            .putHeader("Content-Type", "application/json")
                            .end(body))
                    .onFailure(cause -> request.response().setStatusCode(500).end(String.valueOf(cause)));
        }

        /** Bytes that all threads together have ever asked for. */
        private static long allocated() {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                    .filter(bytes -> bytes > 0)
                    .sum();
        }

        private Future<Buffer> overBus(BenchQuery query, String settings) {
            int connections = Integer.parseInt(settings.split(",", -1)[0]);
            long end = System.nanoTime() + (long) (Double.parseDouble(settings.split(",", -1)[1]) * 1e9);
            List<Long> latencies = new ArrayList<>();
            Promise<Buffer> ended = Promise.promise();
            AtomicInteger asking = new AtomicInteger(connections);
            Runnable stopped = () -> {
                if (asking.decrementAndGet() == 0) {
                    ended.complete(new JsonObject().put("latencies", latencies).toBuffer());
                }
            };
            for (int i = 0; i < connections; i++) {
                ask(query, end, latencies, stopped);
            }
            return ended.future();
        }

        private void ask(BenchQuery query, long end, List<Long> latencies, Runnable stopped) {
            long start = System.nanoTime();
            if (start > end) {
                stopped.run();
                return;
            }
            JsonObject request = query.graph(query.draw(rows)).orElseThrow();
            vertx.eventBus()
                    .<JsonObject>request(QueryVerticle.ADDRESS, request, new DeliveryOptions().setLocalOnly(true))
                    .onSuccess(answer -> {
                        latencies.add(System.nanoTime() - start);
                        ask(query, end, latencies, stopped);
                    });
        }
    }
}
