package io.vinculum.flow;

import io.vinculum.failure.Failure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a workflow while they are put together, those of its sub-workflows among them: what has been added, and
 * where the next node will stand.
 */
final class Composition {
    private final String name;
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();
    private Set<Integer> frontier = Set.of();
    private Branch branch = Branch.TOP;
    private boolean ended;

    Composition(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    Branch branch() {
        return branch;
    }

    Set<Integer> frontier() {
        return frontier;
    }

    void continueAfter(Set<Integer> nodes) {
        frontier = nodes;
    }

    /** Puts a node behind the last ones. */
    <T> Value<T> add(String called, List<Value<?>> reads, Node.Task task) {
        if (ended) {
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

    /** What a block added: its value, and its last nodes. */
    record Inside<T>(@Nullable Value<T> value, Set<Integer> last) {}

    /** Lets a block add its nodes on one side of a condition, behind some. */
    <T> Inside<T> inside(Branch side, Set<Integer> start, Supplier<@Nullable Value<T>> block) {
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

    int last() {
        return nodes.size() - 1;
    }

    void checkReadable(Value<?> value, String by) {
        if (value.composition() != this) {
            throw Failure.invalid("'" + by + "' in " + name + " reads a value of the workflow "
                    + value.composition().name() + "; values belong to the workflow they were made in");
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

    /** Ends it; what was made of it cannot add to it any more. */
    List<Node> end() {
        ended = true;
        return List.copyOf(nodes);
    }
}
