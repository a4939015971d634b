package io.vinculum.execute;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.failure.Failure;
import io.vinculum.flow.Step;
import io.vinculum.run.Run;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Runs the bodies of steps on threads of their own, and brings their results and timers back to the event loop. */
final class StepExecutor {
    private final Vertx vertx;
    private final Context context;
    private final Timers timers;
    private final ActiveRuns active;
    private final ExecutorService threads = StepThreads.open();
    private final Map<StepAttempt, Run> inFlight = new ConcurrentHashMap<>();

    StepExecutor(Vertx vertx, Context context, Timers timers, ActiveRuns active) {
        this.vertx = vertx;
        this.context = context;
        this.timers = timers;
        this.active = active;
    }

    /** Runs a body; answers on the event loop, and not at all when this node has lost the run by then. */
    Future<@Nullable Object> attempt(Run run, AttemptContext attempt, Step<?, ?> step, StepAttempt.Body body) {
        return started(run, StepAttempt.of(attempt, step.options().timeout(), timers), body);
    }

    /** Evaluates functions of the author, which may take their time; answers in the same way. */
    Future<@Nullable Object> evaluate(Run run, StepAttempt.Body body) {
        return started(run, StepAttempt.unlimited("functions", timers), body);
    }

    private Future<@Nullable Object> started(Run run, StepAttempt started, StepAttempt.Body body) {
        Promise<@Nullable Object> here = Promise.promise();
        inFlight.put(started, run);
        active.addBody(run, started);
        started.result().onComplete(result -> {
            inFlight.remove(started);
            context.runOnContext(now -> {
                if (active.has(run)) {
                    active.removeBody(run, started);
                    here.handle(result);
                }
            });
        });
        started.start(threads, body);
        return here.future();
    }

    /** Interrupts the bodies of some runs. For any thread. */
    void interrupt(Predicate<Run> which, Failure why) {
        inFlight.forEach((attempt, run) -> {
            if (which.test(run)) {
                attempt.interrupt(why);
            }
        });
    }

    /** Does something later on the event loop, unless this node has lost the run by then. */
    void later(Run run, Duration pause, Runnable something) {
        active.keepTimer(
                run,
                timers.after(
                        pause,
                        () -> context.runOnContext(now -> {
                            if (active.has(run)) {
                                something.run();
                            }
                        })));
    }

    /** Does something in the next turn of the event loop, unless this node has lost the run by then. */
    void soon(Run run, Runnable something) {
        context.runOnContext(now -> {
            if (active.has(run)) {
                something.run();
            }
        });
    }

    /** Stops the threads. */
    Future<Void> close() {
        return vertx.executeBlocking(() -> {
            threads.shutdownNow();
            return null;
        });
    }
}
