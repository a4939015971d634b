package io.vinculum.flow;

import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.Optional;

/**
 * How the runs of a workflow are kept and when they are started.
 *
 * @param durable whether they are kept in PostgreSQL; a run that is not is lost with its node, unless it had to wait
 * @param timeout how long a run may take; it is undone then
 * @param retention how long an ended run can be asked for
 * @param onChange what happens to an active run that does not fit the workflow after a change
 * @param concurrency how many runs may be active at once
 * @param schedule when runs are started by themselves
 */
public record WorkflowOptions(
        boolean durable,
        Optional<Duration> timeout,
        Duration retention,
        OnChange onChange,
        Optional<Concurrency> concurrency,
        Optional<Schedule> schedule) {

    /** A week is enough to look into what went wrong. */
    public static final WorkflowOptions DEFAULT = new WorkflowOptions(
            true, Optional.empty(), Duration.ofDays(7), OnChange.WAIT, Optional.empty(), Optional.empty());

    /** What happens to a run that has completed steps its workflow does not have any more. */
    public enum OnChange {
        /** It waits for a node that has the workflow as it was. */
        WAIT,
        /** What it has done is undone, by the steps of the same names. */
        REVERT,
        /** It ends, and nothing is undone. */
        FAIL
    }

    public WorkflowOptions {
        timeout.ifPresent(most -> checkPositive("timeout", most));
        checkPositive("retention", retention);
    }

    private static void checkPositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw Failure.invalid("a workflow's " + what + " must be positive, was " + duration);
        }
    }

    public WorkflowOptions withDurable(boolean kept) {
        return new WorkflowOptions(kept, timeout, retention, onChange, concurrency, schedule);
    }

    public WorkflowOptions withTimeout(Duration longest) {
        return new WorkflowOptions(durable, Optional.of(longest), retention, onChange, concurrency, schedule);
    }

    public WorkflowOptions withRetention(Duration kept) {
        return new WorkflowOptions(durable, timeout, kept, onChange, concurrency, schedule);
    }

    public WorkflowOptions withOnChange(OnChange policy) {
        return new WorkflowOptions(durable, timeout, retention, policy, concurrency, schedule);
    }

    /** So many runs with the same key at once, in the whole cluster; the others wait, by priority and then by age. */
    public WorkflowOptions withConcurrency(Concurrency limit) {
        return new WorkflowOptions(durable, timeout, retention, onChange, Optional.of(limit), schedule);
    }

    public WorkflowOptions withSchedule(Schedule when) {
        return new WorkflowOptions(durable, timeout, retention, onChange, concurrency, Optional.of(when));
    }
}
