package io.vinculum.flow;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A placeholder, while a workflow is composed, for what a run will hold there.
 *
 * @param <T> what it will be
 */
@SuppressWarnings("UnusedTypeParameter") // it is what the compiler checks a composition by
public final class Value<T> {
    private final Composition composition;
    private final Branch branch;
    private final Source source;

    /** Where a value comes from when a run asks for it. */
    public sealed interface Source {
        /** What the run was started with. */
        record Input() implements Source {}

        /** What the node at an index answered; a list of all items' answers where it has items. */
        record Answer(int node) implements Source {}

        /** What a function makes of others; evaluated off the event loops. */
        record Computed(List<Value<?>> of, Function<List<@Nullable Object>, @Nullable Object> function)
                implements Source {}

        /** The value of the branch that was taken, null when that has none. */
        record Chosen(
                int condition,
                @Nullable Value<?> then,
                @Nullable Value<?> otherwise) implements Source {}
    }

    Value(Composition composition, Branch branch, Source source) {
        this.composition = composition;
        this.branch = branch;
        this.source = source;
    }

    public Source source() {
        return source;
    }

    public Branch branch() {
        return branch;
    }

    /** Whether a function of the author makes it. */
    public boolean isComputed() {
        return source instanceof Source.Computed computed && !computed.of().isEmpty();
    }

    Composition composition() {
        return composition;
    }

    /** The nodes whose answers it needs. */
    Set<Integer> needs() {
        if (source instanceof Source.Answer answer) {
            return new HashSet<>(Set.of(answer.node()));
        }
        Set<Integer> needs = new HashSet<>();
        if (source instanceof Source.Computed computed) {
            computed.of().forEach(value -> needs.addAll(value.needs()));
        } else if (source instanceof Source.Chosen chosen) {
            needs.add(chosen.condition());
            Stream.of(chosen.then(), chosen.otherwise())
                    .filter(Objects::nonNull)
                    .forEach(value -> needs.addAll(value.needs()));
        }
        return needs;
    }
}
