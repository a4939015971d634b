package io.vinculum.execute;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.PermanentFailure;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One attempt of a body on a thread where it may block, with a time-out: a later answer is ignored. */
final class StepAttempt {
    /** A body that had to wait longer for a thread has its whole time all the same. */
    private static final Duration LONG_WAIT = Duration.ofMillis(100);

    private final Promise<@Nullable Object> result = Promise.promise();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final String step;
    private final @Nullable Duration timeout;
    private final Timers timers;
    private Runnable cancelTimer = () -> {};
    private @Nullable Failure interruption;
    private long queued;
    private boolean over;

    private StepAttempt(String step, @Nullable Duration timeout, Timers timers) {
        this.step = step;
        this.timeout = timeout;
        this.timers = timers;
    }

    /** What is done in an attempt. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object run(StepAttempt attempt) throws Exception;
    }

    /** An attempt of a body; a heartbeat of the body, through its context, restarts its time-out. */
    static StepAttempt of(AttemptContext context, Duration timeout, Timers timers) {
        StepAttempt attempt = new StepAttempt(context.step(), timeout, timers);
        context.onHeartbeat(attempt::startTimeout);
        return attempt;
    }

    /** Work that may take as long as it needs. */
    static StepAttempt unlimited(String what, Timers timers) {
        return new StepAttempt(what, null, timers);
    }

    /** Starts it. */
    void start(ExecutorService threads, Body body) {
        queued = System.nanoTime();
        startTimeout();
        try {
            threads.execute(() -> run(body));
        } catch (RejectedExecutionException full) {
            end(() -> result.tryFail(
                    new Failure(FailureCode.UNAVAILABLE, "too many steps run now, so '" + step + "' could not start")));
        }
    }

    /** The body of the author begins; its time-out is for the body alone. */
    void begin(boolean waited) {
        if (waited || System.nanoTime() - queued > LONG_WAIT.toNanos()) {
            startTimeout();
        }
    }

    /** The body of the author has ended, so its time-out does not count any more. */
    synchronized void bodyEnded() {
        over = true;
        cancelTimer.run();
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
        if (timeout != null && !over && !result.future().isComplete()) {
            cancelTimer = timers.after(timeout, this::expire);
        }
    }

    private void run(Body body) {
        synchronized (this) {
            thread.set(Thread.currentThread());
        }
        try {
            if (!result.future().isComplete()) {
                Object answer = body.run(this);
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
        Thread running = thread.get();
        if (running == null && !result.future().isComplete()) {
            // It still waits for a thread.
            startTimeout();
        } else if (!over
                && result.tryFail(
                        new Failure(FailureCode.TIMEOUT, "the step '" + step + "' took longer than " + timeout))
                && running != null) {
            running.interrupt();
        }
    }
}
