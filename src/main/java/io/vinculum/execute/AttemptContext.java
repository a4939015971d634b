package io.vinculum.execute;

import com.fasterxml.jackson.databind.JavaType;
import io.vertx.core.Future;
import io.vinculum.failure.Failure;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Coded;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.StepKey;
import java.util.Objects;
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
    private final Optional<JavaType> dataType;
    private volatile Coded input = Coded.NONE;
    private volatile Coded undoData = Coded.NONE;

    /** Keeps what a body prepared before the body continues. */
    @FunctionalInterface
    interface Keeper {
        Future<Void> keep(AttemptContext context, Coded data);
    }

    AttemptContext(Run run, Position position, int attempt, boolean compensating, Keeper keeper) {
        this.run = run;
        this.position = position;
        this.attempt = attempt;
        this.compensating = compensating;
        this.keeper = keeper;
        Step<?, ?> step = run.stepAt(position);
        this.dataType = step == null ? Optional.empty() : step.undo().map(Step.Compensation::data);
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
        try {
            undoData = coded(data, data.getClass());
        } catch (Failure unkept) {
            undoData = new Coded(data, null);
        }
    }

    private Coded coded(Object data, Class<?> type) {
        return Codec.coded(
                data, dataType.orElseGet(() -> Codec.type(type)), "what the step '" + step() + "' is undone with");
    }

    @Override
    public <T> T prepare(Class<T> type, Callable<T> made) {
        Object known = undoData.value();
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
        Coded coded = Codec.coded(data, Codec.type(type), "what the step '" + step() + "' prepared");
        undoData = coded;
        keeper.keep(this, coded).await();
        return type.cast(Objects.requireNonNull(coded.value()));
    }

    /** What was prepared at an earlier try. */
    void prepared(@Nullable Object data) {
        undoData = new Coded(data, null);
    }

    /** Codes what the body is given, before it begins. */
    void given(@Nullable Object value) {
        input = new Coded(value, Codec.write(value, "what the step '" + step() + "' is given"));
    }

    Coded input() {
        return input;
    }

    void onHeartbeat(Runnable renewed) {
        beat = renewed;
    }

    /** What its body chose for the compensation, where JSON can hold it with its JSON. */
    Coded undoData() {
        try {
            return codedUndoData();
        } catch (Failure unkept) {
            return undoData;
        }
    }

    /**
     * The same with its JSON.
     *
     * @throws Failure {@code INVALID_DATA} when JSON cannot hold it
     */
    Coded codedUndoData() {
        Object data = undoData.value();
        return data == null || !undoData.isLost() ? undoData : coded(data, data.getClass());
    }
}
