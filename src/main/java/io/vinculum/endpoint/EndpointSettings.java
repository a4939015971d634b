package io.vinculum.endpoint;

import io.vinculum.failure.Failure;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where the HTTP port is, and how much of a request it takes.
 *
 * @param port 0 for any free one
 * @param eventLoops how many threads answer
 * @param waitingBodyBytes how much the bodies that are being read may hold together, beside small ones
 * @param idleSeconds how long a connection may be silent
 * @param headerSeconds how long the line and the headers of a request may take
 * @param bodySeconds how long its body may take
 * @param exampleQuery what GraphiQL shows first
 * @param cors the origins whose pages may ask, like {@code https://shop.example}; {@code *} for all of them
 */
public record EndpointSettings(
        String host,
        int port,
        int eventLoops,
        long maxBodyBytes,
        long waitingBodyBytes,
        int idleSeconds,
        int headerSeconds,
        int bodySeconds,
        String exampleQuery,
        List<String> cors) {
    private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[^/\\s,]+");

    public EndpointSettings {
        cors = List.copyOf(cors);
        cors.stream().filter(origin -> !ORIGIN.matcher(origin).matches()).forEach(origin -> {
            throw Failure.invalid("cors takes origins like https://shop.example, without a path, or *; was " + origin);
        });
    }

    /**
     * A thread for each processor. Eight MiB is the contract's limit; eight such bodies are as many as two processors
     * read in a second. A minute without a byte is a client that is gone; headers fit one packet, so ten seconds are
     * ample, and in thirty a slow line brings eight MiB.
     */
    public static EndpointSettings of(String host, int port, String exampleQuery) {
        int processors = Runtime.getRuntime().availableProcessors();
        return new EndpointSettings(host, port, processors, 8L << 20, 64L << 20, 60, 10, 30, exampleQuery, List.of());
    }

    /** The same on another port. */
    public EndpointSettings at(int otherPort) {
        return new EndpointSettings(
                host,
                otherPort,
                eventLoops,
                maxBodyBytes,
                waitingBodyBytes,
                idleSeconds,
                headerSeconds,
                bodySeconds,
                exampleQuery,
                cors);
    }

    /** The same with other times that the headers and the body of a request may take. */
    public EndpointSettings within(int secondsForHeaders, int secondsForBody) {
        return new EndpointSettings(
                host,
                port,
                eventLoops,
                maxBodyBytes,
                waitingBodyBytes,
                idleSeconds,
                secondsForHeaders,
                secondsForBody,
                exampleQuery,
                cors);
    }

    /** The same for the pages of other origins, too. */
    public EndpointSettings withCors(List<String> origins) {
        return new EndpointSettings(
                host,
                port,
                eventLoops,
                maxBodyBytes,
                waitingBodyBytes,
                idleSeconds,
                headerSeconds,
                bodySeconds,
                exampleQuery,
                origins);
    }
}
