package io.vinculum.workflow;

/** How the parts of the {@link Runner} continue a run. */
interface RunLoop {
    /** Carries out what the run does next. */
    void advance(Run run);

    /** The end of the run is written. */
    void ended(Run run);
}
