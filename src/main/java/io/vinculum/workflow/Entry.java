package io.vinculum.workflow;

import org.jspecify.annotations.Nullable;

/** What is known of one place of a run. */
final class Entry {
    private State state = State.RUNNING;
    private int attempts;
    private int undoAttempts;
    private int order;
    private @Nullable Object output;
    private @Nullable Object undoData;

    enum State {
        RUNNING,
        /** Failed, and to be tried again after a pause. */
        PAUSED,
        DONE,
        FAILED,
        UNDOING,
        UNDO_PAUSED,
        UNDONE,
        UNDO_FAILED
    }

    boolean is(State asked) {
        return state == asked;
    }

    int attempts() {
        return attempts;
    }

    int undoAttempts() {
        return undoAttempts;
    }

    /** Its place in the order of completion, from one. */
    int order() {
        return order;
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

    void begin() {
        state = State.RUNNING;
        attempts++;
    }

    void done(int place, @Nullable Object answered, @Nullable Object forUndo) {
        state = State.DONE;
        order = place;
        output = answered;
        undoData = forUndo;
    }

    /** Takes {@link #done} back: it does not count yet. */
    void reopen() {
        state = State.RUNNING;
    }

    void pause() {
        state = State.PAUSED;
    }

    /** Failed for good; data of a part that was done makes its undo run too. */
    void fail(int place, @Nullable Object forUndo) {
        state = State.FAILED;
        order = place;
        undoData = forUndo;
    }

    void beginUndo() {
        state = State.UNDOING;
        undoAttempts++;
    }

    void pauseUndo() {
        state = State.UNDO_PAUSED;
    }

    void undone() {
        state = State.UNDONE;
    }

    void failUndo() {
        state = State.UNDO_FAILED;
    }
}
