package io.vinculum.workflow;

import java.util.Locale;

/** The commands on a run; each takes {@code {"id": workflow, "transactionId": …}} and the members it names. */
public enum RunAction {
    /** Starts one: {@code {"id", "input", "transactionId", "wait", "priority"}}; the same transaction id is the same run. */
    RUN,
    /** Compensates a run, also one that is done; answers when it is compensated. */
    CANCEL,
    /** Ends a run where it is; bodies in flight are interrupted, and nothing is undone. */
    TERMINATE,
    /** Starts nothing more of a run until it is resumed; what is in flight is awaited and kept. */
    PAUSE,
    /** Resumes a run that is paused or stuck. */
    RESUME,
    /** Compensates again what could not be compensated of a failed run, or resumes a stuck one. */
    RETRY,
    /** Decides that a step that is not in flight need not be done: {@code {"step", "item"}}. */
    SKIP,
    /** Starts a new run that has completed what a former run had before a step: {@code {"from", "newTransactionId"}}. */
    FORK,
    /** Sends a signal to a run, which receives it when it waits for it: {@code {"name", "value"}}. */
    SIGNAL,
    /** Ends an asynchronous step: {@code {"key", "output"}}, or {@code {"id", "transactionId", "step", "output"}}. */
    STEP_SUCCESS,
    /** Says that an asynchronous step cannot be done: {@code {"key", "error": text, "retry": false}}. */
    STEP_FAILURE,
    /** Says that an asynchronous step is still in progress, so that its time-out restarts: {@code {"key"}}. */
    STEP_HEARTBEAT;

    /** The last part of its address on the event bus, as {@code step.success}. */
    public String shown() {
        return name().toLowerCase(Locale.ROOT).replace('_', '.');
    }
}
