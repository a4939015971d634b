package io.vinculum.workflow;

import java.util.Locale;

/** Where a run is. */
public enum RunState {
    INVOKING,
    DONE,
    COMPENSATING,
    REVERTED,
    /** A compensation has failed for good; the others ran. */
    FAILED;

    /** As it is told and written down. */
    public String shown() {
        return name().toLowerCase(Locale.ROOT);
    }
}
