package io.vinculum.endpoint;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;

/** Tells the people of this machine from all others. */
final class Loopback {
    private Loopback() {}

    /**
     * Refuses an {@code explain} from elsewhere: it shows tables and SQL.
     *
     * @throws Failure {@code NOT_ALLOWED}
     */
    static void checkExplain(HttpServerRequest request, boolean explain) {
        // What a proxy on this machine passes on comes from elsewhere.
        boolean passedOn = request.headers().contains("X-Forwarded-For")
                || request.headers().contains("Forwarded");
        if (explain && (passedOn || !isLocal(request.remoteAddress()))) {
            throw new Failure(
                    FailureCode.NOT_ALLOWED, "explain is answered on the server's own machine only; ask it from there");
        }
    }

    static boolean isLocal(SocketAddress address) {
        if (address.isDomainSocket()) {
            return true;
        }
        String host = String.valueOf(address.hostAddress());
        return host.startsWith("127.")
                || host.equals("::1")
                || host.startsWith("0:0:0:0:0:0:0:1")
                || host.startsWith("::ffff:127.");
    }
}
