package io.vinculum.testing;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.declare.GraphFolder;
import io.vinculum.event.Events;
import io.vinculum.link.LinkVerticle;
import io.vinculum.link.Links;
import io.vinculum.migration.Migration;
import io.vinculum.module.ModuleVerticle;
import io.vinculum.module.Modules;
import io.vinculum.postgres.EmbeddedPostgres;
import io.vinculum.query.Query;
import io.vinculum.query.QueryVerticle;
import io.vinculum.selection.QueryLimits;
import io.vinculum.write.WriteVerticle;
import io.vinculum.write.Writes;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A database of its own for one test class, migrated to a catalog and emptied between tests, with the whole server
 * behind the event bus on top. The server is the one of {@code VINCULUM_TEST_DATABASE} when that is set, else an
 * embedded one for the whole run.
 */
public final class TestDatabase implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final String preparation;
    private final Catalog catalog;
    private final QueryLimits limits;
    private Vertx vertx;
    private Database database;
    private Query query;
    private Writes writes;
    private Links links;
    private Modules modules;
    private String uri;

    private TestDatabase(String preparation, Catalog catalog, QueryLimits limits) {
        this.preparation = preparation;
        this.catalog = catalog;
        this.limits = limits;
    }

    public static TestDatabase with(Catalog catalog) {
        return new TestDatabase("", catalog, QueryLimits.DEFAULT);
    }

    public static TestDatabase with(Catalog catalog, QueryLimits limits) {
        return new TestDatabase("", catalog, limits);
    }

    /** A database that something else prepared before it is migrated. */
    public static TestDatabase prepared(String sql, Catalog catalog) {
        return new TestDatabase(sql, catalog, QueryLimits.DEFAULT);
    }

    /** The sample shop of the project. */
    public static TestDatabase sample() {
        return with(GraphFolder.read(Path.of("graphql")));
    }

    /** One embedded server for all test classes of this JVM. */
    static final class Server {
        static final String URI = start();

        private static String start() {
            String given = System.getenv("VINCULUM_TEST_DATABASE");
            if (given != null) {
                return given;
            }
            EmbeddedPostgres server = EmbeddedPostgres.start(Path.of("target", "test-postgres"));
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server.uri();
        }

        private Server() {}
    }

    /** The address of a new, empty database. */
    public static String create() {
        String name = "test_" + ProcessHandle.current().pid() + "_" + COUNTER.incrementAndGet();
        Vertx vertx = Vertx.vertx();
        try {
            var connection = await(io.vertx.pgclient.PgConnection.connect(
                    vertx, io.vertx.pgclient.PgConnectOptions.fromUri(Server.URI)));
            await(connection.query("set client_min_messages = error").execute());
            await(connection.query("drop database if exists " + name).execute());
            await(connection.query("create database " + name).execute());
            await(connection.close());
        } finally {
            await(vertx.close());
        }
        return Server.URI.replaceAll("/[^/]*$", "/" + name);
    }

    public static <T> T await(io.vertx.core.Future<T> future) {
        return await(future, 60);
    }

    public static <T> T await(io.vertx.core.Future<T> future, int seconds) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        uri = create();
        vertx = Vertx.vertx();
        database = Database.open(vertx, DatabaseSettings.of(uri));
        if (!preparation.isEmpty()) {
            sql(preparation);
        }
        await(new Migration(database, catalog).apply(true));
        Set<String> hosted = catalog.modules().keySet().stream()
                .filter(module -> catalog.modules().get(module).stream().noneMatch(model -> model.remote()))
                .collect(Collectors.toSet());
        writes = new Writes(database, catalog, new Events(vertx.eventBus()));
        modules = new Modules(vertx.eventBus(), writes, hosted, 30_000);
        query = new Query(database, catalog, limits, modules::records);
        links = new Links(database, writes);
        hosted.forEach(module -> await(vertx.deployVerticle(new ModuleVerticle(module, query, writes))));
        await(vertx.deployVerticle(new QueryVerticle(query)));
        await(vertx.deployVerticle(new WriteVerticle(writes)));
        await(vertx.deployVerticle(new LinkVerticle(links)));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        List<Row> tables = rows("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in "
                + "('pg_catalog', 'information_schema') and tablename not like 'migrated_%'");
        if (!tables.isEmpty()) {
            sql("truncate " + tables.stream().map(row -> row.getString(0)).collect(Collectors.joining(", "))
                    + " restart identity");
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        await(database.close());
        await(vertx.close());
    }

    public Catalog catalog() {
        return catalog;
    }

    public Vertx vertx() {
        return vertx;
    }

    public Database database() {
        return database;
    }

    public Query query() {
        return query;
    }

    public Writes writes() {
        return writes;
    }

    public Links links() {
        return links;
    }

    public Modules modules() {
        return modules;
    }

    public String uri() {
        return uri;
    }

    /** Runs SQL that answers nothing. */
    public void sql(String sql) {
        await(database.transaction(session -> session.script(sql)));
    }

    /** Runs SQL and answers its rows. */
    public List<Row> rows(String sql, Object... parameters) {
        return await(database.read(Statement.of(sql, parameters)));
    }

    /** Sends a request over the event bus and answers the reply; throws what it failed with. */
    public Object ask(String address, Object body) {
        return await(vertx.eventBus().request(address, body)).body();
    }

    /** Sends a request that is answered by an object. */
    public JsonObject object(String address, Object body) {
        return (JsonObject) ask(address, body);
    }

    /** Sends a request that is answered by an array. */
    public JsonArray array(String address, Object body) {
        return (JsonArray) ask(address, body);
    }

    /** Answers {@code query.graph} over the event bus. */
    public JsonObject graph(String request) {
        return object("query.graph", new JsonObject(request));
    }

    /** The data of {@code query.graph}. */
    public JsonArray data(String request) {
        return graph(request).getJsonArray("data");
    }

    /** Makes records by their module. */
    public JsonArray create(String module, String model, String records) {
        return array(
                "module." + module + ".create",
                new JsonObject().put("model", model).put("data", new JsonArray(records)));
    }

    /** Makes links. */
    public JsonArray link(String links) {
        return array("link.create", new JsonArray(links));
    }
}
