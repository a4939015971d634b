package io.vinculum.workflow;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of one place of a run. */
final class StepState {
    private final Map<State, Integer> counts;
    private State state = State.READY;
    private int attempts;
    private int undoAttempts;
    private int order;
    private int waits;
    private @Nullable Object input;
    private @Nullable Object output;
    private @Nullable Object undoData;

    enum State {
        /** To be begun, or begun again. */
        READY,
        RUNNING,
        /** Has ended, and what came of it is being written down. */
        RECORDING,
        /** Failed, and to be tried again after a pause. */
        PAUSED,
        /** For a time to come, or for an answer from outside. */
        WAITING,
        DONE,
        /** Somebody decided that it need not be done. */
        SKIPPED,
        FAILED,
        UNDO_READY,
        UNDOING,
        UNDO_PAUSED,
        UNDONE,
        UNDO_FAILED
    }

    /** An entry that keeps count of how many are in each state. */
    StepState(Map<State, Integer> counts) {
        this.counts = counts;
        counts.merge(state, 1, Integer::sum);
    }

    private void become(State next) {
        counts.merge(state, -1, Integer::sum);
        state = next;
        counts.merge(state, 1, Integer::sum);
    }

    boolean is(State asked) {
        return state == asked;
    }

    State state() {
        return state;
    }

    int attempts() {
        return attempts;
    }

    int undoAttempts() {
        return undoAttempts;
    }

    /** How often it has waited; a timer knows by it whether its wait is still the last one. */
    int waits() {
        return waits;
    }

    /** Its place in the order of completion, from one. */
    int order() {
        return order;
    }

    @Nullable
    Object input() {
        return input;
    }

    @Nullable
    Object output() {
        return output;
    }

    @Nullable
    Object undoData() {
        return undoData;
    }

    /** How often another owner has tried. */
    void resumeAfter(int tries) {
        attempts = tries;
    }

    void ready() {
        become(State.READY);
    }

    void begin(@Nullable Object given) {
        become(State.RUNNING);
        input = given;
        attempts++;
    }

    void await(@Nullable Object forUndo) {
        become(State.WAITING);
        waits++;
        undoData = forUndo;
    }

    /** What its body made before it went on. */
    void prepared(@Nullable Object forUndo) {
        undoData = forUndo;
    }

    void done(int place, @Nullable Object answered, @Nullable Object forUndo) {
        become(State.DONE);
        order = place;
        output = answered;
        undoData = forUndo;
    }

    /** Takes {@link #done} or {@link #fail} back: it does not count before it is written down. */
    void record() {
        become(State.RECORDING);
    }

    void skip(int place) {
        become(State.SKIPPED);
        order = place;
    }

    void pause() {
        become(State.PAUSED);
    }

    /** Failed for good; data of a part that was done makes its undo run too. */
    void fail(int place, @Nullable Object forUndo) {
        become(State.FAILED);
        order = place;
        undoData = forUndo;
    }

    void readyToUndo() {
        become(State.UNDO_READY);
    }

    void beginUndo() {
        become(State.UNDOING);
        undoAttempts++;
    }

    void pauseUndo() {
        become(State.UNDO_PAUSED);
    }

    void undone() {
        become(State.UNDONE);
    }

    void failUndo() {
        become(State.UNDO_FAILED);
    }

    /** Whether what follows need not wait for it. */
    boolean isSettled(Step<?, ?> step) {
        return state == State.DONE
                || state == State.SKIPPED
                || (state == State.FAILED && step.options().continueOnFailure());
    }
}
