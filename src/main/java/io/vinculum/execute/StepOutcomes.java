package io.vinculum.execute;

import io.vertx.core.Future;
import io.vinculum.failure.Failure;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepOptions;
import io.vinculum.run.Decision;
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
            @Nullable Object output,
            @Nullable Object undoData,
            @Nullable Failure error,
            Duration elapsed,
            Optional<Duration> wake) {
        StepState state = run.stateAt(position);
        StepResult result = new StepResult(
                false, outcome, state.attempts(), state.order(), state.input(), output, undoData, error, elapsed, wake);
        return journal.recorded(run, position, result);
    }

    /** A step is done. The result counts once it is written: a successor must never have seen another one. */
    Future<Void> done(
            Run run, Position position, @Nullable Object output, @Nullable Object undoData, Duration elapsed) {
        StepState state = run.stateAt(position);
        state.done(run.nextOrder(), output, undoData);
        Future<Void> writing;
        try {
            writing = record(run, position, StepRecord.State.OK, output, undoData, null, elapsed, Optional.empty());
        } catch (Failure unencodable) {
            return fail(run, position, unencodable, undoData == output ? null : undoData, elapsed);
        }
        if (isAtItsEnd(run)) {
            endWith(run, writing);
            return writing;
        }
        state.record();
        int order = state.order();
        active.whenWritten(run, writing, () -> {
            state.done(order, output, undoData);
            loop.advance(run);
        });
        return writing;
    }

    private static boolean isAtItsEnd(Run run) {
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
            Run run, Position position, Step<?, ?> step, Throwable cause, Optional<Object> prepared, Duration elapsed) {
        StepState state = run.stateAt(position);
        StepOptions options = step.options();
        if (run.state() != RunState.INVOKING
                || !StepFailures.isWorthRetrying(cause)
                || state.attempts() > options.retries()) {
            Object partly = cause instanceof PermanentFailure permanent && permanent.data() != null
                    ? permanent.data()
                    : prepared.orElse(null);
            return fail(run, position, StepFailures.visible(cause), partly, elapsed);
        }
        Duration backoff = options.backoff(state.attempts());
        state.pause();
        state.prepared(prepared.orElse(null));
        Failure visible = StepFailures.passing(cause);
        Future<Void> writing;
        try {
            writing = record(
                    run,
                    position,
                    StepRecord.State.RETRYING,
                    null,
                    state.undoData(),
                    visible,
                    elapsed,
                    Optional.of(backoff));
        } catch (Failure unencodable) {
            return fail(run, position, unencodable, null, elapsed);
        }
        active.whenWritten(run, writing, () -> executor.later(run, backoff, () -> retry(run, position)));
        return writing;
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
    Future<Void> fail(Run run, Position position, Failure failure, @Nullable Object undoData, Duration elapsed) {
        StepState state = run.stateAt(position);
        Step<?, ?> step = run.stepAt(position);
        boolean continues = step != null && step.options().continueOnFailure();
        state.fail(run.nextOrder(), undoData);
        int order = state.order();
        Future<Void> writing;
        try {
            writing =
                    record(run, position, StepRecord.State.FAILED, null, undoData, failure, elapsed, Optional.empty());
        } catch (Failure unencodable) {
            // Its input or the data for its compensation cannot be encoded; that it failed can be.
            state.start(null);
            state.fail(order, null);
            writing = record(run, position, StepRecord.State.FAILED, null, null, failure, elapsed, Optional.empty());
        }
        state.record();
        active.whenWritten(run, writing, () -> {
            state.fail(order, undoData);
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
                record(run, position, StepRecord.State.SKIPPED, null, null, null, Duration.ZERO, Optional.empty());
        active.whenWritten(run, writing, () -> loop.advance(run));
        return writing;
    }
}
