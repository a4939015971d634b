package io.vinculum;

import io.vertx.core.Future;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.migration.MigrationOptions;
import io.vinculum.selection.QueryLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a node is started with; begin with {@link #of}.
 *
 * @param endpoint where to listen; empty for a node that is asked by Java and over the event bus only
 * @param limits how much one request may ask for
 * @param behind what to do with a database that is behind the catalog
 * @param migration what the migration at the start may do, and how long it waits
 * @param drain how long requests that are being answered may still take when the node is closed
 * @param providers where workflows come from
 * @param preparation work that is done before the HTTP port opens
 */
public record VinculumOptions(
        Catalog catalog,
        DatabaseSettings database,
        Optional<EndpointSettings> endpoint,
        QueryLimits limits,
        Vinculum.Behind behind,
        MigrationOptions migration,
        Duration drain,
        List<WorkflowProvider> providers,
        Function<Vinculum, Future<Void>> preparation) {

    public VinculumOptions {
        providers = List.copyOf(providers);
    }

    /** A node without an HTTP port, without workflows, that refuses a database that is behind. */
    public static VinculumOptions of(Catalog catalog, DatabaseSettings database) {
        return new VinculumOptions(
                catalog,
                database,
                Optional.empty(),
                QueryLimits.DEFAULT,
                Vinculum.Behind.REFUSE,
                MigrationOptions.DEFAULT,
                Duration.ofSeconds(20),
                List.of(),
                node -> Future.succeededFuture());
    }

    public VinculumOptions withEndpoint(EndpointSettings where) {
        return new VinculumOptions(
                catalog, database, Optional.of(where), limits, behind, migration, drain, providers, preparation);
    }

    public VinculumOptions withLimits(QueryLimits most) {
        return new VinculumOptions(catalog, database, endpoint, most, behind, migration, drain, providers, preparation);
    }

    /** Whether to migrate a database that is behind, or to refuse it. */
    public VinculumOptions withBehind(Vinculum.Behind what) {
        return new VinculumOptions(catalog, database, endpoint, limits, what, migration, drain, providers, preparation);
    }

    /** What the migration at the start may do, and how long it waits for locks. */
    public VinculumOptions withMigration(MigrationOptions how) {
        return new VinculumOptions(catalog, database, endpoint, limits, behind, how, drain, providers, preparation);
    }

    /** How long requests that are being answered may still take when the node is closed. */
    public VinculumOptions withDrain(Duration most) {
        return new VinculumOptions(
                catalog, database, endpoint, limits, behind, migration, most, providers, preparation);
    }

    public VinculumOptions withProviders(List<WorkflowProvider> some) {
        return new VinculumOptions(catalog, database, endpoint, limits, behind, migration, drain, some, preparation);
    }

    /** Work that is done before the HTTP port opens, so that no request finds it half done. */
    public VinculumOptions withPreparation(Function<Vinculum, Future<Void>> work) {
        return new VinculumOptions(catalog, database, endpoint, limits, behind, migration, drain, providers, work);
    }
}
