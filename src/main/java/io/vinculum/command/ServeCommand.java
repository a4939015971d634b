package io.vinculum.command;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.Vinculum;
import io.vinculum.WorkflowProvider;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.postgres.EmbeddedPostgres;
import io.vinculum.shop.PaymentGateway;
import io.vinculum.shop.ShopWorkflows;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a graph until the process is stopped. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Serves the graph over HTTP and the event bus; without --graph, the sample shop.",
        footer = {
            "",
            "Example: vinculum serve --graph ./graphql --database postgresql://me:secret@localhost:5432/shop --migrate"
        })
public final class ServeCommand implements Callable<Integer> {
    private static final int STOPPING_SECONDS = 20;

    @Mixin
    private GraphOption graph = new GraphOption();

    @Mixin
    private DatabaseOption database = new DatabaseOption();

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "The HTTP port, 0 for any (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "H",
            defaultValue = "127.0.0.1",
            description = "The address to listen on (default: ${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(
            names = "--migrate",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Migrate a database that is behind (default: only the embedded one).")
    private @Nullable Boolean migrate;

    @Option(names = "--no-sample", description = "Leave the sample shop empty.")
    private boolean noSample;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        checkPort();
        Catalog catalog = graph.catalog();
        Optional<EmbeddedPostgres> server = database.server();
        CountDownLatch stopped = new CountDownLatch(1);
        Optional<Vertx> vertx = Optional.empty();
        try {
            DatabaseSettings settings = database.settings(server);
            vertx = Optional.of(DatabaseOption.await(ClusterOption.vertx(cluster.of(settings.databaseName()))));
            Vinculum node = start(vertx.get(), catalog, settings);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, server, stopped), "vinculum-stop"));
            announce(node);
            stopped.await();
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        } catch (RuntimeException e) {
            vertx.ifPresent(Vertx::close);
            server.ifPresent(EmbeddedPostgres::close);
            throw e;
        }
    }

    private void checkPort() {
        if (port < 0 || port > 65_535) {
            throw Failure.invalid("--port takes a number from 0 to 65535, was " + port);
        }
    }

    private Vinculum start(Vertx vertx, Catalog catalog, DatabaseSettings settings) {
        boolean migrating = migrate == null ? database.embedded() : migrate;
        EndpointSettings endpoint = EndpointSettings.of(host, port, graph.examples());
        Vinculum.Behind behind = migrating ? Vinculum.Behind.MIGRATE : Vinculum.Behind.REFUSE;
        var starting = Vinculum.start(vertx, catalog, settings, endpoint, behind, providers(), this::seed)
                .recover(cause -> Future.failedFuture(explained(cause)));
        return DatabaseOption.await(starting);
    }

    /** Those on the class path, and the shop's own with the shop. */
    private List<WorkflowProvider> providers() {
        List<WorkflowProvider> providers = new ArrayList<>(found());
        if (graph.isSample()) {
            providers.add(node ->
                    ShopWorkflows.of(node.steps(), node.modules(), node.links(), node.query(), new PaymentGateway()));
        }
        return providers;
    }

    /** The providers that jars on the class path name. */
    public static List<WorkflowProvider> found() {
        return ServiceLoader.load(WorkflowProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    private Future<Void> seed(Vinculum node) {
        return graph.isSample() && !noSample ? ShopWorkflows.seed(node.workflows()) : Future.succeededFuture();
    }

    private Throwable explained(Throwable cause) {
        return cause instanceof BindException
                ? new Failure(
                        FailureCode.UNAVAILABLE,
                        "the port " + port + " of " + host + " is taken; choose another with --port")
                : cause;
    }

    private void announce(Vinculum node) {
        String base = "http://" + host + ":" + node.port();
        var out = spec.commandLine().getOut();
        out.println("Vinculum is ready:");
        out.println("  GraphQL   " + base + "/graphql");
        out.println("  GraphiQL  " + base + "/graphiql/");
        out.println("  Health    " + base + "/health/ready");
        out.flush();
    }

    private static void stop(Vinculum node, Optional<EmbeddedPostgres> server, CountDownLatch stopped) {
        try {
            DatabaseOption.await(node.close().timeout(STOPPING_SECONDS, TimeUnit.SECONDS));
        } finally {
            server.ifPresent(EmbeddedPostgres::close);
            stopped.countDown();
        }
    }
}
