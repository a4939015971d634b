package io.vinculum.run;

import com.fasterxml.jackson.databind.JavaType;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Node;
import io.vinculum.flow.Step;
import io.vinculum.flow.TypedJson;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A step of a run as the ledger keeps it, forward or compensated; values as JSON text.
 *
 * @param item which element of a list, -1 where there is none
 * @param undo whether it is about the compensation of the step
 * @param attempt which try
 * @param order its number in the order of completion
 * @param elapsed how long the try has taken
 * @param wake how long until the step continues by itself; empty where it does not
 * @param evaluated what functions of the author made of its result
 */
public record StepRecord(
        String node,
        int item,
        boolean undo,
        State state,
        int attempt,
        int order,
        @Nullable String input,
        @Nullable String output,
        @Nullable String undoData,
        @Nullable String error,
        Duration elapsed,
        Optional<Duration> wake,
        @Nullable String evaluated) {

    /** What the row says of the step. */
    public enum State {
        OK,
        FAILED,
        /** Failed, to be retried after the backoff. */
        RETRYING,
        /** For a time to come, or for an answer from outside. */
        WAITING,
        /** In flight, with data that its body prepared. */
        PREPARED,
        SKIPPED,
        /** No step but a signal, whose number is the item and whose value is the output. */
        SIGNAL,
        /** No step but what functions of the author made. */
        EVALUATED;

        public String shown() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static State of(String shown) {
            return valueOf(shown.toUpperCase(Locale.ROOT));
        }
    }

    /** A result with its values as JSON. */
    public static StepRecord of(Run run, Position position, StepResult result) {
        return new StepRecord(
                run.nameAt(position),
                position.item(),
                result.undo(),
                result.state(),
                result.attempt(),
                result.order(),
                result.input(),
                result.output().json(),
                result.undoData().json(),
                error(result.error()),
                result.elapsed(),
                result.wake(),
                result.evaluated());
    }

    /** What is stored under the name of a signal; no step can be called so. */
    private static final String SIGNAL = "~";

    private static final String EVALUATED = "=";

    /** A signal that came. */
    public static StepRecord of(Signal signal) {
        return new StepRecord(
                SIGNAL + signal.name(),
                signal.number(),
                false,
                State.SIGNAL,
                0,
                0,
                null,
                signal.value(),
                null,
                null,
                Duration.ZERO,
                Optional.empty(),
                null);
    }

    /** What functions of the author have made beside any step. */
    public static StepRecord evaluated(String json) {
        String first = TypedJson.members(json).keySet().iterator().next();
        return new StepRecord(
                EVALUATED + first,
                -1,
                false,
                State.EVALUATED,
                0,
                0,
                null,
                null,
                null,
                null,
                Duration.ZERO,
                Optional.empty(),
                json);
    }

    /** Whether a fork that repeats none of some nodes has it too. */
    boolean isCompleted(Set<String> nodes) {
        return state == State.EVALUATED
                || (!undo && nodes.contains(node) && (state == State.OK || state == State.SKIPPED));
    }

    /** The same with what was evaluated for some nodes only. */
    StepRecord ofNodes(Set<String> nodes) {
        String some = evaluated == null ? null : RunValues.ofNodes(evaluated, nodes::contains);
        return new StepRecord(
                node, item, undo, state, attempt, order, input, output, undoData, error, elapsed, wake, some);
    }

    /** Whether it is about a step, not about what else a run keeps. */
    public boolean isStep() {
        return state != State.SIGNAL && state != State.EVALUATED;
    }

    public boolean isSignal() {
        return state == State.SIGNAL;
    }

    /** The name of what it is about. */
    public String shown() {
        return isStep() ? node : (state == State.SIGNAL ? "signal " : "") + node.substring(SIGNAL.length());
    }

    @Nullable
    public static String error(@Nullable Failure error) {
        return error == null ? null : json(error).encode();
    }

    public static JsonObject json(Failure failure) {
        return new JsonObject().put("code", failure.code().name()).put("message", failure.getMessage());
    }

    public static Failure failure(String json) {
        JsonObject error = new JsonObject(json);
        return new Failure(FailureCode.valueOf(error.getString("code")), error.getString("message"));
    }

    /**
     * Puts it back into a run.
     *
     * @throws Failure {@code UNEXPECTED_STATE} when the run's workflow has no step for it
     */
    void restore(Run run) {
        if (evaluated != null) {
            run.values().restore(evaluated);
        }
        if (state == State.EVALUATED) {
            return;
        }
        if (state == State.SIGNAL) {
            run.signals().add(new Signal(node.substring(SIGNAL.length()), item, output));
            return;
        }
        Position position = run.position(node, item)
                .orElseThrow(() -> new Failure(
                        FailureCode.UNEXPECTED_STATE,
                        run.workflow().name() + " has no step '" + node + "' any more, which this run has completed"));
        StepState step = run.stateAt(position);
        run.resumeAfter(order);
        if (undo) {
            if (state == State.OK) {
                step.undone();
            } else if (state == State.FAILED) {
                step.failUndo();
            }
            return;
        }
        step.resumeAfter(attempt);
        restoreForward(run, position, step);
    }

    private void restoreForward(Run run, Position position, StepState step) {
        Step<?, ?> definition = run.stepAt(position);
        JavaType type = definition == null
                ? null
                : definition.undo().map(Step.Compensation::data).orElse(null);
        Object data = type == null ? null : Codec.read(undoData, type, "the undo data of '" + node + "'");
        switch (state) {
            case SIGNAL, EVALUATED -> throw new IllegalStateException("it is no step");
            case OK -> {
                Object answer = definition == null
                        ? received(run, position)
                        : Codec.read(output, definition.output(), "the answer of '" + node + "'");
                step.done(
                        order,
                        answer,
                        data == null && definition != null && definition.undoesWithAnswer() ? answer : data);
            }
            case FAILED -> {
                step.fail(order, data);
                if (definition == null || !definition.options().continueOnFailure()) {
                    run.startCompensating(error == null ? unknown() : failure(error));
                }
            }
            case RETRYING -> {
                step.prepared(data);
                step.pause();
            }
            case WAITING -> step.await(data);
            case PREPARED -> {
                // The same attempt continues on another node.
                step.resumeAfter(attempt - 1);
                step.prepared(data);
            }
            case SKIPPED -> step.skip(order);
        }
    }

    /** What a wait for a signal has received: the signal of the number of its try. */
    private @Nullable Object received(Run run, Position position) {
        if (run.workflow().nodes().get(position.node()).task() instanceof Node.Task.Receive receive) {
            run.signals().receive(attempt);
            return Codec.read(output, receive.type(), "the signal '" + receive.signal() + "'");
        }
        return null;
    }

    private static Failure unknown() {
        return new Failure(FailureCode.UNEXPECTED_STATE, "the step failed");
    }
}
