package io.vinculum.database;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL refuses, in our vocabulary; the messages never repeat its own, which name tables.
 * Codes: PostgreSQL documentation, appendix A.
 */
final class SqlFailures {
    private static final String CANCELLED = "57014";
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private SqlFailures() {}

    static Failure of(Throwable cause) {
        if (cause instanceof Failure failure) {
            return failure;
        }
        if (cause instanceof PgException refused) {
            return refused(refused);
        }
        return connectionLost(cause) ? unavailable() : Failure.of(cause);
    }

    static Failure unavailable() {
        return new Failure(FailureCode.UNAVAILABLE, "the database cannot be reached now; try again");
    }

    /** Whether the statement may never have reached PostgreSQL, or its answer was lost. */
    static boolean connectionLost(Throwable cause) {
        if (cause instanceof PgException refused) {
            String state = String.valueOf(refused.getSqlState());
            return state.startsWith("08") || state.startsWith("57P");
        }
        return cause instanceof ClosedConnectionException
                || cause instanceof IOException
                || cause instanceof TimeoutException
                || cause.getClass().getName().startsWith("io.vertx");
    }

    /** Whether a read may pass on another connection; a full pool or a server that is away are not worth more load. */
    static boolean worthReadingAgain(Throwable cause) {
        return cause instanceof PgException
                ? connectionLost(cause)
                : cause instanceof ClosedConnectionException
                        // What the client says of a pooled connection that was closed before the statement was sent.
                        || cause.getClass() == VertxException.class
                        || (cause instanceof IOException && !(cause instanceof ConnectException));
    }

    /** Whether the statement was stopped: by a cancel, or because it took too long. */
    static boolean cancelled(@Nullable Throwable cause) {
        return cause instanceof PgException refused && CANCELLED.equals(refused.getSqlState());
    }

    /** A time-out has the same code as a cancel, which may then still be on its way. */
    static boolean cancelledByRequest(@Nullable Throwable cause) {
        return cancelled(cause)
                && cause instanceof PgException refused
                && String.valueOf(refused.getErrorMessage()).contains("user request");
    }

    /** Whether the statement ran, or waited for a lock, longer than it may. */
    static boolean tookTooLong(Throwable cause) {
        return cancelled(cause)
                || (cause instanceof PgException refused && LOCK_NOT_AVAILABLE.equals(refused.getSqlState()));
    }

    /** Whether the same transaction may pass when it is tried again. */
    static boolean worthRetrying(Throwable cause) {
        return cause instanceof PgException refused
                && ("40001".equals(refused.getSqlState()) || "40P01".equals(refused.getSqlState()));
    }

    /** Whether a column's type changed since the statement was prepared. */
    static boolean outdatedPlan(Throwable cause) {
        return cause instanceof PgException refused
                && "0A000".equals(refused.getSqlState())
                && String.valueOf(refused.getErrorMessage()).contains("cached plan");
    }

    private static Failure refused(PgException refused) {
        String state = String.valueOf(refused.getSqlState());
        return switch (state) {
            case "42P01", "42703", "3F000", "42P10" ->
                new Failure(
                        FailureCode.NOT_MIGRATED,
                        "the database is behind the declarations; run: vinculum migrate. If it was migrated to newer ones, "
                                + "start this server with those");
            case "57014", "55P03", "25P03" ->
                new Failure(FailureCode.TIMEOUT, "the database took longer than it may; ask for less, or try again");
            case "40001", "40P01" ->
                new Failure(FailureCode.CONFLICT, "the change met another one at the same moment; try again");
            case "23505" -> new Failure(FailureCode.DUPLICATE, "a value that must be unique is there already");
            case "23503" ->
                Violation.of(refused)
                        .filter(violation -> violation.kind() == Violation.Kind.REFERRED)
                        .map(violation -> new Failure(
                                FailureCode.CONFLICT, "a record that would be deleted is still referred to by others"))
                        .orElseGet(() -> Failure.notFound("a record that is referred to is not there"));
            case "2201B" -> Failure.invalid("the pattern of $re is no regular expression");
            case "2200H" ->
                new Failure(
                        FailureCode.UNEXPECTED_STATE,
                        "the numbered keys of this model are used up; give the key yourself");
            case "54000" ->
                refused.getErrorMessage() != null && refused.getErrorMessage().contains("index row")
                        ? Failure.invalid(
                                "a text is too long for the index on its column, which takes about 2 700 bytes")
                        : tooComplex();
            case "54001", "54011", "54023" -> tooComplex();
            default -> byClass(state, refused);
        };
    }

    private static Failure tooComplex() {
        return new Failure(FailureCode.TOO_COMPLEX, "the request is more than the database can plan; ask for less");
    }

    private static Failure byClass(String state, PgException refused) {
        return switch (state.substring(0, Math.min(2, state.length()))) {
            case "22" -> Failure.invalid("a value is outside of what its column can hold");
            case "23" -> Failure.invalid("a value breaks a rule of its column");
            case "08", "53", "57", "58" -> unavailable();
            case "25" -> new Failure(FailureCode.UNAVAILABLE, "the database takes no writes now");
            case "28", "3D" ->
                new Failure(FailureCode.UNAVAILABLE, "the database refuses our user or has no such database");
            default -> Failure.of(refused);
        };
    }
}
