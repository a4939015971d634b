package io.vinculum.run;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Workflow;
import io.vinculum.flow.WorkflowOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run as the ledger keeps it; values as JSON text.
 *
 * @param takeovers how often its owner has died since its last progress
 * @param progress how many results it had at its last takeover
 * @param steps its results, in the order of completion
 */
public record StoredRun(
        String id,
        int shard,
        String workflow,
        String definition,
        RunState state,
        @Nullable String input,
        @Nullable String error,
        int priority,
        Duration age,
        int takeovers,
        int progress,
        List<StepRecord> steps) {

    /**
     * The run as its last owner had written it.
     *
     * @throws Failure {@code UNEXPECTED_STATE} when the workflow has no place any more for what is recorded
     */
    public Run restored(Workflow<?, ?> now, long epoch) {
        Object given = Codec.read(input, Codec.type(now.input()), "the input");
        Run run = new Run(new Run.Start(id, shard, epoch, priority, age), now, given);
        run.makeDurable();
        run.resumeAfter(0);
        steps.forEach(step -> step.restore(run));
        if (!definition.equals(now.fingerprint())) {
            checkStillFits(run);
        }
        boolean stuck = state == RunState.STUCK;
        boolean paused = stuck || state == RunState.PAUSED;
        if (state == RunState.COMPENSATING || (paused && error != null)) {
            run.startCompensating(error == null ? RunFailures.cancelled() : StepRecord.failure(error));
        }
        run.setPaused(paused);
        if (stuck) {
            run.makeStuck();
        }
        return run;
    }

    /** What its workflow does with a run that does not fit any more; empty when it waits. */
    public Optional<Run> restoredByPolicy(Workflow<?, ?> now, long epoch, Failure why) {
        WorkflowOptions.OnChange policy = now.options().onChange();
        if (policy == WorkflowOptions.OnChange.WAIT) {
            return Optional.empty();
        }
        Run run = new Run(new Run.Start(id, shard, epoch, priority, age), now, null);
        run.makeDurable();
        run.resumeAfter(0);
        if (policy == WorkflowOptions.OnChange.REVERT) {
            steps.stream().filter(step -> isKnown(run, step)).forEach(step -> step.restore(run));
        }
        run.startCompensating(why);
        run.makeOutdated(
                policy == WorkflowOptions.OnChange.FAIL || steps.stream().anyMatch(step -> !isKnown(run, step)));
        return Optional.of(run);
    }

    private static boolean isKnown(Run run, StepRecord step) {
        return !step.isStep() || run.position(step.node(), step.item()).isPresent();
    }

    /** The completed steps must be a beginning of the workflow as it is now. */
    private void checkStillFits(Run run) {
        boolean[] started = Decision.started(run);
        run.steps().keySet().stream()
                .filter(position -> !started[position.node()])
                .findFirst()
                .ifPresent(position -> {
                    throw new Failure(
                            FailureCode.UNEXPECTED_STATE,
                            "the step '" + run.nameAt(position) + "' of " + workflow
                                    + " comes later now than this run has completed it");
                });
    }

    /** A new run that has already completed some nodes of this one. */
    public StoredRun forked(String as, int of, Set<String> nodes) {
        List<StepRecord> completed = steps.stream()
                .filter(step -> step.isCompleted(nodes))
                .map(step -> step.ofNodes(nodes))
                .toList();
        RunState started = RunState.INVOKING;
        return new StoredRun(
                as, of, workflow, definition, started, input, null, priority, Duration.ZERO, 0, -1, completed);
    }

    /** How long each step still has to wait. */
    public Map<Position, Duration> waits(Run run) {
        Map<Position, Duration> waits = new LinkedHashMap<>();
        steps.forEach(step -> run.position(step.node(), step.item())
                .ifPresent(position -> step.wake().ifPresent(left -> waits.put(position, left))));
        return waits;
    }

    public boolean hasEnded() {
        return state.isEnd();
    }

    /** How many owners in a row have died without progress of the run, with the last one. */
    public int takeoversNow() {
        boolean noProgress = steps.size() == progress;
        return noProgress ? takeovers + 1 : 1;
    }
}
