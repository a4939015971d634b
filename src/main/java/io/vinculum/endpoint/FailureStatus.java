package io.vinculum.endpoint;

import io.vinculum.failure.FailureCode;

/** Which HTTP status a failure has; the only place that knows. */
final class FailureStatus {
    private FailureStatus() {}

    /** The status of a request that was refused before any field ran. */
    static int of(FailureCode code) {
        return switch (code) {
            case UNAUTHORIZED -> 401;
            case TOO_LARGE -> 413;
            case UNAVAILABLE -> 503;
            case TIMEOUT -> 504;
            case INTERNAL -> 500;
            default -> 400;
        };
    }
}
