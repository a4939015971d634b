package io.vinculum.run;

import io.vinculum.failure.Failure;
import io.vinculum.flow.Node;
import io.vinculum.flow.TypedJson;
import io.vinculum.flow.Workflow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the placeholders of a workflow are in a run that is driven; evaluates no function of the author by itself. */
final class RunValues extends Values {
    private final Run run;
    private final Map<Integer, Items> items = new HashMap<>();
    private final Map<Integer, List<@Nullable Object>> answers = new HashMap<>();
    private final Map<Known, String> kept = new LinkedHashMap<>();
    private @Nullable Ending ending;

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

        boolean isSettled() {
            return settled == all.size();
        }
    }

    RunValues(Run run, Workflow<?, ?> workflow) {
        super(workflow, new HashMap<>());
        this.run = run;
    }

    @Override
    @Nullable
    Object input() {
        return run.input();
    }

    @Override
    @Nullable
    Object answer(int node) {
        if (workflow().nodes().get(node).task() instanceof Node.Task.Each) {
            List<@Nullable Object> known = answers.get(node);
            return known == null ? listed(node) : known;
        }
        StepState step = run.steps().get(Position.of(node));
        return step == null ? null : step.output();
    }

    private List<@Nullable Object> listed(int node) {
        Items all = items(node);
        List<@Nullable Object> listed = new ArrayList<>(all.all().size());
        for (int item = 0; item < all.all().size(); item++) {
            StepState step = run.steps().get(new Position(node, item));
            listed.add(step == null ? null : step.output());
        }
        if (all.isSettled()) {
            answers.put(node, Collections.unmodifiableList(listed));
        }
        return listed;
    }

    @Override
    @Nullable
    Object learn(Known what, @Nullable Object made) {
        know(what, made);
        return made;
    }

    /** The elements that a node is run for; everything before it must be settled. */
    Items items(int node) {
        Items found = items.get(node);
        if (found == null) {
            Node at = workflow().nodes().get(node);
            found = new Items(list(at, (Node.Task.Each) at.task()));
            items.put(node, found);
        }
        return found;
    }

    /** Takes what was evaluated and not known yet; answers the JSON of it, null when nothing is to be kept. */
    @Nullable
    String take(Evaluated evaluated) {
        Map<Known, String> fresh = new LinkedHashMap<>();
        evaluated.made().forEach((what, made) -> {
            if (!knows(what)) {
                know(what, made.value());
                if (made.json() != null) {
                    fresh.put(what, made.json());
                }
            }
        });
        kept.putAll(fresh);
        if (ending == null) {
            ending = evaluated.ending();
        }
        return written(fresh);
    }

    /** All that is to be kept, for a run that is written down late. */
    @Nullable
    String kept() {
        return written(kept);
    }

    private static @Nullable String written(Map<Known, String> some) {
        if (some.isEmpty()) {
            return null;
        }
        return some.entrySet().stream()
                .map(one -> name(one.getKey()) + ":" + one.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String name(Known what) {
        String name = what.kind().name().toLowerCase(Locale.ROOT) + " " + what.name();
        return "\"" + name + "\"";
    }

    /** Reads back what was kept; what cannot be read any more is evaluated again. */
    void restore(String json) {
        TypedJson.members(json).forEach((member, value) -> {
            String[] name = member.split(" ", 2);
            Known what = new Known(Known.Kind.valueOf(name[0].toUpperCase(Locale.ROOT)), name[1]);
            try {
                know(what, TypedJson.read(value, workflow().classes(), what.name()));
                kept.put(what, value);
            } catch (Failure unreadable) {
                kept.remove(what);
            }
        });
    }

    /** The members of what was kept that belong to some nodes; null when none does. */
    static @Nullable String ofNodes(String json, Predicate<String> isKept) {
        String some = TypedJson.members(json).entrySet().stream()
                .filter(one -> isKept.test(one.getKey().split(" ", 2)[1].split("#", 2)[0]))
                .map(one -> "\"" + one.getKey() + "\":" + one.getValue())
                .collect(Collectors.joining(","));
        return some.isEmpty() ? null : "{" + some + "}";
    }

    boolean knowsEnding() {
        return ending != null || Ending.isPlain(this);
    }

    /** What the run answers and publishes when it ends well. */
    Ending ending() {
        if (ending == null) {
            ending = Ending.of(this);
        }
        return ending;
    }

    /** What is known now, to evaluate with on another thread. */
    Evaluation evaluation() {
        List<Node> nodes = workflow().nodes();
        boolean[] settled = new boolean[nodes.size()];
        @Nullable Object[] values = new Object[nodes.size()];
        for (Node node : nodes) {
            int index = node.index();
            settled[index] = isSettled(node);
            if (settled[index]) {
                values[index] = answer(index);
            }
        }
        return new Evaluation(workflow(), run.input(), settled, values, known());
    }

    private boolean isSettled(Node node) {
        if (node.task() instanceof Node.Task.Each) {
            Items known = items.get(node.index());
            return known != null && known.isSettled();
        }
        StepState step = run.steps().get(Position.of(node.index()));
        return step != null && step.isSettled(node);
    }
}
