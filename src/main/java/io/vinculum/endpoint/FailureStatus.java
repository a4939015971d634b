package io.vinculum.endpoint;

import io.vinculum.failure.FailureCode;

/** Which HTTP status a failure has; the only place that knows. */
final class FailureStatus {
    private FailureStatus() {}

    /** The status of a request that failed as a whole. */
    static int of(FailureCode code) {
        return switch (code) {
            case INVALID_DATA, LINK_DIRECTION, TOO_COMPLEX -> 400;
            case UNAUTHORIZED -> 401;
            case NOT_ALLOWED -> 403;
            case NOT_FOUND -> 404;
            case DUPLICATE, CONFLICT, UNEXPECTED_STATE -> 409;
            case TOO_LARGE -> 413;
            case NOT_MIGRATED, UNAVAILABLE -> 503;
            case TIMEOUT -> 504;
            case INTERNAL -> 500;
        };
    }

    /** The status of a request that could not be read; one that came too slowly is the client's time-out. */
    static int ofReading(FailureCode code) {
        return code == FailureCode.TIMEOUT ? 408 : of(code);
    }
}
