package io.vinculum.run;

import io.vinculum.failure.Failure;
import io.vinculum.flow.Coded;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one attempt of a body or of a compensation, with its values and their JSON.
 *
 * @param order its number in the order of completion
 * @param wake how long until the step continues by itself; empty where it does not
 * @param evaluated what functions of the author made of it
 */
public record StepResult(
        boolean undo,
        StepRecord.State state,
        int attempt,
        int order,
        @Nullable String input,
        Coded output,
        Coded undoData,
        @Nullable Failure error,
        Duration elapsed,
        Optional<Duration> wake,
        @Nullable String evaluated) {}
