package io.vinculum.execute;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Coded;
import io.vinculum.flow.Step;
import io.vinculum.run.Decision;
import io.vinculum.run.Evaluated;
import io.vinculum.run.Fenced;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.RunFailures;
import io.vinculum.run.RunState;
import io.vinculum.run.Signal;
import io.vinculum.run.StepState;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs workflows: carries out what {@link Decision} says, and writes each outcome to a {@link Journal} before it continues.
 * Each run belongs to one event loop, so a run needs no lock; bodies run on other threads. Call all methods on that event
 * loop.
 */
public final class Runner {
    private final Journal journal;
    private final RunListener listener;
    private final RunLoop loop = new Loop();
    private final ActiveRuns active = new ActiveRuns();
    private final StepExecutor executor;
    private final StepOutcomes outcomes;
    private final Waits waits;
    private final StepInvoker invoker;
    private final Compensator compensator;
    private final Functions functions;

    public Runner(Vertx vertx, Context context, Timers timers, Journal journal, RunListener listener) {
        this.journal = journal;
        this.listener = listener;
        this.executor = new StepExecutor(vertx, context, timers, active);
        this.outcomes = new StepOutcomes(executor, journal, active, loop, listener);
        this.waits = new Waits(executor, outcomes, active, listener);
        this.invoker = new StepInvoker(context, executor, journal, active, outcomes, waits, loop);
        this.compensator = new Compensator(executor, journal, active, loop::advance);
        this.functions = new Functions(executor, journal, active, loop);
    }

    private final class Loop implements RunLoop {
        @Override
        public void advance(Run run) {
            Runner.this.advance(run);
        }

        @Override
        public void compensate(Run run, Failure cause) {
            if (run.state() == RunState.INVOKING) {
                startCompensating(run, cause);
            } else {
                Runner.this.advance(run);
            }
        }

        @Override
        public void ended(Run run) {
            if (active.has(run)) {
                listener.changed(run, run.state());
                active.complete(run);
            }
        }
    }

    /** The runs that it drives. */
    public ActiveRuns active() {
        return active;
    }

    /** Starts or resumes a run; answers it when it has ended. Its id must not be active. */
    public Future<Run> drive(Run run) {
        Future<Run> ended = active.add(run);
        begin(run);
        return ended;
    }

    /** Starts or resumes a run that is active and may start. */
    public void begin(Run run) {
        run.admit();
        run.workflow().options().timeout().ifPresent(most -> {
            Duration left = most.minus(run.start().age());
            executor.later(run, left.isNegative() ? Duration.ZERO : left, () -> expire(run, most));
        });
        if (!run.isResumed()) {
            listener.changed(run, run.state());
        }
        inDoubt(run).stream()
                .map(Decision.Invoke.class::cast)
                .filter(invoke -> run.stateAt(invoke.position()).undoData() == null)
                .forEach(invoke -> invoker.invoke(run, invoke));
        advance(run);
    }

    private static List<Decision> inDoubt(Run run) {
        try {
            return Decision.inDoubt(run);
        } catch (RuntimeException thrown) {
            // Nothing after a condition or transform that throws can have started.
            return List.of();
        }
    }

    private void expire(Run run, Duration most) {
        if (run.state() == RunState.INVOKING) {
            Failure late = new Failure(FailureCode.TIMEOUT, "the run took longer than " + most);
            startCompensating(run, late);
            active.interrupt(run, late);
        }
    }

    /** Lets a step of a run that was taken over wait for what is left of its backoff or wait. */
    public void resumeWait(Run run, Position position, Duration left) {
        waits.resume(run, position, left);
    }

    private void advance(Run run) {
        if (run.state() == RunState.INVOKING && !run.isAdmitted()) {
            return;
        }
        if (run.isBeingWritten()) {
            return;
        }
        next(run).forEach(decision -> carryOut(run, decision));
        active.notifyWaiters(run);
    }

    /** Conditions and transforms are code of the workflow's author; when they throw, the run compensates. */
    private List<Decision> next(Run run) {
        try {
            return Decision.next(run);
        } catch (RuntimeException thrown) {
            startCompensating(run, StepFailures.visible(thrown));
            return List.of();
        }
    }

    private void carryOut(Run run, Decision decision) {
        if (decision instanceof Decision.Invoke invoke) {
            invoker.invoke(run, invoke);
        } else if (decision instanceof Decision.Evaluate) {
            functions.evaluate(run);
        } else if (decision instanceof Decision.Sleep sleep) {
            waits.sleep(run, sleep);
        } else if (decision instanceof Decision.AwaitSignal await) {
            waits.awaitSignal(run, await);
        } else if (decision instanceof Decision.Receive receive) {
            waits.receive(run, receive);
        } else if (decision instanceof Decision.Undo undo) {
            compensator.compensate(run, undo.position(), undo.step());
        } else if (decision instanceof Decision.End end) {
            end(run, end.state());
        }
    }

    private void end(Run run, RunState state) {
        Future<Void> writing;
        try {
            writing = journal.changed(run, state);
        } catch (RuntimeException thrown) {
            startCompensating(run, StepFailures.visible(thrown));
            return;
        }
        run.end(state);
        active.whenWritten(run, writing, () -> loop.ended(run));
    }

