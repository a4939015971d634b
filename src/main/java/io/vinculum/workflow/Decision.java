package io.vinculum.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run does next. A pure function of the run: asked after every change, and again by whoever takes it over. */
sealed interface Decision {

    /** Runs the body of a step. */
    record Invoke(
            Position position, Step<?, ?> step, @Nullable Object input) implements Decision {}

    /** Waits. */
    record Sleep(Position position, Duration duration) implements Decision {}

    /** Runs the compensation of a step. */
    record Undo(Position position, Step<?, ?> step) implements Decision {}

    /** Nothing is left to do. */
    record End(RunState state) implements Decision {}

    /** Everything that can start now; empty while the run waits for what is under way. */
    static List<Decision> next(Run run) {
        if (run.isPaused()) {
            return List.of();
        }
        return switch (run.state()) {
            case INVOKING -> forward(run);
            case COMPENSATING -> back(run);
            default -> List.of();
        };
    }

    /**
     * What may have been under way when the owner of a run died while it turned round: it is done once more, under the
     * same keys, and then undone like the others. That is what could begin before the run turned round, and nothing once
     * anything has been undone: what was under way has been waited for then. Empty for any other run.
     */
    static List<Decision> inDoubt(Run run) {
        boolean turnedRound = run.state() == RunState.COMPENSATING && run.resumed();
        if (!turnedRound || run.isPaused() || run.isMisfit() || run.hasUndone()) {
            return List.of();
        }
        int turned = run.turnedAt();
        int[] before = lastBefore(run);
        return forward(run).stream()
                .filter(decision -> decision instanceof Invoke invoke
                        && before[invoke.position().node()] < turned)
                .toList();
    }

    /** For each node the place of the last that was done of all that comes before it. */
    private static int[] lastBefore(Run run) {
        int[] last = run.lastPlaces();
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
        boolean[] settled = new boolean[nodes.size()];
        List<Decision> next = new ArrayList<>();
        boolean all = true;
        for (Node node : nodes) {
            settled[node.index()] = isReady(node, settled) && (!run.isTaken(node.branch()) || visit(run, node, next));
            all &= settled[node.index()];
        }
        return all ? List.of(new End(RunState.DONE)) : next;
    }

    private static boolean isReady(Node node, boolean[] settled) {
        for (int index : node.after()) {
            if (!settled[index]) {
                return false;
            }
        }
        return true;
    }

    /** The nodes of a run that may have begun: everything before each of them is settled. */
    static boolean[] begun(Run run) {
        List<Node> nodes = run.workflow().nodes();
        boolean[] settled = new boolean[nodes.size()];
        boolean[] begun = new boolean[nodes.size()];
        for (Node node : nodes) {
            begun[node.index()] = isReady(node, settled) && run.isTaken(node.branch());
            settled[node.index()] =
                    isReady(node, settled) && (!run.isTaken(node.branch()) || visit(run, node, new ArrayList<>()));
        }
        return begun;
    }

    /** Adds what a node that may start has to do; answers whether it is settled. */
    private static boolean visit(Run run, Node node, List<Decision> next) {
        if (node.task() instanceof Node.Task.Invoke invoke) {
            Position position = Position.of(node.index());
            StepState entry = run.entry(position);
            if (isToStart(entry)) {
                next.add(new Invoke(position, invoke.step(), run.value(invoke.input())));
            }
            return entry != null && entry.isSettled(invoke.step());
        }
        if (node.task() instanceof Node.Task.Each each) {
            return visitItems(run, node, each, next);
        }
        if (node.task() instanceof Node.Task.Sleep sleep) {
            Position position = Position.of(node.index());
            StepState entry = run.entry(position);
            if (isToStart(entry)) {
                next.add(new Sleep(position, sleep.duration()));
            }
            return entry != null && (entry.is(StepState.State.DONE) || entry.is(StepState.State.SKIPPED));
        }
        if (node.task() instanceof Node.Task.Choose) {
            // Asked even when its branches are empty: what it throws must not depend on them.
            run.chose(node.index());
        }
        return true;
    }

    private static boolean isToStart(@Nullable StepState entry) {
        return entry == null || entry.is(StepState.State.READY);
    }

    private static boolean visitItems(Run run, Node node, Node.Task.Each each, List<Decision> next) {
        Run.Items items = run.items(node.index(), each);
        int free = each.concurrency();
        for (int item = items.settled(); item < items.all().size() && free > 0; item++) {
            Position position = new Position(node.index(), item);
            StepState entry = run.entry(position);
            if (entry != null && entry.isSettled(each.step())) {
                if (item == items.settled()) {
                    items.settle();
                }
                continue;
            }
            free--;
            if (isToStart(entry)) {
                next.add(new Invoke(position, each.step(), items.all().get(item)));
            }
        }
        return items.settled() == items.all().size();
    }

    /** Waits for what is under way; then undoes one place after the other, the last that was done first. */
    private static List<Decision> back(Run run) {
        if (run.isRunning() || run.any(StepState.State.UNDOING) || run.any(StepState.State.UNDO_PAUSED)) {
            return List.of();
        }
        return run.nextToUndo()
                .<List<Decision>>map(last -> undo(run, last))
                .orElseGet(() -> List.of(new End(run.backEnd())));
    }

    private static List<Decision> undo(Run run, Position last) {
        Step<?, ?> step = run.stepAt(last);
        return step == null ? List.of() : List.of(new Undo(last, step));
    }
}
