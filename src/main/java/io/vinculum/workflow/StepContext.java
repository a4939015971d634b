package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vinculum.failure.Failure;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What the body of a step is told beside its input. */
public final class StepContext {
    private final Run run;
    private final Position position;
    private final int attempt;
    private final boolean undoing;
    private final Keeper keeper;
    private volatile Runnable beat = () -> {};
    private volatile @Nullable Object undoData;

    /** Keeps what a body prepared before the body goes on. */
    @FunctionalInterface
    interface Keeper {
        Future<Void> keep(Object data);
    }

    StepContext(Run run, Position position, int attempt, boolean undoing, Keeper keeper) {
        this.run = run;
        this.position = position;
        this.attempt = attempt;
        this.undoing = undoing;
        this.keeper = keeper;
    }

    /** The run; the same for all its steps and their compensations. */
    public String runId() {
        return run.id();
    }

    public String step() {
        return run.nameAt(position);
    }

    /** Which try this is, from one. */
    public int attempt() {
        return attempt;
    }

    /** The same for every try of this step in this run, for one item of a list, forward or back. */
    public String idempotencyKey() {
        return run.id() + "/" + step() + (position.item() < 0 ? "" : "/" + position.item()) + (undoing ? "/undo" : "");
    }

    /** With what somebody else ends an asynchronous step; good for this try only. */
    public String key() {
        return StepKey.of(run, position, attempt).toString();
    }

    /** Says that a long body is alive: its time-out begins anew. */
    public void heartbeat() {
        beat.run();
    }

    /** Chooses what the compensation is given; without it, it is given what the body answers. */
    public void undoWith(Object data) {
        undoData = data;
    }

    /**
     * Makes something at the first try, and answers the same at every further one, on whatever node: it is kept before
     * the body goes on. The compensation is given it, even if the body fails or dies behind it. Blocks.
     */
    public <T> T prepare(Class<T> type, Callable<T> made) {
        Object known = undoData;
        if (known != null) {
            return type.cast(known);
        }
        T data;
        try {
            data = made.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw Failure.of(e);
        }
        undoData = data;
        keeper.keep(data).await();
        return data;
    }

    /** What was prepared at an earlier try. */
    void prepared(@Nullable Object data) {
        undoData = data;
    }

    void onHeartbeat(Runnable renewed) {
        beat = renewed;
    }

    Optional<Object> undoData() {
        return Optional.ofNullable(undoData);
    }
}
