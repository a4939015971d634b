package io.vinculum.execute;

import io.vertx.core.Future;
import io.vinculum.failure.Failure;
import io.vinculum.flow.StepContext;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.StepKey;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The context of one attempt: names it, and keeps the data that its body chooses for the compensation. */
final class AttemptContext implements StepContext {
    private final Run run;
    private final Position position;
    private final int attempt;
    private final boolean compensating;
    private final Keeper keeper;
    private volatile Runnable beat = () -> {};
    private volatile @Nullable Object undoData;

    /** Keeps what a body prepared before the body continues. */
    @FunctionalInterface
    interface Keeper {
        Future<Void> keep(Object data);
    }

    AttemptContext(Run run, Position position, int attempt, boolean compensating, Keeper keeper) {
        this.run = run;
        this.position = position;
        this.attempt = attempt;
        this.compensating = compensating;
        this.keeper = keeper;
    }

    @Override
    public String runId() {
        return run.id();
    }

    @Override
    public String step() {
        return run.nameAt(position);
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public String idempotencyKey() {
        return run.id() + "/" + step() + (position.item() < 0 ? "" : "/" + position.item())
                + (compensating ? "/undo" : "");
    }

    @Override
    public String key() {
        return StepKey.of(run, position, attempt).toString();
    }

    @Override
    public void heartbeat() {
        beat.run();
    }

    @Override
    public void undoWith(Object data) {
        undoData = data;
    }

    @Override
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
