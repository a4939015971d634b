package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Fault;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs workflows: does what {@link Decision} says, and writes what came of it into a {@link Journal} before it goes on.
 * Each run is looked after by one event loop, so a run needs no lock; bodies run beside it.
 */
final class Runner {
    private final Vertx vertx;
    private final Context context;
    private final Timers timers;
    private final Journal journal;
    private final ExecutorService threads = StepThreads.open();
    private final Map<String, Active> active = new HashMap<>();

    /** A run under way. */
    private record Active(Run run, Promise<Run> ended) {}

    Runner(Vertx vertx, Context context, Timers timers, Journal journal) {
        this.vertx = vertx;
        this.context = context;
        this.timers = timers;
        this.journal = journal;
    }

    /** Timers that wait. */
    static Timers timers(Vertx vertx) {
        return (pause, something) -> {
            var timer = vertx.timer(Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS);
            timer.onSuccess(fired -> something.run());
            return timer::cancel;
        };
    }

    /** The end of a run that is under way. To be called on the event loop, as all the others. */
    Optional<Future<Run>> find(String id) {
        return Optional.ofNullable(active.get(id)).map(one -> one.ended().future());
    }

    /** Begins a run, or goes on with one; answers it when it has ended. Its id must not be under way. */
    Future<Run> drive(Run run) {
        Promise<Run> ended = Promise.promise();
        active.put(run.id(), new Active(run, ended));
        Decision.inDoubt(run).forEach(decision -> carryOut(run, decision));
        advance(run);
        return ended.future();
    }

    /** Turns a run round: what it did is undone. Answers it when it has ended; empty when it is not under way. */
    Optional<Future<Run>> cancel(String id) {
        Active one = active.get(id);
        if (one == null) {
            return Optional.empty();
        }
        Run run = one.run();
        if (run.state() == RunState.INVOKING) {
            run.turnRound(new Failure(FailureCode.CONFLICT, "the run was cancelled"));
            written(run, journal.changed(run, RunState.COMPENSATING, null), () -> advance(run));
        }
        return Optional.of(one.ended().future());
    }

    /** Forgets runs that are not this node's any more. */
    void drop(Predicate<Run> which) {
        List.copyOf(active.values()).stream()
                .filter(one -> which.test(one.run()))
                .forEach(one -> lose(one.run(), new Ledger.Fenced()));
    }

    /** Goes on when something is written; else the run is somebody else's. */
    private void written(Run run, Future<Void> writing, Runnable then) {
        writing.onSuccess(kept -> {
                    if (isOurs(run)) {
                        then.run();
                    }
                })
                .onFailure(cause -> lose(run, cause));
    }

    private boolean isOurs(Run run) {
        Active one = active.get(run.id());
        return one != null && one.run() == run;
    }

    private void lose(Run run, Throwable cause) {
        Active one = active.get(run.id());
        if (one != null && one.run() == run) {
            active.remove(run.id());
            one.ended()
                    .fail(
                            cause instanceof Failure known
                                    ? known
                                    : new Failure(
                                            FailureCode.UNAVAILABLE,
                                            "another node goes on with the run; ask for it again"));
        }
    }

    private void advance(Run run) {
        decide(run).forEach(decision -> carryOut(run, decision));
    }

    private void carryOut(Run run, Decision decision) {
        if (decision instanceof Decision.Invoke invoke) {
            invoke(run, invoke.position(), invoke.step(), invoke.input());
        } else if (decision instanceof Decision.Sleep sleep) {
            sleep(run, sleep);
        } else if (decision instanceof Decision.Undo undo) {
            undo(run, undo.position(), undo.step());
        } else if (decision instanceof Decision.End end) {
            end(run, end.state());
        }
    }

    /** Conditions and transforms are code of the workflow's author; what they throw turns the run round. */
    private static Iterable<Decision> decide(Run run) {
        try {
            return Decision.next(run);
        } catch (RuntimeException thrown) {
            run.turnRound(shown(thrown));
            return Decision.next(run);
        }
    }

    private void end(Run run, RunState state) {
        Future<Void> writing;
        try {
            writing = journal.changed(run, state, run.outputAt(state));
        } catch (RuntimeException thrown) {
            run.turnRound(shown(thrown));
            advance(run);
            return;
        }
        run.end(state);
        written(run, writing, () -> complete(run));
    }

    private void complete(Run run) {
        Active one = active.remove(run.id());
        if (one != null) {
            one.ended().complete(run);
        }
    }

    private void sleep(Run run, Decision.Sleep sleep) {
        Entry entry = run.entryAt(sleep.position());
        entry.pause();
        later(run, sleep.duration(), () -> done(run, sleep.position(), null, null));
    }

    private void invoke(Run run, Position position, Step<?, ?> step, @Nullable Object input) {
        Entry entry = run.entryAt(position);
        entry.begin();
        StepContext told = new StepContext(run.id(), name(run, position), position, entry.attempts(), false);
        attempt(run, position, step, () -> step.run(input, told))
                .onSuccess(output -> done(run, position, output, told.undoData().orElse(output)))
                .onFailure(cause -> failed(run, position, step, input, cause));
    }

