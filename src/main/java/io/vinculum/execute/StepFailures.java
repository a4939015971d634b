package io.vinculum.execute;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Fault;
import io.vinculum.flow.PermanentFailure;

/** What the exceptions of bodies mean: whether to retry, and which failure callers see. */
final class StepFailures {
    private StepFailures() {}

    static boolean isWorthRetrying(Throwable cause) {
        return !(cause instanceof PermanentFailure)
                && !(cause instanceof Failure failure && failure.code().fault() == Fault.CALLER);
    }

    /** The failure that callers see; of the message only what its author meant to be read. */
    static Failure visible(Throwable cause) {
        return cause instanceof PermanentFailure
                ? new Failure(FailureCode.UNEXPECTED_STATE, String.valueOf(cause.getMessage()))
                : Failure.of(cause);
    }

    /** The same for an attempt that is retried: one line in the log, the stack is logged for the last attempt. */
    static Failure passing(Throwable cause) {
        return cause instanceof PermanentFailure ? visible(cause) : Failure.passing(cause);
    }
}
