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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs workflows in memory: nothing of a run is left when the process ends. Each run is looked after by one event loop,
 * so a run needs no lock; bodies run beside it.
 */
public final class Runner {
    private final Vertx vertx;
    private final Context context;
    private final Timers timers;
    private final ExecutorService threads = StepThreads.open();
    private final Map<String, Active> active = new HashMap<>();

    /** A run under way. */
    private record Active(Run run, Promise<Run> ended) {}

    public Runner(Vertx vertx) {
        this(vertx, vertxTimers(vertx));
    }

    /** The same with other timers, for tests that do not want to wait. */
    public Runner(Vertx vertx, Timers timers) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.timers = timers;
    }

    private static Timers vertxTimers(Vertx vertx) {
        return (pause, something) -> {
            var timer = vertx.timer(Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS);
            timer.onSuccess(fired -> something.run());
            return timer::cancel;
        };
    }

    /**
     * Runs a workflow until it has ended; the same id while it runs is the same run.
     *
     * @return the run, done, reverted or failed; it fails only when the input is none of the workflow
     */
    public <I, O> Future<Run> run(Workflow<I, O> workflow, String id, I input) {
        if (!workflow.input().isInstance(input)) {
            return Future.failedFuture(Failure.invalid("the workflow " + workflow.name() + " takes "
                    + workflow.input().getSimpleName() + ", was "
                    + input.getClass().getSimpleName()));
        }
        Promise<Run> ended = Promise.promise();
        context.runOnContext(now -> begin(new Run(id, workflow, input), ended));
        return ended.future();
    }

    private void begin(Run run, Promise<Run> ended) {
        Active other = active.get(run.id());
        if (other == null) {
            active.put(run.id(), new Active(run, ended));
            advance(run);
        } else if (other.run().workflow() == run.workflow()) {
            other.ended().future().onComplete(ended);
        } else {
            ended.fail(new Failure(
                    FailureCode.CONFLICT,
                    "the id " + run.id() + " is taken by a run of "
                            + other.run().workflow().name()));
        }
    }

    /** Turns a run round: what it did is undone. Answers it when it has ended; empty when no such run is under way. */
    public Future<Optional<Run>> cancel(String id) {
        Promise<Optional<Run>> found = Promise.promise();
        context.runOnContext(now -> {
            Active one = active.get(id);
            if (one == null) {
                found.complete(Optional.empty());
            } else {
                one.run().turnRound(new Failure(FailureCode.CONFLICT, "the run was cancelled"));
                one.ended().future().map(Optional::of).onComplete(found);
                advance(one.run());
            }
        });
        return found.future();
    }

    private void advance(Run run) {
        for (Decision decision : decide(run)) {
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
        run.end(state);
        try {
            run.output();
        } catch (RuntimeException thrown) {
            run.end(RunState.INVOKING);
            run.turnRound(shown(thrown));
            advance(run);
            return;
        }
        Active ended = active.remove(run.id());
        if (ended != null) {
            ended.ended().complete(run);
        }
    }

    private void sleep(Run run, Decision.Sleep sleep) {
        Entry entry = run.entryAt(sleep.position());
        entry.pause();
        timers.after(
                sleep.duration(),
                () -> context.runOnContext(now -> {
                    entry.done(run.nextPlace(), null, null);
                    advance(run);
                }));
    }

    private void invoke(Run run, Position position, Step<?, ?> step, @Nullable Object input) {
        Entry entry = run.entryAt(position);
        entry.begin();
        StepContext told = new StepContext(run.id(), name(run, position), position, entry.attempts(), false);
        attempt(run, position, step, () -> step.run(input, told))
                .onSuccess(output -> {
                    entry.done(run.nextPlace(), output, told.undoData().orElse(output));
                    advance(run);
                })
                .onFailure(cause -> failed(run, position, step, input, cause));
    }

    private void failed(Run run, Position position, Step<?, ?> step, @Nullable Object input, Throwable cause) {
        Entry entry = run.entryAt(position);
        StepOptions options = step.options();
        if (run.state() == RunState.INVOKING && isWorthRetrying(cause) && entry.attempts() <= options.retries()) {
            entry.pause();
            later(options.pause(entry.attempts()), () -> {
                if (run.state() == RunState.INVOKING) {
                    invoke(run, position, step, input);
                }
            });
            return;
        }
        Object undoData = cause instanceof PermanentFailure permanent ? permanent.data() : null;
        Failure shown = shown(cause);
        entry.fail(run.nextPlace(), shown, undoData);
        if (!options.continueOnFailure()) {
            run.turnRound(shown);
        }
        advance(run);
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
                .onSuccess(undone -> {
                    entry.undone();
                    advance(run);
                })
                .onFailure(cause -> undoFailed(run, position, step, cause));
    }

    private void undoFailed(Run run, Position position, Step<?, ?> step, Throwable cause) {
        Entry entry = run.entryAt(position);
        if (entry.undoAttempts() <= step.options().undoRetries()) {
            entry.pauseUndo();
            later(step.options().pause(entry.undoAttempts()), () -> undo(run, position, step));
            return;
        }
        entry.failUndo(shown(cause));
        advance(run);
    }

    private void later(Duration pause, Runnable something) {
        timers.after(pause, () -> context.runOnContext(now -> something.run()));
    }

    private static String name(Run run, Position position) {
        return run.workflow().nodes().get(position.node()).name();
    }

    /** Answers on the run's event loop. */
    private Future<@Nullable Object> attempt(
            Run run, Position position, Step<?, ?> step, java.util.concurrent.Callable<@Nullable Object> body) {
        Promise<@Nullable Object> here = Promise.promise();
        Attempt.start(name(run, position), step.options().timeout(), threads, timers, body)
                .onComplete(result -> context.runOnContext(now -> here.handle(result)));
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
    public Future<Void> close() {
        return vertx.executeBlocking(() -> {
            threads.shutdownNow();
            return null;
        });
    }
}
