package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs compensations, again and again while that may help, and keeps what comes of them. */
final class Compensator {
    private final StepExecutor bodies;
    private final Journal journal;
    private final ActiveRuns active;
    private final Consumer<Run> advance;

    /** Goes on with a run by {@code advance}. */
    Compensator(StepExecutor bodies, Journal journal, ActiveRuns active, Consumer<Run> advance) {
        this.bodies = bodies;
        this.journal = journal;
        this.active = active;
        this.advance = advance;
    }

    /** Runs the compensation of a place. */
    void undo(Run run, Position position, Step<?, ?> step) {
        Step.Compensation<?> compensation = step.undo().orElseThrow();
        StepState entry = run.entryAt(position);
        entry.beginUndo();
        long started = System.nanoTime();
        StepContext context =
                new StepContext(run, position, entry.undoAttempts(), true, data -> Future.succeededFuture());
        bodies.attempt(run, context, step, () -> {
                    compensation.run(entry.undoData(), context);
                    return null;
                })
                .onSuccess(undone -> undoRecorded(run, position, null, Duration.ofNanos(System.nanoTime() - started)))
                .onFailure(
                        cause -> undoFailed(run, position, step, cause, Duration.ofNanos(System.nanoTime() - started)));
    }

    private void undoFailed(Run run, Position position, Step<?, ?> step, Throwable cause, Duration elapsed) {
        StepState entry = run.entryAt(position);
        if (StepExecutor.isWorthRetrying(cause)
                && entry.undoAttempts() <= step.options().undoRetries()) {
            entry.pauseUndo();
            bodies.later(run, step.options().pause(entry.undoAttempts()), () -> {
                entry.readyToUndo();
                advance.accept(run);
            });
        } else {
            undoRecorded(run, position, StepExecutor.shown(cause), elapsed);
        }
    }

    private void undoRecorded(Run run, Position position, @Nullable Failure failure, Duration elapsed) {
        StepState entry = run.entryAt(position);
        Journal.Result result = new Journal.Result(
                true,
                failure == null ? StepRecord.State.OK : StepRecord.State.FAILED,
                entry.undoAttempts(),
                run.nextPlace(),
                null,
                null,
                null,
                failure,
                elapsed,
                Optional.empty());
        active.whenWritten(run, journal.recorded(run, position, result), () -> {
            if (failure == null) {
                entry.undone();
            } else {
                entry.failUndo();
            }
            advance.accept(run);
        });
    }
}
