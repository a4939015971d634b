package io.vinculum.run;

import io.vinculum.flow.Branch;
import io.vinculum.flow.Node;
import io.vinculum.flow.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the placeholders of a workflow are in one run: evaluates its transforms and conditions. A condition and the items
 * of a list are evaluated once, a transform whenever its value is read.
 */
final class RunValues {
    private final Run run;
    private final Map<Integer, Boolean> choices = new HashMap<>();
    private final Map<Integer, Items> items = new HashMap<>();

    /** The elements of a list, and how many of the first ones are settled. */
    static final class Items {
        private final List<?> all;
        private int settled;

        Items(List<?> all) {
            this.all = all;
        }

        List<?> all() {
            return all;
        }

        int settled() {
            return settled;
        }

        void settle() {
            settled++;
        }
    }

    RunValues(Run run) {
        this.run = run;
    }

    /** The value of a placeholder in this run. */
    @Nullable
    Object value(Value<?> value) {
        Value.Source source = value.source();
        if (source instanceof Value.Source.Answer answer) {
            return answer(answer.node());
        }
        if (source instanceof Value.Source.Computed computed) {
            List<@Nullable Object> of = new ArrayList<>(computed.of().size());
            for (Value<?> one : computed.of()) {
                of.add(value(one));
            }
            return computed.function().apply(of);
        }
        if (source instanceof Value.Source.Chosen chosen) {
            Value<?> taken = chose(chosen.condition()) ? chosen.then() : chosen.otherwise();
            return taken == null || !isTaken(taken.branch()) ? null : value(taken);
        }
        return run.input();
    }

    private @Nullable Object answer(int node) {
        if (run.workflow().nodes().get(node).task() instanceof Node.Task.Each each) {
            List<@Nullable Object> answers = new ArrayList<>();
            for (int item = 0; item < items(node, each).all().size(); item++) {
                StepState step = run.steps().get(new Position(node, item));
                answers.add(step == null ? null : step.output());
            }
            return answers;
        }
        StepState step = run.steps().get(Position.of(node));
        return step == null ? null : step.output();
    }

    /** The elements that a node is run for; everything before it must be settled. */
    Items items(int node, Node.Task.Each each) {
        Items known = items.get(node);
        if (known == null) {
            List<?> all = (List<?>) value(each.items());
            known = new Items(all == null ? List.of() : all);
            items.put(node, known);
        }
        return known;
    }

    /** Which side a condition chose; everything before it must be settled. */
    boolean chose(int condition) {
        Boolean known = choices.get(condition);
        if (known == null) {
            Node node = run.workflow().nodes().get(condition);
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