    private void startCompensating(Run run, Failure cause) {
        run.startCompensating(cause);
        active.whenWritten(run, journal.changed(run, RunState.COMPENSATING), () -> {
            listener.changed(run, RunState.COMPENSATING);
            advance(run);
        });
    }

    /** Interrupts its bodies, and compensates it. Answers it when it has ended. */
    public Future<Run> cancel(Run run) {
        boolean inDoubt = run.isParked();
        run.unpause();
        if (run.state() == RunState.INVOKING) {
            if (inDoubt) {
                // Run once more, under the same keys, so that they can be compensated.
                invocations(run).forEach(invoke -> invoker.invoke(run, invoke));
                startCompensating(run, RunFailures.cancelled());
            } else {
                startCompensating(run, RunFailures.cancelled());
                active.interrupt(run, RunFailures.cancelled());
            }
        } else {
            advance(run);
        }
        return active.end(run);
    }

    /** Ends a run where it is: interrupts its bodies, and compensates nothing. */
    public Future<Run> terminate(Run run) {
        run.unpause();
        run.terminate(RunFailures.terminated());
        active.interrupt(run, RunFailures.terminated());
        Future<Run> ended = active.end(run);
        active.whenWritten(run, journal.changed(run, RunState.TERMINATED), () -> loop.ended(run));
        return ended;
    }

    /** Interrupts the bodies of runs that this node does not own any more. For any thread. */
    public void interrupt(Predicate<Run> which) {
        executor.interrupt(which, RunFailures.ownerChanged());
    }

    private static List<Decision.Invoke> invocations(Run run) {
        try {
            return Decision.next(run).stream()
                    .filter(Decision.Invoke.class::isInstance)
                    .map(Decision.Invoke.class::cast)
                    .toList();
        } catch (RuntimeException thrown) {
            // Nothing after a condition or transform that throws can have started.
            return List.of();
        }
    }

    /** Compensates a run that has ended, or what could not be compensated of it. Answers it when it has ended again. */
    public Future<Run> compensate(Run run) {
        Future<Run> ended = active.add(run);
        listener.changed(run, RunState.COMPENSATING);
        advance(run);
        return ended;
    }

    /** Writes that a run is stuck. */
    public Future<Void> park(Run run) {
        return changed(run, RunState.STUCK);
    }

    /** Starts nothing more of a run until {@link #resume}; what is in flight is awaited and kept. */
    public Future<Void> pause(Run run) {
        run.pause();
        return changed(run, RunState.PAUSED);
    }

    public Future<Void> resume(Run run) {
        run.unpause();
        return changed(run, run.state()).onSuccess(written -> advance(run));
    }

    private Future<Void> changed(Run run, RunState state) {
        Promise<Void> done = Promise.promise();
        Future<Void> writing = journal.changed(run, state);
        active.whenWritten(run, writing, () -> {
            listener.changed(run, state);
            active.notifyWaiters(run);
            done.complete();
        });
        writing.onFailure(done::tryFail).onSuccess(written -> done.tryComplete());
        return done.future();
    }

    /**
     * Ends a step that is ended from outside.
     *
     * @return when the result is written
     */
    public Future<Void> succeed(Run run, Position position, @Nullable Object output) {
        Object prepared = run.stateAt(position).undoData();
        Step<?, ?> step = run.stepAt(position);
        Coded answer = Coded.of(output);
        Coded undoData = prepared == null && step != null && step.undoesWithAnswer() ? answer : Coded.of(prepared);
        return outcomes.done(run, position, answer, undoData, Duration.ZERO, Evaluated.NOTHING);
    }

    /** Lets an attempt fail that is ended from outside. */
    public Future<Void> fail(Run run, Position position, Throwable cause) {
        StepState state = run.stateAt(position);
        Step<?, ?> step = run.stepAt(position);
        return step == null
                ? Future.succeededFuture()
                : outcomes.retryOrFail(run, position, step, cause, Coded.of(state.undoData()), Duration.ZERO);
    }

    /** Restarts the time-out of a step that is ended from outside. */
    public Future<Void> renew(Run run, Position position) {
        return waits.renew(run, position);
    }

    /** Keeps a signal for a run, which receives it when it waits for it; completes when the signal is written. */
    public Future<Void> signal(Run run, String name, @Nullable String value) {
        Signal signal = run.signals().next(name, value);
        Future<Void> writing = journal.signalled(run, signal);
        active.whenWritten(run, writing, () -> {
            run.signals().add(signal);
            advance(run);
        });
        return writing;
    }

    /** Decides that a step need not be done. */
    public Future<Void> skip(Run run, Position position) {
        return outcomes.skip(run, position);
    }

    /** Drops runs that this node does not own any more. */
    public void drop(Predicate<Run> which) {
        active.all().stream().filter(which).forEach(run -> active.lose(run, new Fenced()));
    }

    /** Stops the threads; active runs are lost. */
    public Future<Void> close() {
        return executor.close();
    }
}
