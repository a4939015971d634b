package io.vinculum.run;

import io.vinculum.flow.Node;
import io.vinculum.flow.Step;
import io.vinculum.flow.Value;
import io.vinculum.run.StepState.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a run does next. A pure function of the run: evaluated after every change, and again after a takeover. */
public sealed interface Decision {

    /**
     * Runs the body of a step.
     *
     * @param given what makes its input; null where that is known
     */
    record Invoke(
            Position position,
            Step<?, ?> step,
            @Nullable Value<?> given,
            @Nullable Object input) implements Decision {}

    /** Evaluates the functions of the author that are ready. */
    record Evaluate() implements Decision {}

    /** Waits. */
    record Sleep(Position position, Duration duration) implements Decision {}

    /** Waits for a signal. */
    record AwaitSignal(Position position, Node.Task.Receive task) implements Decision {}

    /** Takes a signal. */
    record Receive(Position position, Node.Task.Receive task, Signal signal) implements Decision {}

    /** Runs the compensation of a step. */
    record Undo(Position position, Step<?, ?> step) implements Decision {}

    /** Nothing is left to do. */
    record End(RunState state) implements Decision {}

    /** Everything that can start now; empty while the run waits for what is in flight. */
    static List<Decision> next(Run run) {
        if (run.isPaused()) {
            return List.of();
        }
        return switch (run.state()) {
            case INVOKING -> forward(run);
            case COMPENSATING -> compensate(run);
            default -> List.of();
        };
    }

    /**
     * The steps that may have been in flight when the owner of a compensating run died: each runs once more, under the
     * same keys, and is then compensated like the others. Those are the steps that could start before the failure. Empty
     * once a compensation has run, since it waits for what is in flight, and for any other run.
     */
    static List<Decision> inDoubt(Run run) {
        boolean compensating = run.state() == RunState.COMPENSATING && run.isResumed();
        if (!compensating || run.isPaused() || run.isOutdated() || run.hasCompensated()) {
            return List.of();
        }
        int failed = run.order().firstFailure();
        int[] before = lastBefore(run);
        return forward(run).stream()
                .filter(decision -> decision instanceof Invoke invoke
                        && before[invoke.position().node()] < failed)
                .toList();
    }

    /** For each node the highest completion number of all that comes before it. */
    private static int[] lastBefore(Run run) {
        int[] last = run.order().lastOfEachNode();
        int[] before = new int[last.length];
        for (Node node : run.workflow().nodes()) {
            for (int earlier : node.after()) {
                before[node.index()] = Math.max(before[node.index()], Math.max(last[earlier], before[earlier]));
            }
        }
        return before;
    }

    private static List<Decision> forward(Run run) {
        List<Node> nodes = run.workflow().nodes();
        RunValues values = run.values();
        boolean[] settled = new boolean[nodes.size()];
        List<Decision> next = new ArrayList<>();
        boolean all = true;
        boolean unknown = false;
        for (Node node : nodes) {
            int index = node.index();
            if (isReady(node, settled)) {
                if (!values.isTaken(node.branch())) {
                    settled[index] = true;
                } else if (values.needsFunction(node)) {
                    unknown = true;
                } else {
                    settled[index] = visit(run, node, next);
                }
            }
            all &= settled[index];
        }
        if (all && values.knowsEnding()) {
            return List.of(new End(RunState.DONE));
        }
        if (all || unknown) {
            next.add(new Evaluate());
        }
        return next;
    }

    static boolean isReady(Node node, boolean[] settled) {
        for (int index : node.after()) {
            if (!settled[index]) {
                return false;
            }
        }
        return true;
    }

