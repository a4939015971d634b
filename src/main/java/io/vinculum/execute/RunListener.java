package io.vinculum.execute;

import io.vinculum.run.Run;
import io.vinculum.run.RunState;

/** Hears each state of a run once it is written. */
@FunctionalInterface
public interface RunListener {
    void changed(Run run, RunState state);
}
