package io.vinculum.run;

import java.util.Locale;

/** The state of a run. */
public enum RunState {
    INVOKING,
    /** Nothing of it is in flight until a time has come or somebody outside has answered. Shown, never written. */
    WAITING,
    /** Stopped until it is resumed. */
    PAUSED,
    /** Its owners died one after the other without progress; somebody has to look at it. */
    STUCK,
    DONE,
    COMPENSATING,
    REVERTED,
    /** A compensation has failed for good; the others ran. */
    FAILED,
    /** Ended by a command, and nothing was undone. */
    TERMINATED;

    /** The word for it in answers and in the ledger. */
    public String shown() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The state of a word that {@link #shown} gave. */
    public static RunState of(String shown) {
        return valueOf(shown.toUpperCase(Locale.ROOT));
    }

    public boolean isEnd() {
        return this == DONE || this == REVERTED || this == FAILED || this == TERMINATED;
    }
}
