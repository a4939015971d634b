package io.vinculum.endpoint;

/**
 * Where the HTTP port is, and how much of a request it takes.
 *
 * @param port 0 for any free one
 * @param exampleQuery what GraphiQL shows first
 */
public record EndpointSettings(String host, int port, long maxBodyBytes, int idleSeconds, String exampleQuery) {

    /** Eight MiB is the contract's limit; a minute without a byte is a client that is gone. */
    public static EndpointSettings of(String host, int port, String exampleQuery) {
        return new EndpointSettings(host, port, 8L << 20, 60, exampleQuery);
    }
}
