package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One try of a body on a thread where it may block, with an end in time: what comes later is not heard. */
final class Attempt {
    private final Promise<@Nullable Object> result = Promise.promise();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    private Attempt() {}

    static Future<@Nullable Object> start(
            String step, Duration timeout, ExecutorService threads, Timers timers, Callable<@Nullable Object> body) {
        Attempt attempt = new Attempt();
        Runnable inTime = timers.after(timeout, () -> attempt.giveUp(step, timeout));
        attempt.result.future().onComplete(ended -> inTime.run());
        try {
            threads.execute(() -> attempt.run(body));
        } catch (RejectedExecutionException full) {
            attempt.result.tryFail(
                    new Failure(FailureCode.UNAVAILABLE, "too many steps run now, so '" + step + "' could not start"));
        }
        return attempt.result.future();
    }

    private void run(Callable<@Nullable Object> body) {
        thread.set(Thread.currentThread());
        try {
            if (!result.future().isComplete()) {
                result.tryComplete(body.call());
            }
        } catch (Throwable thrown) { // whatever a body throws is its answer, errors too
            result.tryFail(thrown);
        } finally {
            synchronized (this) {
                thread.set(null);
                Thread.interrupted();
            }
        }
    }

    private synchronized void giveUp(String step, Duration timeout) {
        if (result.tryFail(new Failure(FailureCode.TIMEOUT, "the step '" + step + "' took longer than " + timeout))) {
            Thread running = thread.get();
            if (running != null) {
                running.interrupt();
            }
        }
    }
}
