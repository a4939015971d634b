package io.vinculum.run;

import io.vinculum.flow.Step;
import io.vinculum.run.StepState.Status;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The order in which the steps of a run completed: numbers them, and says which one to compensate next. */
final class CompletionOrder {
    private final Run run;
    private int last;
    private @Nullable Deque<Position> toCompensate;

    CompletionOrder(Run run) {
        this.run = run;
    }

    int next() {
        return ++last;
    }

    /** Continues after a number that an earlier owner has given. */
    void continueAfter(int number) {
        last = Math.max(last, number);
    }

    /** The number of the first failure that made the run compensate; the highest when something else did. */
    int firstFailure() {
        return run.steps().entrySet().stream()
                .filter(step -> step.getValue().is(Status.FAILED) && stopsRun(step.getKey()))
                .mapToInt(step -> step.getValue().order())
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private boolean stopsRun(Position position) {
        Step<?, ?> step = run.stepAt(position);
        return step == null || !step.options().continueOnFailure();
    }

    /** For each node the highest number of a step that completed there. */
    int[] lastOfEachNode() {
        int[] highest = new int[run.workflow().nodes().size()];
        run.steps()
                .forEach((position, step) ->
                        highest[position.node()] = Math.max(highest[position.node()], step.order()));
        return highest;
    }

    /** The next position to compensate, in reverse order of completion; nothing may be in flight any more. */
    Optional<Position> nextToCompensate() {
        if (toCompensate == null) {
            toCompensate = new ArrayDeque<>();
            run.steps().entrySet().stream()
                    .filter(step -> needsCompensation(step.getKey(), step.getValue()))
                    .sorted(Comparator.comparing(step -> -step.getValue().order()))
                    .map(Map.Entry::getKey)
                    .forEach(toCompensate::add);
        }
        while (!toCompensate.isEmpty() && isCompensated(toCompensate.element())) {
            toCompensate.remove();
        }
        return Optional.ofNullable(toCompensate.peek());
    }

    private boolean isCompensated(Position position) {
        StepState step = run.stateAt(position);
        return step.is(Status.UNDONE) || step.is(Status.UNDO_FAILED);
    }

    private boolean needsCompensation(Position position, StepState state) {
        Step<?, ?> step = run.stepAt(position);
        boolean partlyDone = state.is(Status.FAILED) && state.undoData() != null;
        return step != null
                && step.undo().isPresent()
                && (partlyDone || state.is(Status.DONE) || state.is(Status.UNDO_READY));
    }

    /** Compensates again, after compensations that failed. */
    void restartCompensating() {
        toCompensate = null;
    }
}
