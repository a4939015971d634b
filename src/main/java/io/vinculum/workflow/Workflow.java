package io.vinculum.workflow;

import io.vinculum.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A composition of steps, made once.
 *
 * @param <I> what a run is started with
 * @param <O> what it answers
 */
public final class Workflow<I, O> {
    private final String name;
    private final Class<I> input;
    private final Function<Flow<I>, @Nullable Value<O>> composition;
    private final Map<String, Step<?, ?>> fillings;
    private final List<Node> nodes;
    private final @Nullable Value<O> output;

    private Workflow(
            String name,
            Class<I> input,
            Function<Flow<I>, @Nullable Value<O>> composition,
            Map<String, Step<?, ?>> fillings) {
        this.name = Names.checked("workflow", name);
        this.input = input;
        this.composition = composition;
        this.fillings = Map.copyOf(fillings);
        Flow<I> flow = new Flow<>(name, this.fillings);
        this.output = composition.apply(flow);
        this.nodes = flow.end(output);
    }

    /**
     * Composes a workflow; the composition is called once, now.
     *
     * @throws Failure {@code INVALID_DATA} for whatever is wrong with it: a name taken twice, a value of another workflow
     *     or of a branch that may not be taken
     */
    public static <I, O> Workflow<I, O> define(
            String name, Class<I> input, Function<Flow<I>, @Nullable Value<O>> composition) {
        return new Workflow<>(name, input, composition, Map.of());
    }

    /**
     * The same workflow with a step at one of its hooks, which is composed anew.
     *
     * @throws Failure {@code INVALID_DATA} when there is no such hook, or it is filled already
     */
    public Workflow<I, O> fill(String hook, Step<?, ?> step) {
        if (fillings.containsKey(hook)) {
            throw Failure.invalid("the hook '" + hook + "' of " + name + " is filled already, by the step '"
                    + fillings.get(hook).name() + "'");
        }
        Map<String, Step<?, ?>> more = new LinkedHashMap<>(fillings);
        more.put(hook, step);
        return new Workflow<>(name, input, composition, more);
    }

    public String name() {
        return name;
    }

    Class<I> input() {
        return input;
    }

    List<Node> nodes() {
        return nodes;
    }

    @Nullable
    Value<O> output() {
        return output;
    }

    /** Tells two compositions apart: their nodes, order and branches, not how a step is tried. */
    String fingerprint() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(describe().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The graph in words, a node a line, each with what it waits for. */
    public String describe() {
        StringBuilder text = new StringBuilder(name).append('\n');
        for (Node node : nodes) {
            text.append("  ").append(node.name()).append(kind(node.task()));
            if (!node.after().isEmpty()) {
                List<String> before = node.after().stream()
                        .sorted()
                        .map(index -> nodes.get(index).name())
                        .toList();
                text.append(" after ").append(String.join(", ", before));
            }
            if (node.branch().condition() >= 0) {
                text.append(", if ").append(node.branch());
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String kind(Node.Task task) {
        if (task instanceof Node.Task.Each each) {
            return " for each, " + each.concurrency() + " at once";
        }
        if (task instanceof Node.Task.Sleep sleep) {
            return " for " + sleep.duration();
        }
        if (task instanceof Node.Task.Choose) {
            return "?";
        }
        return task instanceof Node.Task.Point ? " (hook)" : "";
    }
}
