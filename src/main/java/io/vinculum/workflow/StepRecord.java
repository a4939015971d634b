package io.vinculum.workflow;

import com.fasterxml.jackson.databind.JavaType;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is written down of one place of a run, forward or back; values as JSON text.
 *
 * @param item which element of a list, -1 where there is none
 * @param undo whether it is about the place's compensation
 * @param attempt which try
 * @param place its place in the order of completion
 * @param elapsed how long the try has taken
 * @param wake how long until it goes on by itself; empty where it does not
 */
record StepRecord(
        String node,
        int item,
        boolean undo,
        State state,
        int attempt,
        int place,
        @Nullable String input,
        @Nullable String output,
        @Nullable String undoData,
        @Nullable String error,
        Duration elapsed,
        Optional<Duration> wake) {

    /** What a row says. */
    enum State {
        OK,
        FAILED,
        /** Failed, and tried again after a pause. */
        RETRYING,
        /** For a time to come, or for an answer from outside. */
        WAITING,
        /** Under way, with data that its body prepared. */
        PREPARED,
        SKIPPED;

        String shown() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String shown) {
            return valueOf(shown.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * Writes a result down.
     *
     * @throws Failure {@code INVALID_DATA} when its values are nothing that JSON can hold
     */
    static StepRecord of(Run run, Position position, Journal.Result result) {
        String node = run.nameAt(position);
        String what = "what the step '" + node + "' answers";
        return new StepRecord(
                node,
                position.item(),
                result.undo(),
                result.state(),
                result.attempt(),
                result.place(),
                Codec.write(result.input(), "what the step '" + node + "' is given"),
                Codec.write(result.output(), what),
                // What is undone with what was answered is kept once.
                result.undoData() == result.output() ? null : Codec.write(result.undoData(), what),
                error(result.error()),
                result.elapsed(),
                result.wake());
    }

    @Nullable
    static String error(@Nullable Failure error) {
        return error == null ? null : json(error).encode();
    }

    static JsonObject json(Failure failure) {
        return new JsonObject().put("code", failure.code().name()).put("message", failure.getMessage());
    }

    static Failure failure(String json) {
        JsonObject error = new JsonObject(json);
        return new Failure(FailureCode.valueOf(error.getString("code")), error.getString("message"));
    }

    /**
     * Puts it back into a run.
     *
     * @throws Failure {@code UNEXPECTED_STATE} when the run's workflow has no place for it
     */
    void restore(Run run) {
        Position position = run.position(node, item)
                .orElseThrow(() -> new Failure(
                        FailureCode.UNEXPECTED_STATE,
                        run.workflow().name() + " has no step '" + node + "' any more, which this run has done"));
        StepState entry = run.entryAt(position);
        run.resumeAfter(place);
        if (undo) {
            if (state == State.OK) {
                entry.undone();
            } else if (state == State.FAILED) {
                entry.failUndo();
            }
            return;
        }
        entry.resumeAfter(attempt);
        restoreForward(run, position, entry);
    }

    private void restoreForward(Run run, Position position, StepState entry) {
        Step<?, ?> step = run.stepAt(position);
        JavaType type =
                step == null ? null : step.undo().map(Step.Compensation::data).orElse(null);
        Object data = type == null ? null : Codec.read(undoData, type, "the undo data of '" + node + "'");
        switch (state) {
            case OK -> {
                Object answer = step == null ? null : Codec.read(output, step.output(), "the answer of '" + node + "'");
                entry.done(
                        place,
                        answer,
                        data == null && step != null && step.output().equals(type) ? answer : data);
            }
            case FAILED -> {
                entry.fail(place, data);
                if (step == null || !step.options().continueOnFailure()) {
                    run.turnRound(error == null ? unknown() : failure(error));
                }
            }
            case RETRYING -> {
                entry.prepared(data);
                entry.pause();
            }
            case WAITING -> entry.await(data);
            case PREPARED -> {
                // The same try goes on, on another node.
                entry.resumeAfter(attempt - 1);
                entry.prepared(data);
            }
            case SKIPPED -> entry.skip(place);
        }
    }

    private static Failure unknown() {
        return new Failure(FailureCode.UNEXPECTED_STATE, "the step failed");
    }
}
