package io.vinculum.bench;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.declare.GraphFolder;
import io.vinculum.migration.Migration;
import io.vinculum.postgres.EmbeddedPostgres;
import io.vinculum.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Asks the same of the server and of hand-written statements, and prints what each cost. */
@Command(name = "benchmark", mixinStandardHelpOptions = true, showDefaultValues = true)
public final class Benchmark implements Callable<Integer> {
    private static final String HEAD = "%-12s %-6s %5s %10s %9s %9s %5s %7s %7s %9s %8s %8s %6s %6s%n";

    @Option(names = "--database", description = "Where to make the database vinculum_bench; else an embedded one.")
    private String uri = "";

    @Option(names = "--products", description = "A multiple of 10 000.")
    private int products = 10_000;

    @Option(names = "--queries", split = ",", description = "All when not given.")
    private List<BenchQuery> queries = List.of(BenchQuery.values());

    @Option(names = "--connections", split = ",")
    private List<Integer> connections = List.of(1, 16, 64);

    @Option(names = "--ways", split = ",", description = "Of limit, graph, typed, bus.")
    private List<Way> ways = List.of(Way.values());

    @Option(names = "--seconds", description = "For each figure.")
    private double seconds = 4;

    @Option(names = "--warm-up", description = "Seconds before the figures of a query.")
    private double warmUp = 3;

    @Option(names = "--no-writes", description = "Only reads.")
    private boolean noWrites;

    @Option(names = "--no-workflows", description = "No runs of workflows.")
    private boolean noWorkflows;

    @Option(names = "--soak", description = "Instead of all else, so many runs that are soon forgotten.")
    private int soak;

    @Option(names = "--no-reads", description = "Only what follows the reads.")
    private boolean noReads;

    @Option(names = "--no-start", description = "Do not measure starting.")
    private boolean noStart;

    @Option(names = "--out", description = "Where the figures go too.")
    private Path out = Path.of("target", "benchmark.txt");

    private final Vertx vertx = Vertx.vertx();
    private PrintWriter file;
    private long postmaster;

