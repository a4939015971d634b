package io.vinculum.database;

import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Where a database is, as its URI says. */
final class DatabaseAddress {
    /** libpq's way to name the folder of a unix socket. */
    private static final Pattern SOCKET = Pattern.compile("([?&])host=(/|%2[fF])[^&]*&?");

    private DatabaseAddress() {}

    /** The URI, without the unix socket when this process cannot speak to one; then its host and port count. */
    static String reachable(String uri, boolean sockets) {
        return sockets ? uri : SOCKET.matcher(uri).replaceFirst("$1").replaceFirst("[?&]$", "");
    }

    /** Why it cannot be reached, for those who operate the server. */
    static Failure unreachable(String uri, Throwable cause) {
        if (cause instanceof Failure failure) {
            return failure;
        }
        PgConnectOptions options = Encryption.options(uri);
        String where =
                (options.isUsingDomainSocket() ? "the socket in " : "") + options.getHost() + ":" + options.getPort();
        return new Failure(
                FailureCode.UNAVAILABLE,
                "the database '" + options.getDatabase() + "' at " + where + " cannot be reached: "
                        + why(options, cause));
    }

    private static String why(PgConnectOptions options, Throwable cause) {
        if (cause instanceof PgException refused) {
            return switch (String.valueOf(refused.getSqlState())) {
                case "28P01", "28000" -> "it refuses the user '" + options.getUser() + "' or the password";
                case "3D000" -> "there is no such database";
                case "53300" -> "it has no connection left";
                case "57P03" -> "it is starting or stopping";
                default -> "it answers " + refused.getSqlState();
            };
        }
        if (cause instanceof UnknownHostException) {
            return "there is no such host";
        }
        if (cause instanceof ConnectException) {
            return "the connection is refused";
        }
        return cause instanceof TimeoutException
                ? "it does not answer in time"
                : String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason is given");
    }
}
