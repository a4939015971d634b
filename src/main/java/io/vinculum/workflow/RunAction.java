package io.vinculum.workflow;

import java.util.Locale;

/** What can be done with a run; each takes {@code {"id": workflow, "transactionId": …}} and what it says itself. */
public enum RunAction {
    /** Starts one: {@code {"id", "input", "transactionId", "wait", "priority"}}; the same transaction id is the same run. */
    RUN,
    /** Undoes what a run has done, also one that is done; answers when it is undone. */
    CANCEL,
    /** Begins nothing more of a run until it is resumed; what is under way is waited for and kept. */
    PAUSE,
    /** Goes on with a run that is paused or stuck. */
    RESUME,
    /** Undoes once more what could not be undone of a failed run, or goes on with a stuck one. */
    RETRY,
    /** Decides that a step that is not under way need not be done: {@code {"step", "item"}}. */
    SKIP,
    /** Runs anew from a step on, with what a former run has done before it: {@code {"from", "newTransactionId"}}. */
    FORK,
    /** Ends an asynchronous step: {@code {"key", "output"}}, or {@code {"id", "transactionId", "step", "output"}}. */
    STEP_SUCCESS,
    /** Says that an asynchronous step cannot be done: {@code {"key", "error": text, "retry": false}}. */
    STEP_FAILURE,
    /** Says that an asynchronous step is still worked at, so that its time-out begins anew: {@code {"key"}}. */
    STEP_HEARTBEAT;

    /** The last part of its address on the event bus, as {@code step.success}. */
    public String shown() {
        return name().toLowerCase(Locale.ROOT).replace('_', '.');
    }
}
