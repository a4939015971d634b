package io.vinculum.flow;

import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How a step is tried.
 *
 * @param retries how often it is tried again after a failure that may pass
 * @param delay before the first retry; doubled for each further one, up to a minute, a random half of it at least
 * @param timeout how long one try may take; its thread is interrupted then, and the try counts as failed
 * @param undoRetries the same as {@code retries} for its compensation
 * @param continueOnFailure whether the run continues, with no value, when the step has failed for good
 */
public record StepOptions(int retries, Duration delay, Duration timeout, int undoRetries, boolean continueOnFailure) {
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);
    private static final int MOST_DOUBLINGS = 16;

    /** Thirty seconds cover a slow bulk write; an undo that fails is tried ten times before somebody is asked. */
    public static final StepOptions DEFAULT =
            new StepOptions(0, Duration.ofMillis(200), Duration.ofSeconds(30), 10, false);

    public StepOptions {
        if (retries < 0 || undoRetries < 0) {
            throw Failure.invalid("retries must not be negative, was " + Math.min(retries, undoRetries));
        }
        if (delay.isNegative() || timeout.isNegative() || timeout.isZero()) {
            throw Failure.invalid("delay and timeout must be positive, were " + delay + " and " + timeout);
        }
    }

    public StepOptions withRetries(int times, Duration between) {
        return new StepOptions(times, between, timeout, undoRetries, continueOnFailure);
    }

    public StepOptions withTimeout(Duration longest) {
        return new StepOptions(retries, delay, longest, undoRetries, continueOnFailure);
    }

    public StepOptions withUndoRetries(int times) {
        return new StepOptions(retries, delay, timeout, times, continueOnFailure);
    }

    public StepOptions continuing() {
        return new StepOptions(retries, delay, timeout, undoRetries, true);
    }

    /** How long to wait after a number of failed tries. */
    public Duration backoff(int tries) {
        long doubled = delay.toMillis() << Math.min(tries - 1, MOST_DOUBLINGS);
        long most = Math.min(doubled, LONGEST_DELAY.toMillis());
        return Duration.ofMillis(
                most == 0 ? 0 : most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
    }
}
