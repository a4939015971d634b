package io.vinculum.workflow;

/** Where a run is. */
public enum RunState {
    INVOKING,
    DONE,
    COMPENSATING,
    REVERTED,
    /** A compensation has failed for good; the others ran. */
    FAILED;

    public boolean ended() {
        return this == DONE || this == REVERTED || this == FAILED;
    }
}
