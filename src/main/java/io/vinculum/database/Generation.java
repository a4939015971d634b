package io.vinculum.database;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How often a migration has outdated what the connections have prepared. A statement of a later generation has another
 * text, so no connection has a plan of it.
 */
final class Generation {
    private final AtomicInteger number = new AtomicInteger();

    int number() {
        return number.get();
    }

    /** What is added to the text of each statement. */
    static String mark(int number) {
        return number == 0 ? "" : " /* " + number + " */";
    }

    /** Whether the statement failed because its plan is outdated; then all are prepared again. */
    boolean outdatedSince(int seen, Throwable cause) {
        boolean outdated = SqlFailures.outdatedPlan(cause);
        if (outdated) {
            number.compareAndSet(seen, seen + 1);
        }
        return outdated;
    }
}
