package io.vinculum.execute;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Where backoffs, sleeps and time-outs wait; a test may let them pass at once. */
@FunctionalInterface
public interface Timers {

    /** Runs something later, once; answers how to cancel it. */
    Runnable after(Duration pause, Runnable something);

    /** Timers that wait. */
    static Timers of(Vertx vertx) {
        return (pause, something) -> {
            var timer = vertx.timer(Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS);
            timer.onSuccess(fired -> something.run());
            return timer::cancel;
        };
    }
}
