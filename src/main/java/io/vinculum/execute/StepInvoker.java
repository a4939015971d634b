package io.vinculum.execute;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vinculum.flow.Step;
import io.vinculum.run.Decision;
import io.vinculum.run.Fenced;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.RunFailures;
import io.vinculum.run.RunState;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepResult;
import io.vinculum.run.StepState;
import io.vinculum.run.StepState.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts attempts of steps and handles their answers. */
final class StepInvoker {
    private final Context context;
    private final StepExecutor executor;
    private final Journal journal;
    private final ActiveRuns active;
    private final StepOutcomes outcomes;
    private final Waits waits;
    private final RunLoop loop;

    StepInvoker(
            Context context,
            StepExecutor executor,
            Journal journal,
            ActiveRuns active,
            StepOutcomes outcomes,
            Waits waits,
            RunLoop loop) {
        this.context = context;
        this.executor = executor;
        this.journal = journal;
        this.active = active;
        this.outcomes = outcomes;
        this.waits = waits;
        this.loop = loop;
    }

    void invoke(Run run, Decision.Invoke decision) {
        Position position = decision.position();
        Step<?, ?> step = decision.step();
        StepState state = run.stateAt(position);
        state.start(decision.input());
        run.markStarted();
        int number = state.attempts();
        long started = System.nanoTime();
        AttemptContext attempt = new AttemptContext(
                run, position, number, false, data -> keep(run, position, number, data, elapsed(started)));
        attempt.prepared(state.undoData());
        if (step.isTransactional(run.isDurable())) {
            inTransaction(run, position, step, attempt, started);
            return;
        }
        executor.attempt(run, attempt, step, () -> step.run(decision.input(), attempt))
                .onSuccess(output -> answered(run, position, step, attempt, output, elapsed(started)))
                .onFailure(cause -> failed(run, position, attempt, cause, elapsed(started)));
    }

    private static Duration elapsed(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /** Keeps what a body prepared, before it continues; called from the thread of the body. */
    private Future<Void> keep(Run run, Position position, int attempt, Object data, Duration elapsed) {
        return Turn.of(context, () -> {
            StepState state = run.stateAt(position);
            if (!active.has(run) || !isInFlight(state, attempt)) {
                return Future.failedFuture(RunFailures.ownerChanged());
            }
            Future<Void> kept = outcomes.record(
                    run, position, StepRecord.State.PREPARED, null, data, null, elapsed, Optional.empty());
            state.prepared(data);
            return kept.onFailure(cause -> active.lose(run, cause));
        });
    }

    private static boolean isInFlight(StepState state, int attempt) {
        return state.is(Status.RUNNING) && state.attempts() == attempt;
    }

    private void answered(
            Run run,
            Position position,
            Step<?, ?> step,
            AttemptContext attempt,
            @Nullable Object output,
            Duration elapsed) {
        // It may have been ended from outside meanwhile.
        if (!isInFlight(run.stateAt(position), attempt.attempt())) {
            return;
        }
        Object undoData = attempt.undoData().orElse(null);
        if (!step.isAsync()) {
            outcomes.done(run, position, output, undoData == null ? output : undoData, elapsed);
        } else if (run.state() == RunState.INVOKING) {
            waits.await(run, position, step.options().timeout(), undoData, elapsed);
        } else {
            // A run that compensates does not wait for answers from outside.
            outcomes.fail(run, position, run.error().orElseGet(RunFailures::cancelled), undoData, elapsed);
        }
    }

    /** Runs a body in the transaction that writes its result; whether it counts is known when that has ended. */
    private void inTransaction(Run run, Position position, Step<?, ?> step, AttemptContext attempt, long started) {
        StepState state = run.stateAt(position);
        int order = run.nextOrder();
        journal.inTransaction(
                        run,
                        position,
                        session -> step.run(state.input(), session, attempt)
                                .timeout(step.options().timeout().toMillis(), TimeUnit.MILLISECONDS)
                                .map(output -> result(state, attempt, order, output, elapsed(started))))
                .onComplete(result -> context.runOnContext(now -> {
                    if (!active.has(run)) {
                        return;
                    }
                    if (result.succeeded()) {
                        state.done(
                                order, result.result().output(), result.result().undoData());
                        loop.advance(run);
                    } else if (result.cause() instanceof Fenced) {
                        active.lose(run, result.cause());
                    } else {
                        failed(run, position, attempt, result.cause(), elapsed(started));
                    }
                }));
    }

    private static StepResult result(
            StepState state, AttemptContext attempt, int order, @Nullable Object output, Duration elapsed) {
        return new StepResult(
                false,
                StepRecord.State.OK,
                attempt.attempt(),
                order,
                state.input(),
                output,
                attempt.undoData().orElse(output),
                null,
                elapsed,
                Optional.empty());
    }

    private void failed(Run run, Position position, AttemptContext attempt, Throwable cause, Duration elapsed) {
        Step<?, ?> step = run.stepAt(position);
        if (step != null && isInFlight(run.stateAt(position), attempt.attempt())) {
            outcomes.retryOrFail(run, position, step, cause, attempt.undoData(), elapsed);
        }
    }
}
