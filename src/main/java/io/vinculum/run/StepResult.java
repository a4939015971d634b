package io.vinculum.run;

import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one attempt of a body or of a compensation, with its values as Java objects.
 *
 * @param order its number in the order of completion
 * @param wake how long until the step continues by itself; empty where it does not
 */
public record StepResult(
        boolean undo,
        StepRecord.State state,
        int attempt,
        int order,
        @Nullable Object input,
        @Nullable Object output,
        @Nullable Object undoData,
        @Nullable Failure error,
        Duration elapsed,
        Optional<Duration> wake) {}
