package io.vinculum.command;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.failure.Failure;
import io.vinculum.postgres.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database: a PostgreSQL of the user's, or the embedded one. */
final class DatabaseOption {
    @Option(
            names = "--database",
            paramLabel = "URI",
            description = "postgresql://user:password@host:5432/name; without it, an embedded PostgreSQL.")
    @Nullable
    String uri;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = ".vinculum",
            description = "Where the embedded PostgreSQL keeps its data (default: ${DEFAULT-VALUE}).")
    Path data = Path.of(".vinculum");

    boolean embedded() {
        return uri == null;
    }

    /** Starts the embedded server, or attaches to it; empty for another database. */
    Optional<EmbeddedPostgres> server() {
        return embedded() ? Optional.of(EmbeddedPostgres.start(data)) : Optional.empty();
    }

    DatabaseSettings settings(Optional<EmbeddedPostgres> server) {
        return DatabaseSettings.of(server.map(EmbeddedPostgres::uri).orElseGet(() -> Objects.requireNonNull(uri)));
    }

    /** Runs one piece of work on the database and waits for it; the server is stopped afterwards if it is ours. */
    <T> T use(BiFunction<Vertx, Database, Future<T>> work) {
        Optional<EmbeddedPostgres> server = server();
        Vertx vertx = Vertx.vertx();
        try {
            Database database = Database.open(vertx, settings(server));
            return await(database.ping()
                    .compose(reached -> work.apply(vertx, database))
                    .eventually(database::close));
        } finally {
            await(vertx.close());
            server.ifPresent(EmbeddedPostgres::close);
        }
    }

    /** Waits for a future on a thread that is none of Vert.x. */
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
