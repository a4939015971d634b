package io.vinculum.run;

import com.fasterxml.jackson.databind.JavaType;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Step;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
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
        Optional<Duration> wake) {

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
        SKIPPED;

        public String shown() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static State of(String shown) {
            return valueOf(shown.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * Encodes a result.
     *
     * @throws Failure {@code INVALID_DATA} when its values are nothing that JSON can hold
     */
    public static StepRecord of(Run run, Position position, StepResult result) {
        String node = run.nameAt(position);
        String what = "what the step '" + node + "' answers";
        return new StepRecord(
                node,
                position.item(),
                result.undo(),
                result.state(),
                result.attempt(),
                result.order(),
                Codec.write(result.input(), "what the step '" + node + "' is given"),
                Codec.write(result.output(), what),
                // A compensation that gets the answer itself needs no second copy.
                result.undoData() == result.output() ? null : Codec.write(result.undoData(), what),
                error(result.error()),
                result.elapsed(),
                result.wake());
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
            case OK -> {
                Object answer = definition == null
                        ? null
                        : Codec.read(output, definition.output(), "the answer of '" + node + "'");
                step.done(
                        order,
                        answer,
                        data == null
                                        && definition != null
                                        && definition.output().equals(type)
                                ? answer
                                : data);
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

    private static Failure unknown() {
        return new Failure(FailureCode.UNEXPECTED_STATE, "the step failed");
    }
}
