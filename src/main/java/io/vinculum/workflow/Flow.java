package io.vinculum.workflow;

import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a workflow is composed. Its methods put nodes one after the other; their values are placeholders, so ordinary
 * {@code if} and {@code for} see nothing of a run: use {@link #when}, {@link #forEach} and {@link #transform}.
 *
 * @param <I> what the workflow takes
 */
public final class Flow<I> {
    private final String name;
    private final Map<String, Step<?, ?>> fillings;
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> filled = new LinkedHashSet<>();
    private Set<Integer> frontier = Set.of();
    private Branch branch = Branch.TOP;
    private boolean composed;

    Flow(String name, Map<String, Step<?, ?>> fillings) {
        this.name = name;
        this.fillings = fillings;
    }

    String name() {
        return name;
    }

    /** What a run is started with. */
    public Value<I> input() {
        return new Value<>(this, Branch.TOP, new Value.Source.Input());
    }

    /** A value that is known now. */
    public <T> Value<T> constant(T value) {
        return new Value<>(this, Branch.TOP, new Value.Source.Computed(List.of(), none -> value));
    }

    /** Runs a step after everything before it. */
    public <A, O> Value<O> step(Step<A, O> step, Value<A> input) {
        return add(step.name(), List.of(input), new Node.Task.Invoke(step, input));
    }

    /** Runs a step for each element of a list, at most so many at once; answers theirs, in the order of the list. */
    public <A, O> Value<List<O>> forEach(Step<A, O> step, Value<? extends List<A>> items, int concurrency) {
        if (concurrency < 1) {
            throw Failure.invalid("forEach '" + step.name() + "' runs at least one at once, was " + concurrency);
        }
        return add(step.name(), List.of(items), new Node.Task.Each(step, items, concurrency));
    }

    /** Waits. */
    public void sleep(String called, Duration duration) {
        add(called, List.of(), new Node.Task.Sleep(duration));
    }

    /** Makes a value of another one, whenever it is needed; so the function must have no effect. */
    public <A, T> Value<T> transform(Value<A> of, Function<A, T> function) {
        @SuppressWarnings("unchecked") // the value's own type
        Function<List<@Nullable Object>, @Nullable Object> made = values -> function.apply((A) values.get(0));
        return computed(List.of(of), made);
    }

    /** The same, of two. */
    public <A, B, T> Value<T> transform(Value<A> one, Value<B> other, BiFunction<A, B, T> function) {
        @SuppressWarnings("unchecked") // the values' own types
        Function<List<@Nullable Object>, @Nullable Object> made =
                values -> function.apply((A) values.get(0), (B) values.get(1));
        return computed(List.of(one, other), made);
    }

    private <T> Value<T> computed(List<Value<?>> of, Function<List<@Nullable Object>, @Nullable Object> made) {
        of.forEach(value -> checkReadable(value, "transform"));
        return new Value<>(this, branch, new Value.Source.Computed(of, made));
    }

    /** Starts a choice between two branches; the condition is asked once everything before it is done. */
    public <A> When when(String called, Value<A> value, Predicate<A> condition) {
        @SuppressWarnings("unchecked") // the value's own type
        Predicate<@Nullable Object> asked = given -> condition.test((A) given);
        add(called, List.of(value), new Node.Task.Choose(value, asked));
        return new When(called, nodes.size() - 1);
    }

    /** A choice whose branches are being given. */
    public final class When {
        private final String called;
        private final int condition;
        private final Set<Integer> start = frontier;

        private When(String called, int condition) {
            this.called = called;
            this.condition = condition;
        }

        /** What is done when the condition holds; answers what it answers, or null. */
        public <T> Then<T> then(Supplier<@Nullable Value<T>> block) {
            Inside<T> inside = inside(new Branch(branch, condition, called, true), start, block);
            return new Then<>(this, inside);
        }

        /** The same for branches without a value. */
        public Then<Void> then(Runnable block) {
            return then(() -> {
                block.run();
                return null;
            });
        }
    }

    /** What a block added: its value, and its last nodes. */
    private record Inside<T>(@Nullable Value<T> value, Set<Integer> last) {}

    /**
     * A choice that has its first branch.
     *
     * @param <T> what both branches answer
     */
    public final class Then<T> {
        private final When when;
        private final Inside<T> then;

        private Then(When when, Inside<T> then) {
            this.when = when;
            this.then = then;
            frontier = then.last();
        }

        /** The branch's value, null when it is not taken. */
        public Value<T> value() {
            return new Value<>(Flow.this, branch, new Value.Source.Chosen(when.condition, then.value(), null));
        }

        /** What is done when the condition does not hold. */
        public Value<T> otherwise(Supplier<@Nullable Value<T>> block) {
            Inside<T> other = inside(new Branch(branch, when.condition, when.called, false), when.start, block);
            frontier = union(List.of(then.last(), other.last()));
            return new Value<>(Flow.this, branch, new Value.Source.Chosen(when.condition, then.value(), other.value()));
        }
    }

    private <T> Inside<T> inside(Branch side, Set<Integer> start, Supplier<@Nullable Value<T>> block) {
        Branch before = branch;
        branch = side;
        frontier = start;
        try {
            Value<T> value = block.get();
            return new Inside<>(value, frontier);
        } finally {
            branch = before;
        }
    }

    /** Runs branches beside each other; what follows waits for all of them. */
    public void parallel(Runnable... branches) {
        Set<Integer> start = frontier;
        List<Set<Integer>> ends = new ArrayList<>();
        for (Runnable one : branches) {
            frontier = start;
            one.run();
            ends.add(frontier);
        }
        frontier = union(ends);
    }

    private static Set<Integer> union(List<Set<Integer>> sets) {
        Set<Integer> all = new LinkedHashSet<>();
        sets.forEach(all::addAll);
        return all;
    }

    /** Publishes a point where others may add one step, which is given the value. */
    public <A> void hook(String called, Value<A> value) {
        Step<?, ?> filling = fillings.get(called);
        filled.add(called);
        add(
                called,
                List.of(value),
                filling == null ? new Node.Task.Point(value) : new Node.Task.Invoke(filling, value));
    }

    private <T> Value<T> add(String called, List<Value<?>> reads, Node.Task task) {
        if (composed) {
            throw Failure.invalid("'" + called + "' is added to " + name + " after it was composed");
        }
        Names.checked("node", called);
        reads.forEach(value -> checkReadable(value, called));
        if (!names.add(called)) {
            throw Failure.invalid("the workflow " + name + " has two nodes called '" + called
                    + "'; rename one use of the step with named(\"…\")");
        }
        Node node = new Node(nodes.size(), called, frontier, branch, task);
        nodes.add(node);
        frontier = Set.of(node.index());
        return new Value<>(this, branch, new Value.Source.Answer(node.index()));
    }

    private void checkReadable(Value<?> value, String by) {
        if (value.flow() != this) {
            throw Failure.invalid("'" + by + "' in " + name + " reads a value of the workflow "
                    + value.flow().name() + "; values belong to the workflow they were made in");
        }
        if (!branch.isWithin(value.branch())) {
            throw Failure.invalid("'" + by + "' in " + name + " reads a value of " + value.branch()
                    + ", which may not be taken; use the value that when(…) answers");
        }
        Set<Integer> later = value.needs();
        later.removeAll(before());
        if (!later.isEmpty()) {
            throw Failure.invalid("'" + by + "' in " + name + " reads '"
                    + nodes.get(later.iterator().next()).name() + "', which runs beside it, not before it");
        }
    }

    /** Every node that is settled when the next one starts. */
    private Set<Integer> before() {
        Set<Integer> before = new HashSet<>(frontier);
        for (int index = nodes.size() - 1; index >= 0; index--) {
            if (before.contains(index)) {
                before.addAll(nodes.get(index).after());
            }
        }
        return before;
    }

    /** Ends the composition. */
    List<Node> end(@Nullable Value<?> output) {
        if (output != null) {
            checkReadable(output, "the workflow's own value");
        }
        Map<String, Step<?, ?>> unknown = new LinkedHashMap<>(fillings);
        unknown.keySet().removeAll(filled);
        if (!unknown.isEmpty()) {
            throw Failure.invalid("the workflow " + name + " has no hook '"
                    + unknown.keySet().iterator().next() + "'; it has: " + filled);
        }
        composed = true;
        return List.copyOf(nodes);
    }
}
