package io.vinculum.flow;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
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
    private final Function<Flow<I>, @Nullable Value<O>> composing;
    private final Map<String, Step<?, ?>> fillings;
    private final WorkflowOptions options;
    private final List<Node> nodes;
    private final Value<O> output;
    private final String fingerprint;
    private final Map<Value<?>, String> shared;
    private final boolean[] leads;

    private Workflow(
            String name,
            Class<I> input,
            Function<Flow<I>, @Nullable Value<O>> composing,
            Map<String, Step<?, ?>> fillings,
            WorkflowOptions options) {
        this.name = Names.checked("workflow", name);
        this.input = input;
        this.composing = composing;
        this.fillings = Map.copyOf(fillings);
        this.options = options;
        Composition composition = new Composition(name);
        this.output = composeInto(new Flow<>(composition, this.fillings));
        this.nodes = composition.end();
        this.fingerprint = digest(graph().encode());
        this.shared = SharedValues.of(nodes, output);
        this.leads = leads();
        checkOptions();
    }

    /**
     * Composes a workflow; the composition is called once, now, and again for each workflow that this one is a part of.
     *
     * @throws Failure {@code INVALID_DATA} for whatever is wrong with it: a name taken twice, a value of another workflow
     *     or of a branch that may not be taken
     */
    public static <I, O> Workflow<I, O> define(
            String name, Class<I> input, Function<Flow<I>, @Nullable Value<O>> composition) {
        return new Workflow<>(name, input, composition, Map.of(), WorkflowOptions.DEFAULT);
    }

    /**
     * The same workflow with a step at one of its hooks, which is composed again.
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
        return new Workflow<>(name, input, composing, more, options);
    }

    /** The same, run otherwise. */
    public Workflow<I, O> with(WorkflowOptions other) {
        return new Workflow<>(name, input, composing, fillings, other);
    }

    /** Short for one option: whether runs are kept in PostgreSQL, the default. */
    public Workflow<I, O> durable(boolean kept) {
        return with(options.withDurable(kept));
    }

    private void checkOptions() {
        if (!options.durable()) {
            nodes.stream()
                    .filter(node -> node.step() != null && node.step().isTransactional(false))
                    .findFirst()
                    .ifPresent(node -> {
                        throw Failure.invalid("the step '" + node.name() + "' of " + name
                                + " commits with its result, so the workflow must be durable");
                    });
        }
        if (!options.durable() && options.schedule().isPresent()) {
            throw Failure.invalid(
                    "the runs of " + name + " are started by a schedule once in the cluster, which is known"
                            + " only of what is kept, so the workflow must be durable");
        }
        options.schedule()
                .ifPresent(schedule ->
                        Codec.readStrictly(schedule.input().encode(), input, "the input of the schedule of " + name));
    }

    Value<O> composeInto(Flow<I> flow) {
        return flow.end(composing.apply(flow));
    }

    public String name() {
        return name;
    }

    public WorkflowOptions options() {
        return options;
    }

    Map<String, Step<?, ?>> fillings() {
        return fillings;
    }

    public Class<I> input() {
        return input;
    }

    public List<Node> nodes() {
        return nodes;
    }

    public Value<O> output() {
        return output;
    }

    /** The name of a computed value that more than one place reads; null for any other value. */
    public @Nullable String shared(Value<?> value) {
        return shared.isEmpty() ? null : shared.get(value);
    }

    public boolean hasShared() {
        return !shared.isEmpty();
    }

    /** The classes that the author's code sees. */
    public ClassLoader classes() {
        ClassLoader classes = composing.getClass().getClassLoader();
        return classes == null ? Workflow.class.getClassLoader() : classes;
    }

    /** Whether a function of the author may be ready to be evaluated when the step at a node has ended. */
    public boolean leadsToFunctions(int node) {
        return leads[node];
    }

    private boolean[] leads() {
        boolean[] leading = new boolean[nodes.size()];
        boolean[] last = new boolean[nodes.size()];
        Arrays.fill(last, true);
        for (Node node : nodes) {
            boolean plain = node.task() instanceof Node.Task.Invoke
                    && node.reads().stream().noneMatch(this::readsShared);
            for (int before : node.after()) {
                last[before] = false;
                leading[before] |= !plain;
            }
        }
        for (int index = 0; index < leading.length; index++) {
            leading[index] |= last[index];
        }
        return leading;
    }

    private boolean readsShared(Value<?> value) {
        if (shared.containsKey(value)) {
            return true;
        }
        if (value.source() instanceof Value.Source.Chosen chosen) {
            return Stream.of(chosen.then(), chosen.otherwise())
                    .filter(Objects::nonNull)
                    .anyMatch(this::readsShared);
        }
        return value.source() instanceof Value.Source.Computed computed
                && computed.of().stream().anyMatch(this::readsShared);
    }

    /** Tells two compositions apart: their nodes, order and branches, not how a step is tried. */
    public String fingerprint() {
        return fingerprint;
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * The graph, for drawing: {@code {"name", "nodes": [{"name", "kind", "after": [names], "if": {"when", "taken"}}]}};
     * the kinds are {@code step each sleep signal when emit hook}.
     */
    public JsonObject graph() {
        JsonArray drawn = new JsonArray();
        nodes.forEach(node -> drawn.add(drawn(node)));
        return new JsonObject().put("name", name).put("nodes", drawn);
    }

    private JsonObject drawn(Node node) {
        JsonObject drawn = new JsonObject()
                .put("name", node.name())
                .put("kind", node.kind())
                .put("after", before(node));
        Step<?, ?> step = node.step();
        if (step != null) {
            drawn.put("undone", step.undo().isPresent());
            if (step.isAsync()) {
                drawn.put("async", true);
            }
        }
        if (node.branch().condition() >= 0) {
            drawn.put(
                    "if",
                    new JsonObject()
                            .put("when", node.branch().name())
                            .put("taken", node.branch().taken()));
        }
        return drawn;
    }

    private List<String> before(Node node) {
        return node.after().stream()
                .sorted()
                .map(index -> nodes.get(index).name())
                .toList();
    }

    /** The graph in words, a node a line, each with what it waits for. */
    public String describe() {
        StringBuilder text = new StringBuilder(name).append('\n');
        for (Node node : nodes) {
            text.append("  ").append(node.name()).append(detail(node.task()));
            if (!node.after().isEmpty()) {
                text.append(" after ").append(String.join(", ", before(node)));
            }
            if (node.branch().condition() >= 0) {
                text.append(", if ").append(node.branch());
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String detail(Node.Task task) {
        if (task instanceof Node.Task.Each each) {
            return " for each, " + each.concurrency() + " at once";
        }
        if (task instanceof Node.Task.Sleep sleep) {
            return " for " + sleep.duration();
        }
        if (task instanceof Node.Task.Receive receive) {
            return " waits for the signal " + receive.signal() + " for " + receive.most();
        }
        if (task instanceof Node.Task.Emit emit) {
            return " emits " + emit.address();
        }
        if (task instanceof Node.Task.Choose) {
            return "?";
        }
        return task instanceof Node.Task.Point ? " (hook)" : "";
    }
}
