package io.vinculum.command;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vinculum.Settings;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.failure.Failure;
import io.vinculum.postgres.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Which database: a PostgreSQL of the user's, or the embedded one; the settings {@code database} and {@code data}. */
@Command
final class DatabaseOption {
    /** Those that fill a database may make one; the others would find nothing in it. */
    private static final Set<String> MAKING = Set.of("serve", "migrate", "load");

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    private Settings given() {
        return VinculumCommand.settings(command);
    }

    boolean embedded() {
        return given().find(Settings.DATABASE).isEmpty();
    }

    /** Starts the embedded server, or attaches to it; empty for another database. */
    Optional<EmbeddedPostgres> server() {
        if (!embedded()) {
            return Optional.empty();
        }
        Path data = given().get(Settings.DATA);
        if (!MAKING.contains(command.name()) && !EmbeddedPostgres.existsIn(data)) {
            throw Failure.notFound(
                    "there is no database in " + data.toAbsolutePath().normalize()
                            + "; name its folder with --data, name another database with --database, or make one with"
                            + " 'vinculum serve' or 'vinculum migrate'");
        }
        return Optional.of(EmbeddedPostgres.start(data));
    }

    DatabaseSettings settings(Optional<EmbeddedPostgres> server) {
        return given().database(
                        server.map(EmbeddedPostgres::socketUri).orElseGet(() -> given().get(Settings.DATABASE)));
    }

    /** What a command does with its declarations and its database. */
    @FunctionalInterface
    interface Work<T> {
        Future<T> run(Vertx vertx, Database database, Catalog catalog);
    }

    /**
     * Like {@link #use(BiFunction)}, with the catalog, which is read while the database is being reached. What is wrong
     * with the declarations is said first, and no database is made for them.
     */
    <T> T use(GraphOption graph, Work<T> work) {
        Future<Catalog> catalog = graph.reading();
        if (embedded() && !EmbeddedPostgres.existsIn(given().get(Settings.DATA))) {
            await(catalog);
        }
        return connected((vertx, database) -> {
            Future<Void> reached = database.reach();
            return catalog.compose(read -> reached.compose(done -> work.run(vertx, database, read)));
        });
    }

    /** Runs one piece of work on the database and waits for it; the server is stopped afterwards if it is ours. */
    <T> T use(BiFunction<Vertx, Database, Future<T>> work) {
        return connected((vertx, database) -> database.reach().compose(reached -> work.apply(vertx, database)));
    }

    private <T> T connected(BiFunction<Vertx, Database, Future<T>> work) {
        Optional<EmbeddedPostgres> server = server();
        Vertx vertx = newVertx();
        try {
            Database database = Database.open(vertx, settings(server));
            return await(work.apply(vertx, database).eventually(database::close));
        } finally {
            await(vertx.close());
            server.ifPresent(EmbeddedPostgres::close);
        }
    }

    /** As small as one piece of work needs it. */
    private static Vertx newVertx() {
        return Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    }

    /** Waits for a future on a thread of ours, not of Vert.x. */
    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw Failure.of(Objects.requireNonNull(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
