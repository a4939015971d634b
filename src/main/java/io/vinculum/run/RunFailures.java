package io.vinculum.run;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;

/** Failures that mean the same everywhere: why a run ended, and why a request for one is refused. */
public final class RunFailures {
    private RunFailures() {}

    public static Failure cancelled() {
        return new Failure(FailureCode.CONFLICT, "the run was cancelled");
    }

    public static Failure terminated() {
        return new Failure(FailureCode.CONFLICT, "the run was terminated");
    }

    /** This node does not own the run any more. */
    public static Failure ownerChanged() {
        return new Failure(FailureCode.UNAVAILABLE, "another node owns the run now; ask for it again");
    }

    public static Failure hasEnded(String id, RunState state) {
        return new Failure(FailureCode.UNEXPECTED_STATE, "the run " + id + " is " + state.shown() + " already");
    }

    public static Failure notFound(String id) {
        return Failure.notFound("there is no run " + id);
    }
}