    /** A result counts once it is written: what follows a step must never have seen another one. */
    private void done(Run run, Position position, @Nullable Object output, @Nullable Object undoData) {
        Entry entry = run.entryAt(position);
        int place = run.nextPlace();
        Future<Void> writing;
        try {
            writing = journal.recorded(
                    run, position, new Journal.Result(false, true, entry.attempts(), place, output, undoData, null));
        } catch (Failure unkeepable) {
            fail(run, position, unkeepable, null);
            return;
        }
        entry.done(place, output, undoData);
        if (isAtItsEnd(run)) {
            endWith(run, writing);
            return;
        }
        entry.reopen();
        written(run, writing, () -> {
            entry.done(place, output, undoData);
            advance(run);
        });
    }

    private static boolean isAtItsEnd(Run run) {
        try {
            return Decision.next(run).stream()
                    .anyMatch(decision -> decision instanceof Decision.End end && end.state() == RunState.DONE);
        } catch (RuntimeException thrown) {
            // Found again, and told, once the result is written.
            return false;
        }
    }

    /** The last result and the end are written together. */
    private void endWith(Run run, Future<Void> lastResult) {
        Future<Void> ending;
        try {
            ending = journal.changed(run, RunState.DONE, run.outputAt(RunState.DONE));
        } catch (RuntimeException thrown) {
            written(run, lastResult, () -> advance(run));
            return;
        }
        run.end(RunState.DONE);
        written(run, Future.all(lastResult, ending).mapEmpty(), () -> complete(run));
    }

    private void failed(Run run, Position position, Step<?, ?> step, @Nullable Object input, Throwable cause) {
        Entry entry = run.entryAt(position);
        StepOptions options = step.options();
        if (run.state() == RunState.INVOKING && isWorthRetrying(cause) && entry.attempts() <= options.retries()) {
            entry.pause();
            later(run, options.pause(entry.attempts()), () -> {
                if (run.state() == RunState.INVOKING) {
                    invoke(run, position, step, input);
                }
            });
            return;
        }
        fail(run, position, shown(cause), cause instanceof PermanentFailure permanent ? permanent.data() : null);
    }

    private void fail(Run run, Position position, Failure failure, @Nullable Object undoData) {
        Entry entry = run.entryAt(position);
        Step<?, ?> step = run.workflow().nodes().get(position.node()).step();
        boolean goesOn = step != null && step.options().continueOnFailure();
        int place = run.nextPlace();
        Journal.Result result = new Journal.Result(false, false, entry.attempts(), place, null, undoData, failure);
        written(run, journal.recorded(run, position, result), () -> {
            entry.fail(place, undoData);
            if (!goesOn) {
                run.turnRound(failure);
            }
            advance(run);
        });
    }

    private void undo(Run run, Position position, Step<?, ?> step) {
        Step.Undoing<?> undoing = step.undo().orElseThrow();
        Entry entry = run.entryAt(position);
        entry.beginUndo();
        StepContext told = new StepContext(run.id(), name(run, position), position, entry.undoAttempts(), true);
        attempt(run, position, step, () -> {
                    undoing.run(entry.undoData(), told);
                    return null;
                })
                .onSuccess(undone -> undoRecorded(run, position, null))
                .onFailure(cause -> undoFailed(run, position, step, cause));
    }

    private void undoFailed(Run run, Position position, Step<?, ?> step, Throwable cause) {
        Entry entry = run.entryAt(position);
        if (entry.undoAttempts() <= step.options().undoRetries()) {
            entry.pauseUndo();
            later(run, step.options().pause(entry.undoAttempts()), () -> undo(run, position, step));
        } else {
            undoRecorded(run, position, shown(cause));
        }
    }

    private void undoRecorded(Run run, Position position, @Nullable Failure failure) {
        Entry entry = run.entryAt(position);
        Journal.Result result =
                new Journal.Result(true, failure == null, entry.undoAttempts(), run.nextPlace(), null, null, failure);
        written(run, journal.recorded(run, position, result), () -> {
            if (failure == null) {
                entry.undone();
            } else {
                entry.failUndo();
            }
            advance(run);
        });
    }

    private void later(Run run, Duration pause, Runnable something) {
        timers.after(
                pause,
                () -> context.runOnContext(now -> {
                    if (isOurs(run)) {
                        something.run();
                    }
                }));
    }

    private static String name(Run run, Position position) {
        return run.workflow().nodes().get(position.node()).name();
    }

    /** Answers on the run's event loop. */
    private Future<@Nullable Object> attempt(
            Run run, Position position, Step<?, ?> step, Callable<@Nullable Object> body) {
        Promise<@Nullable Object> here = Promise.promise();
        Attempt.start(name(run, position), step.options().timeout(), threads, timers, body)
                .onComplete(result -> context.runOnContext(now -> {
                    // What a run that was lost still answers is nobody's business.
                    if (isOurs(run)) {
                        here.handle(result);
                    }
                }));
        return here.future();
    }

    private static boolean isWorthRetrying(Throwable cause) {
        return !(cause instanceof PermanentFailure)
                && !(cause instanceof Failure failure && failure.code().fault() == Fault.CALLER);
    }

    /** A failure for whoever asks; only what its author meant to be read is repeated. */
    private static Failure shown(Throwable cause) {
        return cause instanceof PermanentFailure
                ? new Failure(FailureCode.UNEXPECTED_STATE, String.valueOf(cause.getMessage()))
                : Failure.of(cause);
    }

    /** Stops the threads; runs under way are lost. */
    Future<Void> close() {
        return vertx.executeBlocking(() -> {
            threads.shutdownNow();
            return null;
        });
    }
}
