package io.vinculum.bench;

import io.vertx.core.Vertx;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Asks the same of the server and of hand-written statements, and prints what each cost. */
@Command(name = "benchmark", mixinStandardHelpOptions = true, showDefaultValues = true)
public final class Benchmark implements Callable<Integer> {
    @Option(names = "--database", description = "Where to make the database vinculum_bench; else an embedded one.")
    private String uri = "";

    @Option(names = "--products", description = "A multiple of 10 000.")
    private int products = 10_000;

    @Option(names = "--queries", split = ",", description = "All when not given.")
    private List<BenchQuery> queries = List.of(BenchQuery.values());

    @Option(names = "--connections", split = ",")
    private List<Integer> connections = List.of(1, 16, 64);

    @Option(names = "--ways", split = ",", description = "Of limit, graph, typed, bus.")
    private List<ReadBenchmark.Way> ways = List.of(ReadBenchmark.Way.values());

    @Option(names = "--rounds", description = "How often each query is measured in each way, the ways in turn.")
    private int rounds = 3;

    @Option(names = "--seconds", description = "For each figure of a round.")
    private double seconds = 2;

    @Option(names = "--warm-up", description = "Seconds for each way of each query, before any is measured.")
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
        withServer(
                database,
                (http, bare, server) -> new ReadBenchmark(
                                vertx, new BenchRows(products), http, bare, server, postmaster, this::say)
                        .run(queries, ways, connections, new ReadBenchmark.Pace(rounds, seconds, warmUp)));
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
}