    /**
     * The nodes of a run that may have started: everything before each of them is settled. A condition that is not known
     * may have chosen either side.
     */
    static boolean[] started(Run run) {
        List<Node> nodes = run.workflow().nodes();
        RunValues values = run.values();
        boolean[] settled = new boolean[nodes.size()];
        boolean[] started = new boolean[nodes.size()];
        for (Node node : nodes) {
            int index = node.index();
            boolean ready = isReady(node, settled);
            if (values.knowsBranch(node.branch())) {
                boolean taken = ready && values.isTaken(node.branch());
                started[index] = taken;
                settled[index] = ready
                        && (!taken || node.task() instanceof Node.Task.Choose || visit(run, node, new ArrayList<>()));
            } else {
                started[index] = ready;
                settled[index] = ready;
            }
        }
        return started;
    }

    /** Adds what a node that may start has to do; answers whether it is settled. */
    private static boolean visit(Run run, Node node, List<Decision> next) {
        if (node.task() instanceof Node.Task.Invoke invoke) {
            Position position = Position.of(node.index());
            StepState step = run.findState(position);
            if (isToStart(step)) {
                next.add(invoke(run, position, invoke, step));
            }
            return step != null && step.isSettled(invoke.step());
        }
        if (node.task() instanceof Node.Task.Each each) {
            return visitItems(run, node, each, next);
        }
        if (node.task() instanceof Node.Task.Sleep sleep) {
            Position position = Position.of(node.index());
            StepState step = run.findState(position);
            if (isToStart(step)) {
                next.add(new Sleep(position, sleep.duration()));
            }
            return step != null && (step.is(Status.DONE) || step.is(Status.SKIPPED));
        }
        if (node.task() instanceof Node.Task.Receive receive) {
            return visitSignal(run, Position.of(node.index()), receive, next);
        }
        return true;
    }

    private static Invoke invoke(Run run, Position position, Node.Task.Invoke task, @Nullable StepState step) {
        if (step != null && step.input() != null) {
            // A further try is given the same.
            return new Invoke(position, task.step(), null, step.input());
        }
        return run.values().isPlain(task.input())
                ? new Invoke(position, task.step(), null, run.values().value(task.input()))
                : new Invoke(position, task.step(), task.input(), null);
    }

    private static boolean visitSignal(Run run, Position position, Node.Task.Receive task, List<Decision> next) {
        StepState step = run.findState(position);
        if (isToStart(step) || (step != null && step.is(Status.WAITING))) {
            Optional<Signal> signal = run.signals().first(task.signal());
            if (signal.isPresent()) {
                next.add(new Receive(position, task, signal.get()));
            } else if (isToStart(step)) {
                next.add(new AwaitSignal(position, task));
            }
        }
        return step != null && (step.is(Status.DONE) || step.is(Status.SKIPPED));
    }

    private static boolean isToStart(@Nullable StepState step) {
        return step == null || step.is(Status.READY);
    }

    private static boolean visitItems(Run run, Node node, Node.Task.Each each, List<Decision> next) {
        RunValues.Items items = run.values().items(node.index());
        int free = each.concurrency();
        for (int item = items.settled(); item < items.all().size() && free > 0; item++) {
            Position position = new Position(node.index(), item);
            StepState step = run.findState(position);
            if (step != null && step.isSettled(each.step())) {
                if (item == items.settled()) {
                    items.settle();
                }
                continue;
            }
            free--;
            if (isToStart(step)) {
                next.add(new Invoke(position, each.step(), null, items.all().get(item)));
            }
        }
        return items.isSettled();
    }

    /** Waits for what is in flight; then compensates one step after the other, in reverse order of completion. */
    private static List<Decision> compensate(Run run) {
        if (run.isRunning() || run.any(Status.UNDOING) || run.any(Status.UNDO_PAUSED)) {
            return List.of();
        }
        return run.order()
                .nextToCompensate()
                .<List<Decision>>map(last -> undo(run, last))
                .orElseGet(() -> List.of(new End(run.compensatedState())));
    }

    private static List<Decision> undo(Run run, Position last) {
        Step<?, ?> step = run.stepAt(last);
        return step == null ? List.of() : List.of(new Undo(last, step));
    }
}
