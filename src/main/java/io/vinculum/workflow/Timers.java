package io.vinculum.workflow;

import java.time.Duration;

/** Where pauses, sleeps and time-outs wait; a test may let them pass at once. */
@FunctionalInterface
public interface Timers {

    /** Runs something later, once; answers how to call it off. */
    Runnable after(Duration pause, Runnable something);
}
