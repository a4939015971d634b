package io.vinculum.run;

import io.vinculum.flow.Codec;
import io.vinculum.flow.Node;
import io.vinculum.flow.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run that ends well answers and publishes.
 *
 * @param json the answer as JSON
 */
public record Ending(@Nullable Object output, @Nullable String json, List<Event> events) {

    /** An event that is published with the end; its payload as JSON. */
    public record Event(String address, @Nullable String payload) {}

    /** The end of a run whose nodes are all settled. */
    static Ending of(Values values) {
        List<Event> events = new ArrayList<>();
        String name = values.workflow().name();
        for (Node node : values.workflow().nodes()) {
            if (node.task() instanceof Node.Task.Emit emit && values.isTaken(node.branch())) {
                events.add(
                        new Event(emit.address(), Codec.write(values.value(emit.payload()), "the event of " + name)));
            }
        }
        Object output = values.value(values.workflow().output());
        return new Ending(output, Codec.write(output, "what " + name + " answers"), events);
    }

    /** Whether it can be had at once, without a function of the author and without writing much JSON. */
    static boolean isPlain(Values values) {
        Value<?> output = values.workflow().output();
        if (!values.isPlain(output) || !isSmall(values.value(output))) {
            return false;
        }
        return values.workflow().nodes().stream()
                .filter(node -> node.task() instanceof Node.Task.Emit && values.isTaken(node.branch()))
                .flatMap(node -> node.reads().stream())
                .allMatch(payload -> values.isPlain(payload) && isSmall(values.value(payload)));
    }

    private static final int SMALL = 1_000;

    private static boolean isSmall(@Nullable Object value) {
        return value == null
                || value instanceof Number
                || value instanceof Boolean
                || (value instanceof String text && text.length() <= SMALL);
    }
}
