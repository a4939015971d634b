package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Fault;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs the bodies of steps beside the event loop, and brings what comes of them, and of time, back to it. */
final class StepExecutor {
    private final Vertx vertx;
    private final Context context;
    private final Timers timers;
    private final ActiveRuns active;
    private final ExecutorService threads = StepThreads.open();

    StepExecutor(Vertx vertx, Context context, Timers timers, ActiveRuns active) {
        this.vertx = vertx;
        this.context = context;
        this.timers = timers;
        this.active = active;
    }

    /** Timers that wait. */
    static Timers timers(Vertx vertx) {
        return (pause, something) -> {
            var timer = vertx.timer(Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS);
            timer.onSuccess(fired -> something.run());
            return timer::cancel;
        };
    }

    /** Runs a body; answers on the event loop, and not at all when the run is somebody else's by then. */
    Future<@Nullable Object> attempt(Run run, StepContext told, Step<?, ?> step, Callable<@Nullable Object> body) {
        Promise<@Nullable Object> here = Promise.promise();
        StepAttempt.start(told, step.options().timeout(), threads, timers, body)
                .onComplete(result -> context.runOnContext(now -> {
                    if (active.has(run)) {
                        here.handle(result);
                    }
                }));
        return here.future();
    }

    /** Does something later on the event loop, unless the run is somebody else's by then. */
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

    static boolean isWorthRetrying(Throwable cause) {
        return !(cause instanceof PermanentFailure)
                && !(cause instanceof Failure failure && failure.code().fault() == Fault.CALLER);
    }

    /** A failure for whoever asks; only what its author meant to be read is repeated. */
    static Failure shown(Throwable cause) {
        return cause instanceof PermanentFailure
                ? new Failure(FailureCode.UNEXPECTED_STATE, String.valueOf(cause.getMessage()))
                : Failure.of(cause);
    }

    /** The same for a try that another may follow: one line in the log, the stack is kept for the last try. */
    static Failure passing(Throwable cause) {
        return cause instanceof PermanentFailure ? shown(cause) : Failure.passing(cause);
    }

    /** Stops the threads. */
    Future<Void> close() {
        return vertx.executeBlocking(() -> {
            threads.shutdownNow();
            return null;
        });
    }
}
