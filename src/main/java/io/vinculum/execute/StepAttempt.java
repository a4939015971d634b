package io.vinculum.execute;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.PermanentFailure;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One attempt of a body on a thread where it may block, with a time-out: a later answer is ignored. */
final class StepAttempt {
    private final Promise<@Nullable Object> result = Promise.promise();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final String step;
    private final Duration timeout;
    private final Timers timers;
    private Runnable cancelTimer = () -> {};
    private @Nullable Failure interruption;

    private StepAttempt(String step, Duration timeout, Timers timers) {
        this.step = step;
        this.timeout = timeout;
        this.timers = timers;
    }

    /** Starts it; a heartbeat of the body, through its context, restarts its time-out. */
    static StepAttempt start(
            AttemptContext context,
            Duration timeout,
            ExecutorService threads,
            Timers timers,
            Callable<@Nullable Object> body) {
        StepAttempt attempt = new StepAttempt(context.step(), timeout, timers);
        attempt.startTimeout();
        context.onHeartbeat(attempt::startTimeout);
        try {
            threads.execute(() -> attempt.run(body));
        } catch (RejectedExecutionException full) {
            attempt.end(() -> attempt.result.tryFail(new Failure(
                    FailureCode.UNAVAILABLE, "too many steps run now, so '" + context.step() + "' could not start")));
        }
        return attempt;
    }

    /** What the body answers. */
    Future<@Nullable Object> result() {
        return result.future();
    }

    /**
     * Interrupts the body. What it answers nevertheless counts, since it has had its effect; what it throws then is the
     * reason of the interruption, unless it names what it has done. For any thread.
     */
    synchronized void interrupt(Failure why) {
        interruption = why;
        Thread running = thread.get();
        if (running != null) {
            running.interrupt();
        } else {
            cancelTimer.run();
            result.tryFail(why);
        }
    }

    private synchronized Throwable reason(Throwable thrown) {
        return interruption == null || thrown instanceof PermanentFailure ? thrown : interruption;
    }

    private synchronized void startTimeout() {
        cancelTimer.run();
        if (!result.future().isComplete()) {
            cancelTimer = timers.after(timeout, this::expire);
        }
    }

    private void run(Callable<@Nullable Object> body) {
        synchronized (this) {
            thread.set(Thread.currentThread());
        }
        try {
            if (!result.future().isComplete()) {
                Object answer = body.call();
                end(() -> result.tryComplete(answer));
            }
        } catch (Throwable thrown) { // anything a body throws is its answer, errors too
            end(() -> result.tryFail(reason(thrown)));
        } finally {
            synchronized (this) {
                thread.set(null);
                Thread.interrupted();
            }
        }
    }

    private void end(Runnable answer) {
        synchronized (this) {
            cancelTimer.run();
        }
        answer.run();
    }

    private synchronized void expire() {
        if (result.tryFail(new Failure(FailureCode.TIMEOUT, "the step '" + step + "' took longer than " + timeout))) {
            Thread running = thread.get();
            if (running != null) {
                running.interrupt();
            }
        }
    }
}
