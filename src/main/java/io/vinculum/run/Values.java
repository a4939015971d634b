package io.vinculum.run;

import io.vinculum.flow.Branch;
import io.vinculum.flow.Node;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the placeholders of a workflow are in one run. What functions of the author make is kept: choices, lists, and values
 * that more than one place reads; another computed value is made whenever it is read.
 */
abstract class Values {
    private final Workflow<?, ?> workflow;
    private final Map<Known, @Nullable Object> known;

    Values(Workflow<?, ?> workflow, Map<Known, @Nullable Object> known) {
        this.workflow = workflow;
        this.known = known;
    }

    Workflow<?, ?> workflow() {
        return workflow;
    }

    abstract @Nullable Object input();

    /** What the node at an index has answered. */
    abstract @Nullable Object answer(int node);

    /** Keeps what a function has made; answers what counts from now on. */
    abstract @Nullable Object learn(Known what, @Nullable Object made);

    final boolean knows(Known what) {
        return known.containsKey(what);
    }

    final void know(Known what, @Nullable Object made) {
        known.put(what, made);
    }

    final Map<Known, @Nullable Object> known() {
        return new HashMap<>(known);
    }

    /** The value of a placeholder in this run; everything that it reads must be settled. */
    final @Nullable Object value(Value<?> value) {
        Value.Source source = value.source();
        if (source instanceof Value.Source.Answer answer) {
            return answer(answer.node());
        }
        if (source instanceof Value.Source.Computed computed) {
            return computed(value, computed);
        }
        if (source instanceof Value.Source.Chosen chosen) {
            Value<?> taken = taken(chosen);
            return taken == null ? null : value(taken);
        }
        return input();
    }

    private @Nullable Value<?> taken(Value.Source.Chosen chosen) {
        Value<?> taken = chose(chosen.condition()) ? chosen.then() : chosen.otherwise();
        return taken == null || !isTaken(taken.branch()) ? null : taken;
    }

    private @Nullable Object computed(Value<?> value, Value.Source.Computed computed) {
        String shared = workflow.shared(value);
        if (shared == null) {
            return made(computed);
        }
        Known what = new Known(Known.Kind.VALUE, shared);
        return knows(what) ? known.get(what) : learn(what, made(computed));
    }

    private @Nullable Object made(Value.Source.Computed computed) {
        List<@Nullable Object> of = new ArrayList<>(computed.of().size());
        for (Value<?> one : computed.of()) {
            of.add(value(one));
        }
        return computed.function().apply(of);
    }

    /** The elements that a node is run for. */
    final List<?> list(Node node, Node.Task.Each each) {
        Known what = list(node);
        if (!knows(what)) {
            List<?> items = (List<?>) value(each.items());
            learn(what, items == null ? List.of() : new ArrayList<>(items));
        }
        return (List<?>) Objects.requireNonNull(known.get(what));
    }

    static Known list(Node node) {
        return new Known(Known.Kind.LIST, node.name());
    }

    static Known choice(Node node) {
        return new Known(Known.Kind.CHOICE, node.name());
    }

    /** Which side a condition chose. */
    final boolean chose(int condition) {
        Node node = workflow.nodes().get(condition);
        if (!isTaken(node.branch())) {
            return false;
        }
        Known what = choice(node);
        if (!knows(what)) {
            Node.Task.Choose choose = (Node.Task.Choose) node.task();
            learn(what, choose.condition().test(value(choose.value())));
        }
        return Boolean.TRUE.equals(known.get(what));
    }

    /** Whether it is known if a branch is taken. */
    final boolean knowsBranch(Branch branch) {
        Branch parent = branch.parent();
        return parent == null
                || (knowsBranch(parent)
                        && (!isTaken(parent) || knows(choice(workflow.nodes().get(branch.condition())))));
    }

    final boolean isTaken(Branch branch) {
        Branch parent = branch.parent();
        return parent == null || (isTaken(parent) && chose(branch.condition()) == branch.taken());
    }

    /** Whether a value can be had without a function of the author. */
    final boolean isPlain(Value<?> value) {
        if (value.source() instanceof Value.Source.Chosen chosen) {
            Value<?> taken = taken(chosen);
            return taken == null || isPlain(taken);
        }
        String shared = workflow.shared(value);
        return shared == null ? !value.isComputed() : knows(new Known(Known.Kind.VALUE, shared));
    }

    /** Whether a function of the author has to be evaluated before a node can start or be passed; it may start now. */
    final boolean needsFunction(Node node) {
        if (node.task() instanceof Node.Task.Choose) {
            return !knows(choice(node));
        }
        if (node.task() instanceof Node.Task.Each each && !knows(list(node)) && !isPlain(each.items())) {
            return true;
        }
        return workflow.hasShared()
                && !(node.task() instanceof Node.Task.Emit)
                && node.reads().stream().anyMatch(this::needsShared);
    }

    private boolean needsShared(Value<?> value) {
        if (value.source() instanceof Value.Source.Chosen chosen) {
            Value<?> taken = taken(chosen);
            return taken != null && needsShared(taken);
        }
        if (value.source() instanceof Value.Source.Computed computed) {
            String shared = workflow.shared(value);
            return shared == null
                    ? computed.of().stream().anyMatch(this::needsShared)
                    : !knows(new Known(Known.Kind.VALUE, shared));
        }
        return false;
    }

    /** Makes the shared values that a value reads. */
    final void makeShared(Value<?> value) {
        if (needsShared(value)) {
            if (workflow.shared(value) != null) {
                value(value);
            } else if (value.source() instanceof Value.Source.Chosen chosen) {
                makeShared(Objects.requireNonNull(taken(chosen)));
            } else if (value.source() instanceof Value.Source.Computed computed) {
                computed.of().forEach(this::makeShared);
            }
        }
    }
}
