package io.vinculum.execute;

import io.vertx.core.Future;
import io.vinculum.failure.Failure;
import io.vinculum.flow.Coded;
import io.vinculum.flow.Step;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepResult;
import io.vinculum.run.StepState;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs compensations, retries them after a backoff, and writes their results. */
final class Compensator {
    private final StepExecutor executor;
    private final Journal journal;
    private final ActiveRuns active;
    private final Consumer<Run> advance;

    /** A compensator that continues a run by {@code advance}. */
    Compensator(StepExecutor executor, Journal journal, ActiveRuns active, Consumer<Run> advance) {
        this.executor = executor;
        this.journal = journal;
        this.active = active;
        this.advance = advance;
    }

    /** Runs the compensation of a step. */
    void compensate(Run run, Position position, Step<?, ?> step) {
        Step.Compensation<?> compensation = step.undo().orElseThrow();
        StepState state = run.stateAt(position);
        state.startUndo();
        long started = System.nanoTime();
        AttemptContext context =
                new AttemptContext(run, position, state.undoAttempts(), true, (of, data) -> Future.succeededFuture());
        executor.attempt(run, context, step, body -> {
                    compensation.run(state.undoData(), context);
                    return null;
                })
                .onSuccess(undone -> record(run, position, null, Duration.ofNanos(System.nanoTime() - started)))
                .onFailure(cause -> failed(run, position, step, cause, Duration.ofNanos(System.nanoTime() - started)));
    }

    private void failed(Run run, Position position, Step<?, ?> step, Throwable cause, Duration elapsed) {
        StepState state = run.stateAt(position);
        if (StepFailures.isWorthRetrying(cause)
                && state.undoAttempts() <= step.options().undoRetries()) {
            state.pauseUndo();
            executor.later(run, step.options().backoff(state.undoAttempts()), () -> {
                state.readyToUndo();
                advance.accept(run);
            });
        } else {
            record(run, position, StepFailures.visible(cause), elapsed);
        }
    }

    private void record(Run run, Position position, @Nullable Failure failure, Duration elapsed) {
        StepState state = run.stateAt(position);
        StepResult result = new StepResult(
                true,
                failure == null ? StepRecord.State.OK : StepRecord.State.FAILED,
                state.undoAttempts(),
                run.nextOrder(),
                null,
                Coded.NONE,
                Coded.NONE,
                failure,
                elapsed,
                Optional.empty(),
                null);
        active.whenWritten(run, journal.recorded(run, position, result), () -> {
            if (failure == null) {
                state.undone();
            } else {
                state.failUndo();
            }
            advance.accept(run);
        });
    }
}
