package io.vinculum.execute;

import io.vinculum.failure.Failure;
import io.vinculum.run.Run;

/** How the parts of the {@link Runner} continue a run. */
interface RunLoop {
    /** Carries out what the run does next. */
    void advance(Run run);

    /** Compensates the run, which continues in any case. */
    void compensate(Run run, Failure cause);

    /** The end of the run is written. */
    void ended(Run run);
}
