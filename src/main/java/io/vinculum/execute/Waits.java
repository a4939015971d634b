package io.vinculum.execute;

import io.vertx.core.Future;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Coded;
import io.vinculum.flow.Node;
import io.vinculum.flow.Step;
import io.vinculum.run.Decision;
import io.vinculum.run.Evaluated;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.Signal;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepState;
import io.vinculum.run.StepState.Status;
import java.time.Duration;
import java.util.Optional;

/** Sleeps, and waits of steps for an answer from outside: writes each wait and wakes the run when its time has come. */
final class Waits {
    private final StepExecutor executor;
    private final StepOutcomes outcomes;
    private final ActiveRuns active;
    private final RunListener listener;

    Waits(StepExecutor executor, StepOutcomes outcomes, ActiveRuns active, RunListener listener) {
        this.executor = executor;
        this.outcomes = outcomes;
        this.active = active;
        this.listener = listener;
    }

    void sleep(Run run, Decision.Sleep sleep) {
        run.stateAt(sleep.position()).start(null);
        await(run, sleep.position(), sleep.duration(), Coded.NONE, Duration.ZERO);
    }

    void awaitSignal(Run run, Decision.AwaitSignal wait) {
        run.stateAt(wait.position()).start(null);
        await(run, wait.position(), wait.task().most(), Coded.NONE, Duration.ZERO);
    }

    void receive(Run run, Decision.Receive receive) {
        Position position = receive.position();
        Signal signal = receive.signal();
        run.signals().receive(signal.number());
        run.stateAt(position).receive(signal.number());
        // Not within the decisions that this one is among: more follows from its result.
        executor.soon(run, () -> received(run, receive));
    }

    private void received(Run run, Decision.Receive receive) {
        Position position = receive.position();
        Signal signal = receive.signal();
        Object value;
        try {
            value = Codec.read(signal.value(), receive.task().type(), "the signal '" + signal.name() + "'");
        } catch (Failure unreadable) {
            outcomes.fail(run, position, unreadable, Coded.NONE, Duration.ZERO);
            return;
        }
        Coded coded = new Coded(value, signal.value());
        outcomes.done(run, position, coded, Coded.NONE, Duration.ZERO, Evaluated.NOTHING);
    }

    /** Waits for a time to come, or for an answer from outside, at most so long. */
    void await(Run run, Position position, Duration most, Coded undoData, Duration elapsed) {
        StepState state = run.stateAt(position);
        state.await(undoData.value());
        int wait = state.waits();
        Future<Void> writing =
                outcomes.record(run, position, StepRecord.State.WAITING, undoData, null, elapsed, Optional.of(most));
        active.whenWritten(run, writing, () -> {
            executor.later(run, most, () -> wake(run, position, wait));
            if (state.is(Status.WAITING)) {
                listener.changed(run, run.visibleState());
            }
            active.notifyWaiters(run);
        });
    }

    /** The time has come: a sleep is over, or nothing outside has answered. */
    private void wake(Run run, Position position, int wait) {
        StepState state = run.stateAt(position);
        if (!state.is(Status.WAITING) || state.waits() != wait) {
            return;
        }
        Step<?, ?> step = run.stepAt(position);
        Node.Task.Receive signal = run.waitAt(position);
        if (signal != null) {
            Failure late = new Failure(
                    FailureCode.TIMEOUT, "no signal '" + signal.signal() + "' has come within " + signal.most());
            outcomes.fail(run, position, late, Coded.NONE, Duration.ZERO);
            return;
        }
        if (step == null) {
            outcomes.done(run, position, Coded.NONE, Coded.NONE, Duration.ZERO, Evaluated.NOTHING);
            return;
        }
        Failure late = new Failure(
                FailureCode.TIMEOUT,
                "the step '" + run.nameAt(position) + "' was not ended within "
                        + step.options().timeout());
        outcomes.retryOrFail(run, position, step, late, Coded.of(state.undoData()), Duration.ZERO);
    }

    /** Waits for the rest of a backoff or of a wait that another owner has begun. */
    void resume(Run run, Position position, Duration left) {
        StepState state = run.stateAt(position);
        if (state.is(Status.PAUSED)) {
            executor.later(run, left, () -> outcomes.retry(run, position));
        } else if (state.is(Status.WAITING)) {
            int wait = state.waits();
            executor.later(run, left, () -> wake(run, position, wait));
        }
    }

    /** Restarts the time-out of a step that is ended from outside. */
    Future<Void> renew(Run run, Position position) {
        StepState state = run.stateAt(position);
        Step<?, ?> step = run.stepAt(position);
        if (step != null && state.is(Status.WAITING)) {
            await(run, position, step.options().timeout(), Coded.of(state.undoData()), Duration.ZERO);
        }
        return Future.succeededFuture();
    }
}
