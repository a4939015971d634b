package io.vinculum.execute;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Coded;
import io.vinculum.flow.Step;
import io.vinculum.flow.Value;
import io.vinculum.run.Decision;
import io.vinculum.run.Evaluation;
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
        state.given(new Coded(decision.input(), null));
        run.markStarted();
        int number = state.attempts();
        long started = System.nanoTime();
        AttemptContext attempt = new AttemptContext(
                run, position, number, false, (context, data) -> keep(run, position, context, data, elapsed(started)));
        attempt.prepared(state.undoData());
        if (step.isTransactional(run.isDurable())) {
            input(run, decision)
                    .onSuccess(input -> {
                        state.given(input);
                        inTransaction(run, position, step, attempt, started);
                    })
                    .onFailure(cause -> failed(run, position, attempt, cause, elapsed(started)));
            return;
        }
        executor.attempt(run, attempt, step, body(run, decision, attempt))
                .onSuccess(answer -> answered(run, position, step, attempt, (StepBody.Answer) answer, elapsed(started)))
                .onFailure(cause -> failed(run, position, attempt, cause, elapsed(started)));
    }

    /** The input of a transactional step, and its JSON. */
    private Future<Coded> input(Run run, Decision.Invoke decision) {
        Value<?> given = decision.given();
        if (given == null) {
            return Future.succeededFuture(decision.input())
                    .map(input -> new Coded(input, Codec.write(input, "what a step is given")));
        }
        Evaluation evaluation = run.evaluation();
        return executor.evaluate(
                        run, attempt -> Codec.written(StepBody.given(evaluation, given), "what a step is given"))
                .map(Coded.class::cast);
    }

    private static StepBody body(Run run, Decision.Invoke decision, AttemptContext attempt) {
        int node = decision.position().node();
        boolean leads = run.state() == RunState.INVOKING
                && decision.position().item() < 0
                && run.workflow().leadsToFunctions(node);
        Value<?> given = decision.given();
        return new StepBody(
                decision.step(),
                attempt,
                given,
                decision.input(),
                leads || given != null ? run.evaluation() : null,
                leads ? node : -1);
    }

    private static Duration elapsed(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /** Keeps what a body prepared, before it continues; called from the thread of the body. */
    private Future<Void> keep(Run run, Position position, AttemptContext attempt, Coded data, Duration elapsed) {
        return Turn.of(context, () -> {
            StepState state = run.stateAt(position);
            if (!active.has(run) || !isInFlight(state, attempt.attempt())) {
                return Future.failedFuture(RunFailures.ownerChanged());
            }
            state.given(attempt.input());
            Future<Void> kept =
                    outcomes.record(run, position, StepRecord.State.PREPARED, data, null, elapsed, Optional.empty());
            state.prepared(data.value());
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
            StepBody.Answer answer,
            Duration elapsed) {
        StepState state = run.stateAt(position);
        // A command from outside may have ended the step while its body ran.
        if (!isInFlight(state, attempt.attempt())) {
            return;
        }
        state.given(attempt.input());
        if (!step.isAsync()) {
            outcomes.done(run, position, answer.output(), answer.undoData(), elapsed, answer.evaluated());
        } else if (run.state() == RunState.INVOKING) {
            waits.await(run, position, step.options().timeout(), answer.undoData(), elapsed);
        } else {
            // A run that compensates does not wait for answers from outside.
            outcomes.fail(run, position, run.error().orElseGet(RunFailures::cancelled), answer.undoData(), elapsed);
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
                                .map(output -> result(state, step, attempt, order, output, elapsed(started))))
                .onComplete(result -> context.runOnContext(now -> {
                    if (!active.has(run)) {
                        return;
                    }
                    if (result.succeeded()) {
                        state.done(
                                order,
                                result.result().output().value(),
                                result.result().undoData().value());
                        loop.advance(run);
                    } else if (result.cause() instanceof Fenced) {
                        active.lose(run, result.cause());
                    } else {
                        failed(run, position, attempt, result.cause(), elapsed(started));
                    }
                }));
    }

    private static StepResult result(
            StepState state,
            Step<?, ?> step,
            AttemptContext attempt,
            int order,
            @Nullable Object output,
            Duration elapsed) {
        Coded answer = Codec.coded(output, step.output(), "what the step '" + attempt.step() + "' answers");
        Coded undoData = attempt.codedUndoData();
        boolean answerUndoes = undoData.value() == null && step.undoesWithAnswer();
        return new StepResult(
                false,
                StepRecord.State.OK,
                attempt.attempt(),
                order,
                state.takeInputJson(),
                answer,
                answerUndoes ? new Coded(answer.value(), null) : undoData,
                null,
                elapsed,
                Optional.empty(),
                null);
    }

    private void failed(Run run, Position position, AttemptContext attempt, Throwable cause, Duration elapsed) {
        Step<?, ?> step = run.stepAt(position);
        StepState state = run.stateAt(position);
        if (step == null || !isInFlight(state, attempt.attempt())) {
            return;
        }
        if (cause instanceof StepBody.FunctionFailed function) {
            // The step was not begun, so there is nothing to compensate.
            state.fail(run.nextOrder(), null);
            loop.compensate(run, StepFailures.visible(function.reason()));
            return;
        }
        state.given(attempt.input());
        outcomes.retryOrFail(run, position, step, cause, attempt.undoData(), elapsed);
    }
}
