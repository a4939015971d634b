package io.vinculum.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The computed values of a workflow that more than one place reads. Each is computed once in a run, so that all its readers
 * see the same. Each is named by the node that reads it first.
 */
final class SharedValues {
    private final Map<Value<?>, String> names = new HashMap<>();
    private final Map<Value<?>, String> shared = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    private SharedValues() {}

    static Map<Value<?>, String> of(List<Node> nodes, Value<?> output) {
        SharedValues values = new SharedValues();
        nodes.forEach(node -> node.reads().forEach(value -> values.visit(value, node.name())));
        values.visit(output, "");
        return values.shared;
    }

    private void visit(Value<?> value, String reader) {
        if (value.source() instanceof Value.Source.Chosen chosen) {
            if (chosen.then() != null) {
                visit(chosen.then(), reader);
            }
            if (chosen.otherwise() != null) {
                visit(chosen.otherwise(), reader);
            }
        } else if (value.isComputed()) {
            String name = names.get(value);
            if (name != null) {
                shared.put(value, name);
                return;
            }
            names.put(value, reader + "#" + numbers.merge(reader, 1, Integer::sum));
            ((Value.Source.Computed) value.source()).of().forEach(one -> visit(one, reader));
        }
    }
}
