package io.vinculum.workflow;

/** Hears each state of a run once it is written. */
@FunctionalInterface
public interface RunListener {
    void changed(Run run, RunState state);
}
