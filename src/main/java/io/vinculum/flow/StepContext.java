package io.vinculum.flow;

import java.util.concurrent.Callable;

/** What the body of a step is given beside its input. */
public interface StepContext {
    /** The run; the same for all its steps and their compensations. */
    String runId();

    String step();

    /** Which try this is, from one. */
    int attempt();

    /** The same for every try of this step in this run, for one item of a list, forward or back. */
    String idempotencyKey();

    /** With what somebody else ends an asynchronous step; good for this try only. */
    String key();

    /** Says that a long body is alive: its time-out starts again. */
    void heartbeat();

    /** Chooses what the compensation is given; without it, it is given what the body answers. */
    void undoWith(Object data);

    /**
     * Makes something at the first try, and answers the same at every further one, on whatever node: it is kept before
     * the body continues. The compensation is given it, even if the body fails or dies after it. Blocks.
     */
    <T> T prepare(Class<T> type, Callable<T> made);
}
