package io.vinculum.run;

import io.vinculum.failure.Failure;
import io.vinculum.flow.Node;
import io.vinculum.flow.TypedJson;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates functions of the author with what a run knew at one moment; for any one thread, which may block. What it makes
 * counts once the run has taken it.
 */
public final class Evaluation extends Values {
    private final @Nullable Object input;
    private final boolean[] settled;
    private final @Nullable Object[] answers;
    private final Map<Known, Evaluated.Made> fresh = new LinkedHashMap<>();

    Evaluation(
            Workflow<?, ?> workflow,
            @Nullable Object input,
            boolean[] settled,
            @Nullable Object[] answers,
            Map<Known, @Nullable Object> known) {
        super(workflow, known);
        this.input = input;
        this.settled = settled;
        this.answers = answers;
    }

    @Override
    @Nullable
    Object input() {
        return input;
    }

    @Override
    @Nullable
    Object answer(int node) {
        return answers[node];
    }

    @Override
    @Nullable
    Object learn(Known what, @Nullable Object made) {
        Evaluated.Made kept = kept(what, made);
        fresh.put(what, kept);
        know(what, kept.value());
        return kept.value();
    }

    /** What will be read back after a takeover; the thing itself where JSON cannot hold it. */
    private Evaluated.Made kept(Known what, @Nullable Object made) {
        try {
            String json = TypedJson.write(made, what.name());
            return new Evaluated.Made(TypedJson.read(json, workflow().classes(), what.name()), json);
        } catch (Failure unkept) {
            return new Evaluated.Made(made, null);
        }
    }

    /** A value that a step is given. */
    public @Nullable Object given(Value<?> value) {
        return value(value);
    }

    /** The node at an index has answered. */
    public void settle(int node, @Nullable Object answer) {
        settled[node] = true;
        answers[node] = answer;
    }

    /** Whether there is anything to evaluate. */
    public boolean hasWork() {
        return walk(false);
    }

    /** Evaluates all that is ready; throws what a function throws. */
    public Evaluated evaluate() {
        boolean atItsEnd = walk(true);
        return new Evaluated(fresh, atItsEnd ? Ending.of(this) : null);
    }

    /**
     * Visits the nodes that may start.
     *
     * @param make whether to evaluate what they need
     * @return whether there is anything to evaluate; when it has been, whether the run is at its end
     */
    private boolean walk(boolean make) {
        boolean[] done = new boolean[settled.length];
        boolean all = true;
        for (Node node : workflow().nodes()) {
            int index = node.index();
            if (Decision.isReady(node, done)) {
                if (!isTaken(node.branch())) {
                    done[index] = true;
                } else if (needsFunction(node)) {
                    if (!make) {
                        return true;
                    }
                    done[index] = make(node);
                } else {
                    done[index] = isSettled(node);
                }
            }
            all &= done[index];
        }
        return make ? all : all && !Ending.isPlain(this);
    }

    private boolean make(Node node) {
        if (node.task() instanceof Node.Task.Choose) {
            chose(node.index());
            return true;
        }
        if (node.task() instanceof Node.Task.Each each) {
            return list(node, each).isEmpty() || settled[node.index()];
        }
        node.reads().forEach(this::makeShared);
        return isSettled(node);
    }

    private boolean isSettled(Node node) {
        return settled[node.index()]
                || node.task() instanceof Node.Task.Choose
                || node.task() instanceof Node.Task.Emit
                || node.task() instanceof Node.Task.Point;
    }
}
