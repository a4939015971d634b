package io.vinculum.database;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlClient;
import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How connections are made, and the settings that each has in PostgreSQL. */
final class Pools {
    private static final int PIPELINE = 64;
    private static final int CACHED_STATEMENTS = 512;

    private Pools() {}

    /** Connections that each serve one request at a time. */
    static Pool leased(Vertx vertx, DatabaseSettings settings, int connections, Map<String, String> properties) {
        PoolOptions pool = new PoolOptions()
                .setMaxSize(connections)
                .setMaxWaitQueueSize(settings.waiting())
                .setConnectionTimeout((int) settings.readTimeout().toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                .setName("vinculum-database");
        return PgBuilder.pool()
                .with(pool)
                .with(transport(settings))
                .connectingTo(options(vertx, settings, properties))
                .using(vertx)
                .build();
    }

    /**
     * Connections that each serve many requests at once, whose statements wait for each other.
     *
     * @param longest how long one statement may run, or wait for a lock
     */
    static SqlClient shared(Vertx vertx, DatabaseSettings settings, int connections, Duration longest) {
        String millis = String.valueOf(longest.toMillis());
        PoolOptions pool = new PoolOptions()
                .setMaxSize(connections)
                .setMaxWaitQueueSize(settings.waiting())
                // Statements end in time by themselves; a timer for each would cost more than it saves.
                .setConnectionTimeout(0)
                .setName("vinculum-database-shared");
        return PgBuilder.client()
                .with(pool)
                .with(transport(settings))
                .connectingTo(options(vertx, settings, Map.of("statement_timeout", millis, "lock_timeout", millis)))
                .using(vertx)
                .build();
    }

    private static NetClientOptions transport(DatabaseSettings settings) {
        return new NetClientOptions()
                .setConnectTimeout((int) settings.connectTimeout().toMillis());
    }

    /** The options of one connection; properties overrule the usual settings. */
    static PgConnectOptions options(Vertx vertx, DatabaseSettings settings, Map<String, String> properties) {
        PgConnectOptions options;
        try {
            options = Encryption.options(DatabaseAddress.reachable(settings.uri(), vertx.isNativeTransportEnabled()));
        } catch (IllegalArgumentException e) {
            throw Failure.invalid("the database's address must be like postgresql://user:password@host:5432/name");
        }
        String readMillis = String.valueOf(settings.readTimeout().toMillis());
        options.setPipeliningLimit(PIPELINE)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(CACHED_STATEMENTS)
                .setPreparedStatementCacheSqlFilter(new RepeatedStatements())
                .addProperty("application_name", "vinculum")
                // Compiling a plan takes longer than any statement of this server.
                .addProperty("jit", "off")
                .addProperty("search_path", "pg_catalog")
                .addProperty("client_min_messages", "warning")
                .addProperty("TimeZone", "UTC")
                // Planned once for any values: the plans of this server's statements do not gain from seeing them.
                .addProperty("plan_cache_mode", "force_generic_plan")
                .addProperty("statement_timeout", readMillis)
                .addProperty("lock_timeout", readMillis)
                .addProperty("idle_in_transaction_session_timeout", "60000");
        properties.forEach(options::addProperty);
        return options;
    }
}
