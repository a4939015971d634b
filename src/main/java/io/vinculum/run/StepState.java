package io.vinculum.run;

import io.vinculum.flow.Coded;
import io.vinculum.flow.Node;
import io.vinculum.flow.Step;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The state of one step of a run, or of one item of a list. */
public final class StepState {
    private final Map<Status, Integer> counts;
    private Status status = Status.READY;
    private int attempts;
    private int undoAttempts;
    private int order;
    private int waits;
    private @Nullable Object input;
    private @Nullable String inputJson;
    private @Nullable Object output;
    private @Nullable Object undoData;

    public enum Status {
        /** To be started, or started again. */
        READY,
        RUNNING,
        /** Has ended; its result is being written to the ledger. */
        RECORDING,
        /** Failed, to be retried after the backoff. */
        PAUSED,
        /** For a time to come, or for an answer from outside. */
        WAITING,
        DONE,
        /** Skipped by a command. */
        SKIPPED,
        FAILED,
        UNDO_READY,
        UNDOING,
        UNDO_PAUSED,
        UNDONE,
        UNDO_FAILED
    }

    /** A state that keeps count of how many steps of the run are in each status. */
    StepState(Map<Status, Integer> counts) {
        this.counts = counts;
        counts.merge(status, 1, Integer::sum);
    }

    private void become(Status next) {
        counts.merge(status, -1, Integer::sum);
        status = next;
        counts.merge(status, 1, Integer::sum);
    }

    public boolean is(Status asked) {
        return status == asked;
    }

    public Status status() {
        return status;
    }

    public int attempts() {
        return attempts;
    }

    public int undoAttempts() {
        return undoAttempts;
    }

    /** How often it has waited; a timer knows by it whether its wait is still the last one. */
    public int waits() {
        return waits;
    }

    /** Its number in the order of completion, from one. */
    public int order() {
        return order;
    }

    @Nullable
    public Object input() {
        return input;
    }

    @Nullable
    public Object output() {
        return output;
    }

    @Nullable
    public Object undoData() {
        return undoData;
    }

    /** Continues after the attempts of an earlier owner. */
    void resumeAfter(int tries) {
        attempts = tries;
    }

    public void ready() {
        become(Status.READY);
    }

    public void start(@Nullable Object given) {
        become(Status.RUNNING);
        input = given;
        attempts++;
    }

    /** Receives the signal of a number, which stands for the number of a try. */
    public void receive(int signal) {
        become(Status.RUNNING);
        attempts = signal;
    }

    public void await(@Nullable Object forUndo) {
        become(Status.WAITING);
        waits++;
        undoData = forUndo;
    }

    /** Data that its body prepared before it continued. */
    public void prepared(@Nullable Object forUndo) {
        undoData = forUndo;
    }

    public void done(int number, @Nullable Object answered, @Nullable Object forUndo) {
        become(Status.DONE);
        order = number;
        output = answered;
        undoData = forUndo;
    }

    /** What it was given, once that is known. */
    public void given(Coded what) {
        input = what.value();
        inputJson = what.json();
    }

    /** The JSON of what it was given, once: with the first row that is written of it. */
    @Nullable
    public String takeInputJson() {
        String json = inputJson;
        inputJson = null;
        return json;
    }

    /** Takes {@link #done} or {@link #fail} back: a result counts only once it is written. */
    public void record() {
        become(Status.RECORDING);
    }

    public void skip(int number) {
        become(Status.SKIPPED);
        order = number;
    }

    public void pause() {
        become(Status.PAUSED);
    }

    /** Failed for good; with data of a part that was done, its compensation runs too. */
    public void fail(int number, @Nullable Object forUndo) {
        become(Status.FAILED);
        order = number;
        undoData = forUndo;
    }

    public void readyToUndo() {
        become(Status.UNDO_READY);
    }

    public void startUndo() {
        become(Status.UNDOING);
        undoAttempts++;
    }

    public void pauseUndo() {
        become(Status.UNDO_PAUSED);
    }

    public void undone() {
        become(Status.UNDONE);
    }

    public void failUndo() {
        become(Status.UNDO_FAILED);
    }

    /** Whether the successors of its node need not wait for it. */
    boolean isSettled(Node node) {
        Step<?, ?> step = node.step();
        return step == null ? status == Status.DONE || status == Status.SKIPPED : isSettled(step);
    }

    /** Whether its successors need not wait for it. */
    boolean isSettled(Step<?, ?> step) {
        return status == Status.DONE
                || status == Status.SKIPPED
                || (status == Status.FAILED && step.options().continueOnFailure());
    }
}
