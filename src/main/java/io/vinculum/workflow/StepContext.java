package io.vinculum.workflow;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the body of a step is told beside its input. */
public final class StepContext {
    private final String runId;
    private final String step;
    private final Position position;
    private final int attempt;
    private final boolean undoing;
    private @Nullable Object undoData;

    StepContext(String runId, String step, Position position, int attempt, boolean undoing) {
        this.runId = runId;
        this.step = step;
        this.position = position;
        this.attempt = attempt;
        this.undoing = undoing;
    }

    /** The run; the same for all its steps and their compensations. */
    public String runId() {
        return runId;
    }

    public String step() {
        return step;
    }

    /** Which try this is, from one. */
    public int attempt() {
        return attempt;
    }

    /** The same for every try of this step in this run, for one item of a list, forward or back. */
    public String idempotencyKey() {
        return runId + "/" + step + (position.item() < 0 ? "" : "/" + position.item()) + (undoing ? "/undo" : "");
    }

    /** Chooses what the compensation is given; without it, it is given what the body answers. */
    public void undoWith(Object data) {
        undoData = data;
    }

    Optional<Object> undoData() {
        return Optional.ofNullable(undoData);
    }
}
