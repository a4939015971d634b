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
        return switch (run.state()) {
            case INVOKING -> forward(run);
            case COMPENSATING -> back(run);
            default -> List.of();
        };
    }

    /**
     * What may have been under way when the owner of a run died while it turned round: it is done once more, under the
     * same keys, and then undone like the others. Empty for any other run.
     */
    static List<Decision> inDoubt(Run run) {
        return run.state() == RunState.COMPENSATING && run.resumed()
                ? forward(run).stream().filter(Invoke.class::isInstance).toList()
                : List.of();
    }

    private static List<Decision> forward(Run run) {
        List<Node> nodes = run.workflow().nodes();
        boolean[] settled = new boolean[nodes.size()];
        List<Decision> next = new ArrayList<>();
        boolean all = true;
        for (Node node : nodes) {
            boolean ready = node.after().stream().allMatch(index -> settled[index]);
            settled[node.index()] = ready && (!run.isTaken(node.branch()) || visit(run, node, next));
            all &= settled[node.index()];
        }
        return all ? List.of(new End(RunState.DONE)) : next;
    }

    /** Adds what a node that may start has to do; answers whether it is settled. */
    private static boolean visit(Run run, Node node, List<Decision> next) {
        if (node.task() instanceof Node.Task.Invoke invoke) {
            Position position = Position.of(node.index());
            if (run.entry(position) == null) {
                next.add(new Invoke(position, invoke.step(), run.value(invoke.input())));
            }
            return isSettled(run, position, invoke.step());
        }
        if (node.task() instanceof Node.Task.Each each) {
            return visitItems(run, node, each, next);
        }
        if (node.task() instanceof Node.Task.Sleep sleep) {
            Position position = Position.of(node.index());
            Entry entry = run.entry(position);
            if (entry == null) {
                next.add(new Sleep(position, sleep.duration()));
            }
            return entry != null && entry.is(Entry.State.DONE);
        }
        if (node.task() instanceof Node.Task.Choose) {
            // Asked even when its branches are empty: what it throws must not depend on them.
            run.chose(node.index());
        }
        return true;
    }

    private static boolean visitItems(Run run, Node node, Node.Task.Each each, List<Decision> next) {
        List<?> items = run.items(each);
        int free = each.concurrency();
        boolean all = true;
        for (int item = 0; item < items.size() && free > 0; item++) {
            Position position = new Position(node.index(), item);
            boolean started = run.entry(position) != null;
            if (isSettled(run, position, each.step())) {
                continue;
            }
            all = false;
            free--;
            if (!started) {
                next.add(new Invoke(position, each.step(), items.get(item)));
            }
        }
        return all;
    }

    private static boolean isSettled(Run run, Position position, Step<?, ?> step) {
        Entry entry = run.entry(position);
        return entry != null
                && (entry.is(Entry.State.DONE)
                        || (entry.is(Entry.State.FAILED) && step.options().continueOnFailure()));
    }

    /** Waits for what is under way; then undoes one place after the other, the last that was done first. */
    private static List<Decision> back(Run run) {
        if (run.any(Entry.State.RUNNING) || run.any(Entry.State.UNDOING) || run.any(Entry.State.UNDO_PAUSED)) {
            return List.of();
        }
        List<Position> undoable = run.undoable();
        if (undoable.isEmpty()) {
            return List.of(new End(run.any(Entry.State.UNDO_FAILED) ? RunState.FAILED : RunState.REVERTED));
        }
        Position last = undoable.get(0);
        Step<?, ?> step = run.workflow().nodes().get(last.node()).step();
        return step == null ? List.of() : List.of(new Undo(last, step));
    }
}
