package io.vinculum.command;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.Settings;
import io.vinculum.Vinculum;
import io.vinculum.VinculumOptions;
import io.vinculum.WorkflowProvider;
import io.vinculum.catalog.Catalog;
import io.vinculum.cluster.Cluster;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.migration.MigrationOptions;
import io.vinculum.postgres.EmbeddedPostgres;
import io.vinculum.shop.PaymentGateway;
import io.vinculum.shop.ShopWorkflows;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
    @Mixin
    private GraphOption graph = new GraphOption();

    @Mixin
    private DatabaseOption database = new DatabaseOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        ServerHeap.trim();
        Settings settings = VinculumCommand.settings(spec);
        Catalog catalog = graph.catalog();
        // Before anything can be stuck: a server that is halted is no worse than one that is killed.
        Stop stop = new Stop(settings.get(Settings.DRAIN));
        try {
            Optional<EmbeddedPostgres> server = database.server();
            server.ifPresent(own -> stop.first(own::leave));
            server.ifPresent(stop::lastly);
            DatabaseSettings where = database.settings(server);
            Vertx vertx = DatabaseOption.await(settings.cluster(where.databaseName())
                    .map(Cluster::join)
                    .orElseGet(() -> Future.succeededFuture(Vinculum.newVertx())));
            stop.then("Vert.x", vertx::close);
            Vinculum node = start(vertx, catalog, where, settings);
            stop.then("the node", node::close);
            announce(node, settings.get(Settings.HOST));
            stop.await();
            return 0;
        } catch (RuntimeException e) {
            stop.now();
            throw e;
        }
    }

    private Vinculum start(Vertx vertx, Catalog catalog, DatabaseSettings where, Settings settings) {
        boolean migrating = settings.find(Settings.MIGRATE).orElseGet(database::embedded);
        VinculumOptions options = VinculumOptions.of(catalog, where)
                .withEndpoint(settings.endpoint(graph.examples()))
                .withLimits(settings.limits())
                .withMigration(MigrationOptions.DEFAULT.waiting(
                        settings.get(Settings.LOCK_TIMEOUT), MigrationOptions.DEFAULT.patience()))
                .withDrain(settings.get(Settings.DRAIN))
                .withBehind(migrating ? Vinculum.Behind.MIGRATE : Vinculum.Behind.REFUSE)
                .withProviders(providers())
                .withPreparation(node -> graph.isSample() && settings.get(Settings.SAMPLE)
                        ? ShopWorkflows.seed(node.workflows())
                        : Future.succeededFuture());
        return DatabaseOption.await(
                Vinculum.start(vertx, options).recover(cause -> Future.failedFuture(explained(cause, settings))));
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

    private static Throwable explained(Throwable cause, Settings settings) {
        return cause instanceof BindException
                ? new Failure(
                        FailureCode.UNAVAILABLE,
                        "the port " + settings.get(Settings.PORT) + " of " + settings.get(Settings.HOST)
                                + " is taken; choose another with --port")
                : cause;
    }

    private void announce(Vinculum node, String host) {
        String base = "http://" + host + ":" + node.port();
        var out = spec.commandLine().getOut();
        out.println("Vinculum is ready:");
        out.println("  GraphQL   " + base + "/graphql");
        out.println("  GraphiQL  " + base + "/graphiql/");
        out.println("  Health    " + base + "/health/ready");
        out.flush();
    }
}
