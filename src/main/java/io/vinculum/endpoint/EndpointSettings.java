package io.vinculum.endpoint;

/**
 * Where the HTTP port is, and how much of a request it takes.
 *
 * @param port 0 for any free one
 * @param eventLoops how many threads answer
 * @param exampleQuery what GraphiQL shows first
 */
public record EndpointSettings(
        String host, int port, int eventLoops, long maxBodyBytes, int idleSeconds, String exampleQuery) {

    /** A thread for each processor. Eight MiB is the contract's limit; a minute without a byte is a client that is gone. */
    public static EndpointSettings of(String host, int port, String exampleQuery) {
        return new EndpointSettings(host, port, Runtime.getRuntime().availableProcessors(), 8L << 20, 60, exampleQuery);
    }

    /** The same on another port. */
    public EndpointSettings at(int otherPort) {
        return new EndpointSettings(host, otherPort, eventLoops, maxBodyBytes, idleSeconds, exampleQuery);
    }
}
