package io.vinculum.flow;

import com.fasterxml.jackson.databind.JavaType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One place of a composition.
 *
 * @param after the nodes that must be settled before it starts
 * @param branch the side of a condition that it is on; it is passed over when that is not taken
 */
public record Node(int index, String name, Set<Integer> after, Branch branch, Task task) {

    /** What is done there. */
    public sealed interface Task {
        /** One step. */
        record Invoke(Step<?, ?> step, Value<?> input) implements Task {}

        /** One step for each element of a list, some at a time. */
        record Each(Step<?, ?> step, Value<? extends List<?>> items, int concurrency) implements Task {}

        /** A wait. */
        record Sleep(Duration duration) implements Task {}

        /** A wait for a signal, which may have come before. */
        record Receive(String signal, JavaType type, Duration most) implements Task {}

        /** Nothing but the choice of a branch. */
        record Choose(Value<?> value, Predicate<@Nullable Object> condition) implements Task {}

        /** An event that leaves with the run's end, if it ends well. */
        record Emit(String address, Value<?> payload) implements Task {}

        /** Nothing, unless somebody has filled the point. */
        record Point(Value<?> value) implements Task {}
    }

    public Node {
        after = Set.copyOf(after);
    }

    /** The step that is run there, null where none is. */
    @Nullable
    public Step<?, ?> step() {
        if (task instanceof Task.Invoke invoke) {
            return invoke.step();
        }
        return task instanceof Task.Each each ? each.step() : null;
    }

    /** The values that it reads. */
    public List<Value<?>> reads() {
        if (task instanceof Task.Invoke invoke) {
            return List.of(invoke.input());
        }
        if (task instanceof Task.Each each) {
            return List.of(each.items());
        }
        if (task instanceof Task.Choose choose) {
            return List.of(choose.value());
        }
        return task instanceof Task.Emit emit ? List.of(emit.payload()) : List.of();
    }

    /** What kind of place it is, in a word. */
    String kind() {
        if (task instanceof Task.Each) {
            return "each";
        }
        if (task instanceof Task.Sleep) {
            return "sleep";
        }
        if (task instanceof Task.Receive) {
            return "signal";
        }
        if (task instanceof Task.Choose) {
            return "when";
        }
        if (task instanceof Task.Emit) {
            return "emit";
        }
        return task instanceof Task.Point ? "hook" : "step";
    }
}
