package io.vinculum;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Model;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.endpoint.HttpVerticle;
import io.vinculum.event.Events;
import io.vinculum.graphql.Operations;
import io.vinculum.graphql.Schema;
import io.vinculum.link.LinkVerticle;
import io.vinculum.link.Links;
import io.vinculum.migration.Migration;
import io.vinculum.module.ModuleVerticle;
import io.vinculum.module.Modules;
import io.vinculum.query.Query;
import io.vinculum.query.QueryVerticle;
import io.vinculum.selection.QueryLimits;
import io.vinculum.step.Steps;
import io.vinculum.workflow.Coordinator;
import io.vinculum.workflow.Workflow;
import io.vinculum.workflow.WorkflowVerticle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** One running node: every module of a catalog, its links and queries, on the event bus and behind an HTTP port. */
public final class Vinculum {
    private static final Duration BUS_TIMEOUT = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final Catalog catalog;
    private final Database database;
    private final Events events;
    private final Modules modules;
    private final Query query;
    private final Links links;
    private final EndpointSettings endpoint;
    private final Operations operations;
    private final Coordinator workflows;
    private final AtomicInteger port = new AtomicInteger();

    private Vinculum(
            Vertx vertx,
            Catalog catalog,
            DatabaseSettings settings,
            EndpointSettings endpoint,
            List<WorkflowProvider> providers) {
        this.vertx = vertx;
        this.catalog = catalog;
        this.database = Database.open(vertx, settings);
        this.events = new Events(vertx.eventBus());
        this.modules = new Modules(vertx.eventBus(), hostedModules(catalog), BUS_TIMEOUT.toMillis());
        this.query = new Query(database, catalog, QueryLimits.DEFAULT, modules::records);
        this.links = new Links(database, catalog, events);
        this.endpoint = endpoint;
        List<Workflow<?, ?>> brought = new ArrayList<>();
        providers.forEach(provider -> brought.addAll(provider.workflows(this)));
        this.workflows = new Coordinator(vertx, database, brought);
        this.operations = new Operations(vertx, Schema.of(catalog), query, modules, links, workflows);
    }

    /** Modules whose rows are in the database; the others are answered by verticles of the user's own. */
    private static Set<String> hostedModules(Catalog catalog) {
        Set<String> hosted = new HashSet<>(catalog.modules().keySet());
        catalog.models().stream().filter(Model::remote).map(Model::module).forEach(hosted::remove);
        return hosted;
    }

    /** Makes the Vert.x that a node runs best on. */
    public static Vertx vertx() {
        return Vertx.vertx();
    }

    /** How a node treats a database that is behind its catalog. */
    public enum Behind {
        MIGRATE,
        REFUSE
    }

    /**
     * Starts a node; it answers when the future succeeds.
     *
     * @return the node; fails with {@code UNAVAILABLE} when the database cannot be reached, and {@code NOT_MIGRATED}
     *     when it is behind and may not be migrated
     */
    public static Future<Vinculum> start(
            Vertx vertx, Catalog catalog, DatabaseSettings database, EndpointSettings endpoint, Behind behind) {
        return start(vertx, catalog, database, endpoint, behind, List.of(), node -> Future.succeededFuture());
    }

    /**
     * The same, with workflows, and with work that is done before the HTTP port opens; nobody sees it half done.
     */
    public static Future<Vinculum> start(
            Vertx vertx,
            Catalog catalog,
            DatabaseSettings database,
            EndpointSettings endpoint,
            Behind behind,
            List<WorkflowProvider> providers,
            Function<Vinculum, Future<Void>> preparation) {
        return Future.succeededFuture()
                .map(nothing -> new Vinculum(vertx, catalog, database, endpoint, providers))
                .compose(node -> node.start(behind, preparation).map(node).onFailure(cause -> node.database.close()));
    }

    private Future<Void> start(Behind behind, Function<Vinculum, Future<Void>> preparation) {
        Migration migration = new Migration(database, catalog);
        return database.ping()
                .compose(reached ->
                        behind == Behind.MIGRATE ? migration.apply(false).mapEmpty() : migration.check())
                .compose(migrated -> deploy())
                .compose(deployed -> preparation.apply(this))
                .compose(prepared -> listen());
    }

    private Future<Void> listen() {
        // Vert.x takes a negative port for a free one, and the same one for all event loops that name it.
        EndpointSettings shared = endpoint.port() == 0
                ? endpoint.at(-ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE))
                : endpoint;
        return vertx.deployVerticle(
                        () -> new HttpVerticle(shared, operations, this::ready, port::set),
                        new DeploymentOptions().setInstances(endpoint.eventLoops()))
                .mapEmpty();
    }

    private Future<Void> deploy() {
        List<Future<?>> deployed = new ArrayList<>();
        hostedModules(catalog)
                .forEach(module -> deployed.add(
                        vertx.deployVerticle(new ModuleVerticle(module, catalog, database, query, events))));
        deployed.add(vertx.deployVerticle(new QueryVerticle(query)));
        deployed.add(vertx.deployVerticle(new LinkVerticle(links)));
        deployed.add(vertx.deployVerticle(new WorkflowVerticle(workflows)));
        return Future.all(deployed).mapEmpty();
    }

    private Future<Void> ready() {
        return database.ping();
    }

    public Catalog catalog() {
        return catalog;
    }

    /** Reads across links. */
    public Query query() {
        return query;
    }

    /** Ties and unties records. */
    public Links links() {
        return links;
    }

    /** Writes records of modules. */
    public Modules modules() {
        return modules;
    }

    /** Ready-made steps for workflows, over this node's modules, links and queries. */
    public Steps steps() {
        return new Steps(catalog, modules, links, query, this::workflows);
    }

    /** Runs workflows. */
    public Coordinator workflows() {
        return workflows;
    }

    /** The HTTP port. */
    public int port() {
        return port.get();
    }

    /** Stops answering, then closes the connections and the given Vert.x. */
    public Future<Void> close() {
        List<Future<?>> undeployed = new ArrayList<>();
        vertx.deploymentIDs().forEach(id -> undeployed.add(vertx.undeploy(id)));
        return Future.join(undeployed).transform(done -> database.close()).transform(done -> vertx.close());
    }
}
