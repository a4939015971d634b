package io.vinculum.execute;

import io.vertx.core.Future;
import io.vinculum.failure.Failure;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Coded;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepOptions;
import io.vinculum.run.Decision;
import io.vinculum.run.Evaluated;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.RunState;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepResult;
import io.vinculum.run.StepState;
import io.vinculum.run.StepState.Status;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the outcomes of steps, done, failed, skipped or to be retried, and continues the run once each is written. */
final class StepOutcomes {
    private final StepExecutor executor;
    private final Journal journal;
    private final ActiveRuns active;
    private final RunLoop loop;
    private final RunListener listener;

    StepOutcomes(StepExecutor executor, Journal journal, ActiveRuns active, RunLoop loop, RunListener listener) {
        this.executor = executor;
        this.journal = journal;
        this.active = active;
        this.loop = loop;
        this.listener = listener;
    }

    /** Writes what is known of a step. */
    Future<Void> record(
            Run run,
            Position position,
            StepRecord.State outcome,
            Coded undoData,
            @Nullable Failure error,
            Duration elapsed,
            Optional<Duration> wake) {
        return record(run, position, outcome, Coded.NONE, undoData, error, elapsed, wake, null);
    }

    private Future<Void> record(
            Run run,
            Position position,
            StepRecord.State outcome,
            Coded output,
            Coded undoData,
            @Nullable Failure error,
            Duration elapsed,
            Optional<Duration> wake,
            @Nullable String evaluated) {
        StepState state = run.stateAt(position);
        StepResult result = new StepResult(
                false,
                outcome,
                state.attempts(),
                state.order(),
                state.takeInputJson(),
                output,
                undoData,
                error,
                elapsed,
                wake,
                evaluated);
        return journal.recorded(run, position, result);
    }

    /**
     * A step is done. The result counts once it is written: a successor must never have seen another one.
     *
     * @param evaluated what functions made of it; written with it
     */
    Future<Void> done(Run run, Position position, Coded output, Coded undoData, Duration elapsed, Evaluated evaluated) {
        StepState state = run.stateAt(position);
        state.done(run.nextOrder(), output.value(), undoData.value());
        String kept = run.take(evaluated);
        // A compensation that gets the answer itself needs no second copy.
        Coded copy = undoData.value() == output.value() ? Coded.NONE : undoData;
        Future<Void> writing =
                record(run, position, StepRecord.State.OK, output, copy, null, elapsed, Optional.empty(), kept);
        if (isAtItsEnd(run)) {
            endWith(run, writing);
            return writing;
        }
        state.record();
        int order = state.order();
        run.holdForWriting();
        active.whenWritten(run, writing, () -> {
            run.written();
            state.done(order, output.value(), undoData.value());
            loop.advance(run);
        });
        return writing;
    }

    private static boolean isAtItsEnd(Run run) {
        if (!run.isQuiet()) {
            return false;
        }
        try {
            return Decision.next(run).stream()
                    .anyMatch(decision -> decision instanceof Decision.End end && end.state() == RunState.DONE);
        } catch (RuntimeException thrown) {
            // Thrown again, and handled, once the result is written.
            return false;
        }
    }

    /** The last result and the end are written together. */
    private void endWith(Run run, Future<Void> lastResult) {
        Future<Void> ending;
        try {
            ending = journal.changed(run, RunState.DONE);
        } catch (RuntimeException thrown) {
            active.whenWritten(run, lastResult, () -> loop.advance(run));
            return;
        }
        run.end(RunState.DONE);
        active.whenWritten(run, Future.all(lastResult, ending).mapEmpty(), () -> loop.ended(run));
    }

    /** An attempt failed: retries it after the backoff, or lets the step fail. */
    Future<Void> retryOrFail(
            Run run, Position position, Step<?, ?> step, Throwable cause, Coded prepared, Duration elapsed) {
        StepState state = run.stateAt(position);
        StepOptions options = step.options();
        if (run.state() != RunState.INVOKING
                || !StepFailures.isWorthRetrying(cause)
                || state.attempts() > options.retries()) {
            return fail(run, position, StepFailures.visible(cause), partly(step, cause, prepared), elapsed);
        }
        Duration backoff = options.backoff(state.attempts());
        state.pause();
        state.prepared(prepared.value());
        Failure visible = StepFailures.passing(cause);
        Future<Void> writing =
                record(run, position, StepRecord.State.RETRYING, prepared, visible, elapsed, Optional.of(backoff));
        active.whenWritten(run, writing, () -> executor.later(run, backoff, () -> retry(run, position)));
        return writing;
    }

    /** What a failed step has done all the same. */
    private static Coded partly(Step<?, ?> step, Throwable cause, Coded prepared) {
        Object data = cause instanceof PermanentFailure permanent ? permanent.data() : null;
        if (data == null) {
            return prepared;
        }
        try {
            return step.undo().isEmpty()
                    ? Coded.of(data)
                    : Codec.coded(data, step.undo().get().data(), "what the step '" + step.name() + "' is undone with");
        } catch (Failure unkept) {
            // That the step failed can be written; what it did is undone by this owner.
            return new Coded(data, null);
        }
    }

    /** The backoff of a step is over. */
    void retry(Run run, Position position) {
        StepState state = run.stateAt(position);
        if (state.is(Status.PAUSED)) {
            state.ready();
            loop.advance(run);
        }
    }

    /** A step has failed for good: the run compensates, unless the step lets it continue. */
    Future<Void> fail(Run run, Position position, Failure failure, Coded undoData, Duration elapsed) {
        StepState state = run.stateAt(position);
        Step<?, ?> step = run.stepAt(position);
        boolean continues = step != null && step.options().continueOnFailure();
        state.fail(run.nextOrder(), undoData.value());
        int order = state.order();
        Future<Void> writing =
                record(run, position, StepRecord.State.FAILED, undoData, failure, elapsed, Optional.empty());
        state.record();
        active.whenWritten(run, writing, () -> {
            state.fail(order, undoData.value());
            if (!continues && !run.state().isEnd()) {
                run.startCompensating(failure);
                listener.changed(run, run.state());
            }
            loop.advance(run);
        });
        return writing;
    }

    /** A command decided that a step need not be done. */
    Future<Void> skip(Run run, Position position) {
        run.stateAt(position).skip(run.nextOrder());
        Future<Void> writing =
                record(run, position, StepRecord.State.SKIPPED, Coded.NONE, null, Duration.ZERO, Optional.empty());
        active.whenWritten(run, writing, () -> loop.advance(run));
        return writing;
    }
}
