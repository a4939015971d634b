package io.vinculum.workflow;

import io.vinculum.failure.Failure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of a workflow: what it was started with and what has come of each place. For one thread at a time. */
final class Run {
    private final String id;
    private final long epoch;
    private final Workflow<?, ?> workflow;
    private final @Nullable Object input;
    private final Map<Position, Entry> entries = new LinkedHashMap<>();
    private final Map<Integer, Boolean> choices = new HashMap<>();
    private RunState state = RunState.INVOKING;
    private int places;
    private boolean resumed;
    private @Nullable Failure error;

    Run(String id, Workflow<?, ?> workflow, @Nullable Object input) {
        this(id, workflow, input, 0);
    }

    /** A run that is written down under the epoch of its shard. */
    Run(String id, Workflow<?, ?> workflow, @Nullable Object input, long epoch) {
        this.id = id;
        this.epoch = epoch;
        this.workflow = workflow;
        this.input = input;
    }

    String id() {
        return id;
    }

    long epoch() {
        return epoch;
    }

    RunState state() {
        return state;
    }

    /** Why it did not go on. */
    Optional<Failure> error() {
        return Optional.ofNullable(error);
    }

    /** What it answers; null until it is done, and when its workflow has no value. */
    @Nullable
    Object output() {
        return outputAt(state);
    }

    @Nullable
    Object outputAt(RunState last) {
        Value<?> output = workflow.output();
        return last == RunState.DONE && output != null ? value(output) : null;
    }

    Workflow<?, ?> workflow() {
        return workflow;
    }

    @Nullable
    Entry entry(Position position) {
        return entries.get(position);
    }

    Entry entryAt(Position position) {
        return entries.computeIfAbsent(position, at -> new Entry());
    }

    boolean any(Entry.State asked) {
        return entries.values().stream().anyMatch(entry -> entry.is(asked));
    }

    /** The next number in the order of completion. */
    int nextPlace() {
        return ++places;
    }

    /** Continues the order of what was recorded before, by another owner. */
    void resumeAfter(int place) {
        places = Math.max(places, place);
        resumed = true;
    }

    /** Whether another owner has begun it. */
    boolean resumed() {
        return resumed;
    }

    /** Turns round, with the first reason there is. */
    void turnRound(Failure cause) {
        if (state == RunState.INVOKING) {
            state = RunState.COMPENSATING;
            error = cause;
        }
    }

    void end(RunState last) {
        state = last;
    }

    /** The places that were done, the last first. */
    List<Position> undoable() {
        List<Map.Entry<Position, Entry>> some = new ArrayList<>(entries.entrySet());
        some.removeIf(entry -> !hasUndo(entry.getKey(), entry.getValue()));
        some.sort(Comparator.comparing(entry -> -entry.getValue().order()));
        return some.stream().map(Map.Entry::getKey).toList();
    }

    private boolean hasUndo(Position position, Entry entry) {
        Step<?, ?> step = workflow.nodes().get(position.node()).step();
        boolean partlyDone = entry.is(Entry.State.FAILED) && entry.undoData() != null;
        return step != null
                && step.undo().isPresent()
                && (partlyDone
                        || entry.is(Entry.State.DONE)
                        || entry.is(Entry.State.UNDOING)
                        || entry.is(Entry.State.UNDO_PAUSED));
    }

    /** What a value is in this run. */
    @Nullable
    Object value(Value<?> value) {
        Value.Source source = value.source();
        if (source instanceof Value.Source.Answer answer) {
            return answer(answer.node());
        }
        if (source instanceof Value.Source.Computed computed) {
            List<@Nullable Object> of = new ArrayList<>();
            computed.of().forEach(one -> of.add(value(one)));
            return computed.function().apply(of);
        }
        if (source instanceof Value.Source.Chosen chosen) {
            Value<?> taken = chose(chosen.condition()) ? chosen.then() : chosen.otherwise();
            return taken == null || !isTaken(taken.branch()) ? null : value(taken);
        }
        return input;
    }

    private @Nullable Object answer(int node) {
        if (workflow.nodes().get(node).task() instanceof Node.Task.Each each) {
            List<@Nullable Object> answers = new ArrayList<>();
            for (int item = 0; item < items(each).size(); item++) {
                Entry entry = entries.get(new Position(node, item));
                answers.add(entry == null ? null : entry.output());
            }
            return answers;
        }
        Entry entry = entries.get(Position.of(node));
        return entry == null ? null : entry.output();
    }

    List<?> items(Node.Task.Each each) {
        List<?> items = (List<?>) value(each.items());
        return items == null ? List.of() : items;
    }

    /** Which side a condition chose; everything before it must be settled. */
    boolean chose(int condition) {
        Boolean known = choices.get(condition);
        if (known == null) {
            Node node = workflow.nodes().get(condition);
            Node.Task.Choose choose = (Node.Task.Choose) node.task();
            known = isTaken(node.branch()) && choose.condition().test(value(choose.value()));
            choices.put(condition, known);
        }
        return known;
    }

    boolean isTaken(Branch branch) {
        Branch parent = branch.parent();
        return parent == null || (isTaken(parent) && chose(branch.condition()) == branch.taken());
    }
}
