package io.vinculum.database;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The time that is left for one transaction, its wait for a connection and its tries again included. */
final class TransactionTimer {
    /** How much later than it should a statement may be ended; telling PostgreSQL more often would cost each statement. */
    private static final long PRECISION_MILLIS = 100;

    private final boolean limited;
    private final long endNanos;
    private final long mostMillis;
    private long toldMillis;

    private TransactionTimer(boolean limited, long endNanos, long mostMillis) {
        this.limited = limited;
        this.endNanos = endNanos;
        this.mostMillis = mostMillis;
    }

    /**
     * Starts to count.
     *
     * @param within how long all of it may take, null for no end
     * @param statement how long one statement may take at most
     */
    static TransactionTimer start(@Nullable Duration within, Duration statement) {
        return new TransactionTimer(
                within != null, within == null ? 0 : System.nanoTime() + within.toNanos(), statement.toMillis());
    }

    boolean limited() {
        return limited;
    }

    /** The milliseconds left; not positive when the time is over. */
    long left() {
        return limited ? TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime()) : Long.MAX_VALUE;
    }

    boolean over() {
        return left() <= 0;
    }

    static Failure failure() {
        return new Failure(
                FailureCode.TIMEOUT, "the request took longer than it may, and nothing was written; try again");
    }

    /** Begins a transaction whose statements end in time. */
    String begin() {
        toldMillis = Math.max(1, Math.min(left(), mostMillis));
        return "begin; set local statement_timeout = " + toldMillis;
    }

    /** What to tell PostgreSQL before the next statement; null when it knows it well enough. */
    @Nullable
    String refresh() {
        long left = left();
        if (left >= toldMillis - PRECISION_MILLIS) {
            return null;
        }
        toldMillis = Math.max(1, left);
        return "set local statement_timeout = " + toldMillis;
    }
}