    private enum Way {
        LIMIT,
        GRAPH,
        TYPED,
        BUS
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Benchmark())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        file = new PrintWriter(Files.newBufferedWriter(out));
        try (EmbeddedPostgres server =
                uri.isEmpty() ? EmbeddedPostgres.start(Path.of("target", "bench-postgres")) : null) {
            String database = prepared(server == null ? uri : server.uri());
            if (soak > 0) {
                new WorkflowBenchmark(vertx, database, seconds, this::say).soak(soak);
                return 0;
            }
            if (!noReads) {
                reads(database);
            }
            if (!noWrites) {
                new WriteBenchmark(vertx, database, this::say).run();
            }
            if (!noWorkflows) {
                runsOverHttp(database);
                new WorkflowBenchmark(vertx, database, seconds, this::say).run();
            }
        } finally {
            file.close();
            TestDatabase.await(vertx.close());
        }
        if (!noStart) {
            new StartBenchmark(this::say).run();
        }
        System.out.println("written to " + out);
        return 0;
    }

    private void say(String format, Object... values) {
        String line = String.format(Locale.ROOT, format, values);
        System.out.print(line);
        file.print(line);
        file.flush();
    }

    /** Makes the tables and their rows, unless they are there from an earlier run. */
    private String prepared(String server) {
        Database admin = Database.open(vertx, DatabaseSettings.of(server));
        String name = "vinculum_bench_" + products;
        boolean there = !TestDatabase.await(
                        admin.read(Statement.of("select from pg_database where datname = $1", name)))
                .isEmpty();
        if (!there) {
            TestDatabase.await(admin.read(Statement.of("create database " + name)));
        }
        TestDatabase.await(admin.close());
        String address = server.replaceAll("/[^/]*$", "/" + name);
        Database database = Database.open(vertx, DatabaseSettings.of(address));
        postmaster = postmaster(database);
        TestDatabase.await(new Migration(database, GraphFolder.read(Path.of("src/test/resources/bench"))).apply(true));
        if (TestDatabase.await(database.read(Statement.of("select from product.product limit 1")))
                .isEmpty()) {
            new BenchRows(products).insert(database);
        }
        TestDatabase.await(database.close());
        return address;
    }

    /** The parent of the process that answers us; 0 when it runs on another machine. */
    private static long postmaster(Database database) {
        long backend = TestDatabase.await(database.read(Statement.of("select pg_backend_pid()")))
                .get(0)
                .getInteger(0);
        return ProcessHandle.of(backend)
                .flatMap(ProcessHandle::parent)
                .map(ProcessHandle::pid)
                .orElse(0L);
    }

    private void reads(String database) throws Exception {
        say(
                "# %d products, %d processors, %s, load %s%n",
                products,
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"),
                ProcessorTime.load());
        say(
                HEAD,
                "query",
                "way",
                "conns",
                "req/s",
                "p50 ms",
                "p99 ms",
                "bad",
                "java",
                "pg",
                "req/cpu-s",
                "of limit",
                "kB/req",
                "MB",
                "load");
        withServer(database, (http, bare, server) -> {
            for (BenchQuery query : queries) {
                new Reading(query, http, bare, server).measure();
            }
        });
    }

    /** What is done with a server: its HTTP port, that of the bare route beside it, and its process. */
    private interface Served {
        void use(int http, int bare, long server) throws IOException, InterruptedException;
    }

    private void withServer(String database, Served work) throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        BenchServer.class.getName(),
                        database,
                        String.valueOf(products))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            String[] ports = String.valueOf(lines.readLine()).split(" ", -1);
            work.use(Integer.parseInt(ports[1]), Integer.parseInt(ports[2]), server.pid());
        } finally {
            // It ends with its input, and leaves nothing for others to take over.
            server.getOutputStream().close();
            server.waitFor();
        }
    }

    /** Runs of three steps by GraphQL over HTTP, 16 at once. */
    private void runsOverHttp(String database) throws Exception {
        say("%n%-22s %10s %9s %9s %5s %10s%n", "runs over HTTP", "req/s", "p50 ms", "p99 ms", "bad", "req/cpu-s");
        withServer(database, (http, bare, server) -> {
            for (String workflow : List.of("ok", "fail", "memory")) {
                byte[] request = Load.post(
                        "/graphql",
                        new JsonObject()
                                .put(
                                        "query",
                                        "mutation { runWorkflow(id: \"" + workflow
                                                + "\", input: {}) { state output } }")
                                .toBuffer()
                                .getBytes());
                Load.run(vertx, http, 16, warmUp, () -> request);
                double java = ProcessorTime.of(server);
                double postgres = ProcessorTime.ofFamily(postmaster);
                Load.Result result = Load.run(vertx, http, 16, seconds, () -> request);
                double spent = ProcessorTime.of(server) - java + ProcessorTime.ofFamily(postmaster) - postgres;
                say(
                        "%-22s %10.0f %9.2f %9.2f %5d %10.0f%n",
                        workflow,
                        result.perSecond(),
                        result.millisAt(0.5),
                        result.millisAt(0.99),
                        result.bad(),
                        result.answers() / spent);
            }
        });
    }

    /** One query in all its ways. */
    private final class Reading {
        private final BenchQuery query;
        private final int http;
        private final int bare;
        private final long server;
        private final BenchRows rows = new BenchRows(products);

        Reading(BenchQuery query, int http, int bare, long server) {
            this.query = query;
            this.http = http;
            this.bare = bare;
            this.server = server;
        }

        void measure() throws IOException, InterruptedException {
            checkSameAnswers();
            for (Way way : ways) {
                load(way, 16, warmUp);
            }
            for (int count : connections) {
                double limit = 0;
                for (Way way : ways) {
                    double before = ProcessorTime.of(server);
                    long allocated = Long.parseLong(ask(bare, "/allocated"));
                    double postgresBefore = ProcessorTime.ofFamily(postmaster);
                    Optional<Load.Result> measured = load(way, count, seconds);
                    if (measured.isEmpty()) {
                        continue;
                    }
                    Load.Result result = measured.get();
                    double java = ProcessorTime.of(server) - before;
                    double postgres = ProcessorTime.ofFamily(postmaster) - postgresBefore;
                    double perCpu = result.answers() / (java + postgres);
                    long garbage = Long.parseLong(ask(bare, "/allocated")) - allocated;
                    limit = way == Way.LIMIT ? perCpu : limit;
                    say(
                            HEAD,
                            query.id(),
                            way.name().toLowerCase(Locale.ROOT),
                            count,
                            "%.0f".formatted(result.perSecond()),
                            "%.2f".formatted(result.millisAt(0.5)),
                            "%.2f".formatted(result.millisAt(0.99)),
                            result.bad(),
                            "%.2f".formatted(java / result.seconds()),
                            "%.2f".formatted(postgres / result.seconds()),
                            "%.0f".formatted(perCpu),
                            limit == 0 ? "-" : "%.2f".formatted(perCpu / limit),
                            garbage / 1024 / Math.max(1, result.answers()),
                            ProcessorTime.residentMegabytes(server),
                            ProcessorTime.load());
                }
            }
        }

        private Optional<Load.Result> load(Way way, int count, double time) throws IOException, InterruptedException {
            if (way == Way.BUS) {
                return query.graph(query.draw(rows)).isEmpty() ? Optional.empty() : Optional.of(overBus(count, time));
            }
            if (request(way, query.draw(rows)).isEmpty()) {
                return Optional.empty();
            }
            Supplier<byte[]> next = () -> request(way, query.draw(rows)).orElseThrow();
            return Optional.of(Load.run(vertx, way == Way.LIMIT ? bare : http, count, time, next));
        }

        private Load.Result overBus(int count, double time) throws IOException, InterruptedException {
            JsonArray found = new JsonObject(ask(bare, "/bus/" + query.id() + "?" + count + "," + time))
                    .getJsonArray("latencies");
            return new Load.Result(
                    found.stream()
                            .mapToLong(one -> ((Number) one).longValue())
                            .sorted()
                            .toArray(),
                    0,
                    time);
        }

        private Optional<byte[]> request(Way way, Object value) {
            if (way == Way.LIMIT) {
                return Optional.of(Load.get("/" + query.id() + "?" + encoded(value)));
            }
            Optional<JsonObject> body = way == Way.TYPED ? query.typed(value) : query.graphOverHttp(value);
            return body.map(json -> Load.post("/graphql", json.toBuffer().getBytes()));
        }

        private String encoded(Object value) {
            return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
        }

        /** What is compared answers the same. */
        private void checkSameAnswers() throws IOException, InterruptedException {
            Object value = query.draw(rows);
            JsonArray limit = new JsonArray(ask(bare, "/" + query.id() + "?" + encoded(value)));
            List<Object> others = new ArrayList<>();
            Optional<JsonObject> graph = query.graphOverHttp(value).map(this::data);
            graph.ifPresent(data -> others.add(data.getJsonObject("graph").getJsonArray("data")));
            Optional<JsonObject> typed = query.typed(value).map(this::data);
            typed.ifPresent(data -> others.add(data.iterator().next().getValue()));
            for (Object other : others) {
                JsonArray records = other instanceof JsonArray many ? many : new JsonArray().add(other);
                if (!records.equals(limit)) {
                    throw new IllegalStateException(
                            query + " of " + value + " is answered differently:\n" + limit + "\n" + records);
                }
            }
        }

        private JsonObject data(JsonObject body) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/graphql"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body.encode()));
            try {
                return new JsonObject(HttpClient.newHttpClient()
                                .send(request.build(), HttpResponse.BodyHandlers.ofString())
                                .body())
                        .getJsonObject("data");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private String ask(int port, String path) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .build();
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(path + ": " + response.body());
            }
            return response.body();
        }
    }
}
