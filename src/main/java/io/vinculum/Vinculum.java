package io.vinculum;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Model;
import io.vinculum.database.Database;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.endpoint.HttpVerticle;
import io.vinculum.event.Events;
import io.vinculum.flow.Workflow;
import io.vinculum.graphql.Operations;
import io.vinculum.graphql.Schema;
import io.vinculum.link.LinkVerticle;
import io.vinculum.link.Links;
import io.vinculum.migration.Migration;
import io.vinculum.module.ModuleVerticle;
import io.vinculum.module.Modules;
import io.vinculum.query.Query;
import io.vinculum.query.QueryVerticle;
import io.vinculum.step.Steps;
import io.vinculum.workflow.Coordinator;
import io.vinculum.workflow.WorkflowVerticle;
import io.vinculum.write.WriteVerticle;
import io.vinculum.write.Writes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** One running node: every module of a catalog, its links and queries, on the event bus and behind an HTTP port. */
public final class Vinculum {
    private static final Duration BUS_TIMEOUT = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final Catalog catalog;
    private final Database database;
    private final Writes writes;
    private final Modules modules;
    private final Query query;
    private final Links links;
    private final VinculumOptions options;
    private final Coordinator workflows;
    private final List<String> deployed = new CopyOnWriteArrayList<>();
    private final AtomicInteger port = new AtomicInteger();

    private Vinculum(Vertx vertx, VinculumOptions options) {
        this.vertx = vertx;
        this.options = options;
        this.catalog = options.catalog();
        this.database = Database.open(vertx, options.database());
        this.writes = new Writes(database, catalog, new Events(vertx.eventBus()));
        this.modules = new Modules(vertx.eventBus(), writes, hostedModules(catalog), BUS_TIMEOUT.toMillis());
        this.query = new Query(database, catalog, options.limits(), modules::records);
        this.links = new Links(database, writes);
        List<Workflow<?, ?>> brought = new ArrayList<>();
        options.providers().forEach(provider -> brought.addAll(provider.workflows(this)));
        this.workflows = new Coordinator(vertx, database, brought);
    }

    /** Modules whose rows are in the database; the others are answered by verticles of the user's own. */
    private static Set<String> hostedModules(Catalog catalog) {
        Set<String> hosted = new HashSet<>(catalog.modules().keySet());
        catalog.models().stream().filter(Model::remote).map(Model::module).forEach(hosted::remove);
        return hosted;
    }

    /** Makes a Vert.x that a node runs best on: with the native transport, where it loads. */
    public static Vertx newVertx() {
        return Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    }

    /** How a node treats a database that is behind its catalog. */
    public enum Behind {
        MIGRATE,
        REFUSE
    }

    /**
     * Starts a node on a Vert.x; it answers when the future succeeds. The Vert.x stays the caller's: {@link #close} stops
     * the node and leaves it running.
     *
     * @return the node; fails with {@code UNAVAILABLE} when the database cannot be reached, and {@code NOT_MIGRATED}
     *     when it is behind and may not be migrated
     */
    public static Future<Vinculum> start(Vertx vertx, VinculumOptions options) {
        return Future.succeededFuture()
                .map(nothing -> new Vinculum(vertx, options))
                .compose(node -> node.start()
                        .map(node)
                        .recover(cause -> node.close().transform(closed -> Future.failedFuture(cause))));
    }

    /** A node as a verticle: deployed it answers, undeployed it is closed. */
    public static VerticleBase verticle(VinculumOptions options) {
        return new NodeVerticle(options);
    }

    private Future<Void> start() {
        Migration migration = new Migration(database, catalog);
        return database.reach()
                .compose(reached -> options.behind() == Behind.MIGRATE
                        ? migration.apply(options.migration()).mapEmpty()
                        : migration.check())
                .compose(migrated -> deploy())
                .compose(deployed -> startProviders())
                .compose(started -> options.preparation().apply(this))
                .compose(prepared -> options.endpoint().map(this::listen).orElseGet(Future::succeededFuture));
    }

    private Future<Void> startProviders() {
        List<Future<?>> started = new ArrayList<>();
        options.providers().forEach(provider -> started.add(provider.start(this)));
        return Future.all(started).mapEmpty();
    }

    private Future<Void> listen(EndpointSettings endpoint) {
        // Vert.x takes a negative port for a free one, and the same one for all event loops that name it.
        EndpointSettings shared = endpoint.port() == 0
                ? endpoint.at(-ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE))
                : endpoint;
        Operations operations = new Operations(vertx, Schema.of(catalog), query, modules, links, workflows);
        return vertx.deployVerticle(
                        () -> new HttpVerticle(shared, operations, options.drain(), this::ready, port::set),
                        new DeploymentOptions().setInstances(endpoint.eventLoops()))
                .map(this::keep);
    }

    private Future<Void> deploy() {
        List<Future<?>> deploying = new ArrayList<>();
        hostedModules(catalog).forEach(module -> deploying.add(deploy(new ModuleVerticle(module, query, writes))));
        deploying.add(deploy(new QueryVerticle(query)));
        deploying.add(deploy(new WriteVerticle(writes)));
        deploying.add(deploy(new LinkVerticle(links)));
        deploying.add(deploy(new WorkflowVerticle(workflows)));
        return Future.join(deploying).mapEmpty();
    }

    private Future<Void> deploy(VerticleBase verticle) {
        return vertx.deployVerticle(verticle).map(this::keep);
    }

    private Void keep(String deployment) {
        deployed.add(deployment);
        return null;
    }

    private Future<Void> ready() {
        return database.ping();
    }

    /** The Vert.x on which the node runs. */
    public Vertx vertx() {
        return vertx;
    }

    public Catalog catalog() {
        return catalog;
    }

    /** Reads across links. */
    public Query query() {
        return query;
    }

    /** Writes several things at once: records and links in one transaction. */
    public Writes writes() {
        return writes;
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
        return new Steps(writes, modules, links, query, this::workflows);
    }

    /** Runs workflows. */
    public Coordinator workflows() {
        return workflows;
    }

    /** The HTTP port. */
    public int port() {
        return port.get();
    }

    /**
     * Stops the node: its port first, once the requests that are being answered have their answers, then what it deployed, then its connections. The Vert.x and everything else that
     * runs on it stay.
     */
    public Future<Void> close() {
        Future<Void> closed = Future.succeededFuture();
        for (int i = deployed.size() - 1; i >= 0; i--) {
            String deployment = deployed.get(i);
            // As a part of a verticle that is undeployed they are gone already.
            closed = closed.transform(done ->
                    vertx.deploymentIDs().contains(deployment) ? vertx.undeploy(deployment) : Future.succeededFuture());
        }
        return closed.transform(done -> database.close());
    }
}
