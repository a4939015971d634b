package io.vinculum.workflow;

import java.util.Locale;

/** Where a run is. */
public enum RunState {
    INVOKING,
    /** Nothing of it is under way until a time has come, or somebody outside has answered. Told, never written down. */
    WAITING,
    /** Somebody has stopped it until he lets it go on. */
    PAUSED,
    /** Its owner died again and again at the same place; somebody has to look. */
    STUCK,
    DONE,
    COMPENSATING,
    REVERTED,
    /** A compensation has failed for good; the others ran. */
    FAILED;

    /** As it is told and written down. */
    public String shown() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isEnd() {
        return this == DONE || this == REVERTED || this == FAILED;
    }
}
