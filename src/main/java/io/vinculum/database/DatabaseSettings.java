package io.vinculum.database;

import java.time.Duration;

/**
 * How to reach PostgreSQL, and how much of it to use.
 *
 * @param uri {@code postgresql://user:password@host:port/database?sslmode=…}
 * @param connections the most connections open at once; of eight or more, two are shared by short statements
 * @param waiting the most requests that wait for a connection; one more fails at once
 */
public record DatabaseSettings(
        String uri,
        int connections,
        int waiting,
        Duration connectTimeout,
        Duration readTimeout,
        Duration writeTimeout) {

    /**
     * Sixteen connections keep two cores of PostgreSQL busy; a thousand waiting requests are a second of work.
     * Reads end after five seconds, as the contract says; bulk writes may take a minute.
     */
    public static DatabaseSettings of(String uri) {
        return new DatabaseSettings(
                uri, 16, 1_000, Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(60));
    }

    public DatabaseSettings withConnections(int most) {
        return new DatabaseSettings(uri, most, waiting, connectTimeout, readTimeout, writeTimeout);
    }

    /** The last part of the address's path. */
    public String databaseName() {
        String path = uri.replaceFirst("\\?.*$", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    public DatabaseSettings withReadTimeout(Duration timeout) {
        return new DatabaseSettings(uri, connections, waiting, connectTimeout, timeout, writeTimeout);
    }
}
