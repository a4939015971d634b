package io.vinculum.flow;

import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Composition composition;
    /** What the names of its nodes begin with; empty but in a sub-workflow. */
    private final String prefix;

    private final Value<I> input;
    private final Map<String, Step<?, ?>> fillings;
    private final Set<String> hooks = new LinkedHashSet<>();

    /** The composition of a workflow by itself. */
    Flow(Composition composition, Map<String, Step<?, ?>> fillings) {
        this(composition, "", Optional.empty(), fillings);
    }

    private Flow(Composition composition, String prefix, Optional<Value<I>> input, Map<String, Step<?, ?>> fillings) {
        this.composition = composition;
        this.prefix = prefix;
        this.input = input.orElseGet(() -> new Value<>(composition, Branch.TOP, new Value.Source.Input()));
        this.fillings = fillings;
    }

    /** What a run is started with. */
    public Value<I> input() {
        return input;
    }

    /** A value that is known now. */
    public <T> Value<T> constant(T value) {
        return new Value<>(composition, Branch.TOP, new Value.Source.Computed(List.of(), none -> value));
    }

    /** Runs a step after everything before it. */
    public <A, O> Value<O> step(Step<A, O> step, Value<A> given) {
        return add(step.name(), List.of(given), new Node.Task.Invoke(step, given));
    }

    /** Runs a step for each element of a list, at most so many at once; answers theirs, in the order of the list. */
    public <A, O> Value<List<O>> forEach(Step<A, O> step, Value<? extends List<A>> items, int concurrency) {
        if (concurrency < 1) {
            throw Failure.invalid("forEach '" + step.name() + "' runs at least one at once, was " + concurrency);
        }
        return add(step.name(), List.of(items), new Node.Task.Each(step, items, concurrency));
    }

    /**
     * Runs another workflow as a part of this one: its nodes become this one's, called {@code <workflow>.<node>}, so that
     * it is kept, taken over and undone with this one. How it would run by itself (its options) does not matter here.
     */
    public <A, O> Value<O> run(Workflow<A, O> workflow, Value<A> given) {
        return run(workflow.name(), workflow, given);
    }

    /** The same under another name, for a second use. */
    public <A, O> Value<O> run(String called, Workflow<A, O> workflow, Value<A> given) {
        composition.checkReadable(given, called);
        return workflow.composeInto(new Flow<>(
                composition,
                prefix + Names.checked("sub-workflow", called) + ".",
                Optional.of(given),
                workflow.fillings()));
    }

    /** Waits; a node that takes the run over waits for what is left. */
    public void sleep(String called, Duration duration) {
        add(called, List.of(), new Node.Task.Sleep(duration));
    }

    /**
     * Waits for a signal that is sent to the run, as by {@code workflow.signal}; answers its value. A signal that came
     * before is kept for it. When none has come in time, the run fails with {@code TIMEOUT} and is compensated.
     */
    public <T> Value<T> waitFor(String signal, Class<T> type, Duration most) {
        return waitFor(signal, signal, type, most);
    }

    /** The same under another name, for a second wait for the same signal; each signal is received once. */
    public <T> Value<T> waitFor(String called, String signal, Class<T> type, Duration most) {
        if (most.isNegative() || most.isZero()) {
            throw Failure.invalid("'" + called + "' waits for a positive time, was " + most);
        }
        return add(called, List.of(), new Node.Task.Receive(Names.checked("signal", signal), Codec.type(type), most));
    }

    /**
     * Publishes an event on the event bus with the run's end, if it ends {@code done}; kept with the end, so that it
     * leaves even if the node dies then. May arrive twice.
     */
    public void emit(String called, String address, Value<?> payload) {
        add(called, List.of(payload), new Node.Task.Emit(address, payload));
    }

    /**
     * Makes a value of another one. The function must have no effect: it may be called more than once, and may block.
     * Where more than one place reads the value, all read the same, which is kept with the run.
     */
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
        of.forEach(value -> composition.checkReadable(value, "transform"));
        return new Value<>(composition, composition.branch(), new Value.Source.Computed(of, made));
    }

    /** Starts a choice between two branches; the condition is asked once everything before it is done. */
    public <A> When when(String called, Value<A> value, Predicate<A> condition) {
        @SuppressWarnings("unchecked") // the value's own type
        Predicate<@Nullable Object> asked = given -> condition.test((A) given);
        add(called, List.of(value), new Node.Task.Choose(value, asked));
        return new When(prefix + called, composition.last());
    }

    /** A choice whose branches are being given. */
    public final class When {
        private final String called;
        private final int condition;
        private final Set<Integer> start = composition.frontier();

        private When(String called, int condition) {
            this.called = called;
            this.condition = condition;
        }

        /** What is done when the condition holds; answers what it answers, or null. */
        public <T> Then<T> then(Supplier<@Nullable Value<T>> block) {
            return new Then<>(this, inside(true, block));
        }

        private <T> Composition.Inside<T> inside(boolean taken, Supplier<@Nullable Value<T>> block) {
            Branch side = new Branch(composition.branch(), condition, called, taken);
            return composition.inside(side, start, block);
        }

        /** The same for branches without a value. */
        public Then<Void> then(Runnable block) {
            return then(() -> {
                block.run();
                return null;
            });
        }
    }

    /**
     * A choice that has its first branch.
     *
     * @param <T> what both branches answer
     */
    public final class Then<T> {
        private final When when;
        private final Composition.Inside<T> then;

        private Then(When when, Composition.Inside<T> then) {
            this.when = when;
            this.then = then;
            // Passed over with its branch, the last of its nodes is settled too, so nothing need wait for the
            // condition.
            composition.continueAfter(then.last());
        }

        /** The branch's value, null when it is not taken. */
        public Value<T> value() {
            return chosen(null);
        }

        private Value<T> chosen(@Nullable Value<T> otherwise) {
            return new Value<>(
                    composition,
                    composition.branch(),
                    new Value.Source.Chosen(when.condition, then.value(), otherwise));
        }

        /** What is done when the condition does not hold. */
        public Value<T> otherwise(Supplier<@Nullable Value<T>> block) {
            Composition.Inside<T> other = when.inside(false, block);
            composition.continueAfter(union(List.of(then.last(), other.last())));
            return chosen(other.value());
        }

        /** The same for branches without a value. */
        public void otherwise(Runnable block) {
            otherwise(() -> {
                block.run();
                return null;
            });
        }
    }

    /** Runs branches beside each other; what follows waits for all of them. */
    public void parallel(Runnable... branches) {
        Set<Integer> start = composition.frontier();
        List<Set<Integer>> ends = new ArrayList<>();
        Arrays.stream(branches).forEach(branch -> {
            composition.continueAfter(start);
            branch.run();
            ends.add(composition.frontier());
        });
        composition.continueAfter(union(ends));
    }

    private static Set<Integer> union(List<Set<Integer>> sets) {
        Set<Integer> all = new LinkedHashSet<>();
        sets.forEach(all::addAll);
        return all;
    }

    /** Publishes a point where others may add one step, which is given the value. */
    public <A> void hook(String called, Value<A> value) {
        Step<?, ?> filling = fillings.get(called);
        hooks.add(called);
        add(
                called,
                List.of(value),
                filling == null ? new Node.Task.Point(value) : new Node.Task.Invoke(filling, value));
    }

    private <T> Value<T> add(String called, List<Value<?>> reads, Node.Task task) {
        return composition.add(prefix + called, reads, task);
    }

    /** Ends the composition of this workflow, which may continue in the one it is a part of. */
    <O> Value<O> end(@Nullable Value<O> output) {
        if (output != null) {
            composition.checkReadable(output, "the workflow's own value");
        }
        Map<String, Step<?, ?>> unknown = new LinkedHashMap<>(fillings);
        unknown.keySet().removeAll(hooks);
        if (!unknown.isEmpty()) {
            throw Failure.invalid("the workflow " + composition.name() + " has no hook '"
                    + unknown.keySet().iterator().next() + "'; it has: " + hooks);
        }
        return output == null
                ? new Value<>(composition, Branch.TOP, new Value.Source.Computed(List.of(), none -> null))
                : output;
    }
}
