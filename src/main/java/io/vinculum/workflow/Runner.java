package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs workflows: does what {@link Decision} says, and writes what came of it into a {@link Journal} before it goes on.
 * Each run is looked after by one event loop, so a run needs no lock; bodies run beside it. All methods are to be called
 * on that event loop.
 */
final class Runner {
    private final Context context;
    private final Journal journal;
    private final BiConsumer<Run, RunState> told;
    private final ActiveRuns active = new ActiveRuns();
    private final StepExecutor bodies;
    private final Compensator undoing;

    /** A runner that tells of each state of a run once it is written down. */
    Runner(Vertx vertx, Context context, Timers timers, Journal journal, BiConsumer<Run, RunState> told) {
        this.context = context;
        this.journal = journal;
        this.told = told;
        this.bodies = new StepExecutor(vertx, context, timers, active);
        this.undoing = new Compensator(bodies, journal, active, this::advance);
    }

    /** The runs that it looks after. */
    ActiveRuns active() {
        return active;
    }

    /** Begins a run, or goes on with one; answers it when it has ended. Its id must not be under way. */
    Future<Run> drive(Run run) {
        Future<Run> ended = active.add(run);
        begin(run);
        return ended;
    }

    /** Begins a run that was admitted. */
    void begin(Run run) {
        run.admit();
        run.workflow().options().timeout().ifPresent(most -> {
            Duration left = most.minus(run.start().age());
            bodies.later(run, left.isNegative() ? Duration.ZERO : left, () -> expire(run, most));
        });
        if (!run.resumed()) {
            told.accept(run, run.state());
        }
        inDoubt(run).stream()
                .map(Decision.Invoke.class::cast)
                .filter(invoke -> run.entryAt(invoke.position()).undoData() == null)
                .forEach(invoke -> invoke(run, invoke));
        advance(run);
    }

    private static List<Decision> inDoubt(Run run) {
        try {
            return Decision.inDoubt(run);
        } catch (RuntimeException thrown) {
            // A condition or transform that throws cannot have begun what is behind it.
            return List.of();
        }
    }

    /** Lets what waits in a run that was taken over wait for what is left. */
    void waitOn(Run run, Position position, Duration left) {
        StepState entry = run.entryAt(position);
        if (entry.is(StepState.State.PAUSED)) {
            bodies.later(run, left, () -> beginAgain(run, position));
        } else if (entry.is(StepState.State.WAITING)) {
            int wait = entry.waits();
            bodies.later(run, left, () -> wake(run, position, wait));
        }
    }

    private void expire(Run run, Duration most) {
        if (run.state() == RunState.INVOKING) {
            turnRound(run, new Failure(FailureCode.TIMEOUT, "the run took longer than " + most));
        }
    }

    /** Turns a run round: what it did is undone. Answers it when it has ended. */
    Future<Run> cancel(Run run) {
        boolean inDoubt = run.isParked();
        run.pause(false);
        if (run.state() == RunState.INVOKING) {
            if (inDoubt) {
                // Done once more, under the same keys, so that it can be undone.
                invocations(run).forEach(invoke -> invoke(run, invoke));
            }
            turnRound(run, cancelled());
        } else {
            advance(run);
        }
        return active.end(run);
    }

    private static List<Decision.Invoke> invocations(Run run) {
        try {
            return Decision.next(run).stream()
                    .filter(Decision.Invoke.class::isInstance)
                    .map(Decision.Invoke.class::cast)
                    .toList();
        } catch (RuntimeException thrown) {
            // A condition or transform that throws cannot have begun what is behind it.
            return List.of();
        }
    }

    static Failure cancelled() {
        return new Failure(FailureCode.CONFLICT, "the run was cancelled");
    }

    private void turnRound(Run run, Failure cause) {
        run.turnRound(cause);
        active.whenWritten(run, journal.changed(run, RunState.COMPENSATING), () -> {
            told.accept(run, RunState.COMPENSATING);
            advance(run);
        });
    }

    /** Undoes a run that has ended, or what could not be undone of it. Answers it when it has ended again. */
    Future<Run> undo(Run run) {
        Future<Run> ended = active.add(run);
        told.accept(run, RunState.COMPENSATING);
        advance(run);
        return ended;
    }

    /** Writes down that a run is stuck. */
    Future<Void> park(Run run) {
        return changed(run, RunState.STUCK);
    }

    /** Begins nothing more of a run until {@link #resume}; what is under way is waited for and kept. */
    Future<Void> pause(Run run) {
        run.pause(true);
        return changed(run, RunState.PAUSED);
    }

    Future<Void> resume(Run run) {
        run.pause(false);
        return changed(run, run.state()).onSuccess(written -> advance(run));
    }

    private Future<Void> changed(Run run, RunState state) {
        Promise<Void> done = Promise.promise();
        Future<Void> writing = journal.changed(run, state);
        active.whenWritten(run, writing, () -> {
            told.accept(run, state);
            active.tellWhoWaits(run);
            done.complete();
        });
        writing.onFailure(done::tryFail).onSuccess(written -> done.tryComplete());
        return done.future();
    }

    /** Forgets runs that are not this node's any more. */
    void drop(Predicate<Run> which) {
        active.all().stream().filter(which).forEach(run -> active.lose(run, new Ledger.Fenced()));
    }

    private void advance(Run run) {
        if (run.state() == RunState.INVOKING && !run.isAdmitted()) {
            return;
        }
        decide(run).forEach(decision -> carryOut(run, decision));
        active.tellWhoWaits(run);
    }

    private void carryOut(Run run, Decision decision) {
        if (decision instanceof Decision.Invoke invoke) {
            invoke(run, invoke);
        } else if (decision instanceof Decision.Sleep sleep) {
            sleep(run, sleep);
        } else if (decision instanceof Decision.Undo undo) {
            undoing.undo(run, undo.position(), undo.step());
        } else if (decision instanceof Decision.End end) {
            end(run, end.state());
        }
    }

    /** Conditions and transforms are code of the workflow's author; what they throw turns the run round. */
    private List<Decision> decide(Run run) {
        try {
            return Decision.next(run);
        } catch (RuntimeException thrown) {
            turnRound(run, StepExecutor.shown(thrown));
            return List.of();
        }
    }

    private void end(Run run, RunState state) {
        Future<Void> writing;
        try {
            writing = journal.changed(run, state);
        } catch (RuntimeException thrown) {
            turnRound(run, StepExecutor.shown(thrown));
            return;
        }
        run.end(state);
        active.whenWritten(run, writing, () -> complete(run));
    }

    private void complete(Run run) {
        if (active.has(run)) {
            told.accept(run, run.state());
            active.complete(run);
        }
    }

    private void sleep(Run run, Decision.Sleep sleep) {
        StepState entry = run.entryAt(sleep.position());
        entry.begin(null);
        waits(run, sleep.position(), sleep.duration(), null, Duration.ZERO);
    }

    private void invoke(Run run, Decision.Invoke decision) {
        Position position = decision.position();
        Step<?, ?> step = decision.step();
        StepState entry = run.entryAt(position);
        entry.begin(decision.input());
        run.begin();
        int attempt = entry.attempts();
        long started = System.nanoTime();
        StepContext context = new StepContext(
                run, position, attempt, false, data -> keep(run, position, attempt, data, elapsed(started)));
        context.prepared(entry.undoData());
        if (step.isTransactional()) {
            within(run, position, step, context, started);
            return;
        }
        bodies.attempt(run, context, step, () -> step.run(decision.input(), context))
                .onSuccess(output -> answered(run, position, step, context, output, elapsed(started)))
                .onFailure(cause -> failed(run, position, context, cause, elapsed(started)));
    }

    private static Duration elapsed(long since) {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /** What a body prepared, before it goes on; called from its thread. */
    private Future<Void> keep(Run run, Position position, int attempt, Object data, Duration elapsed) {
        return Turn.of(context, () -> {
            StepState entry = run.entryAt(position);
            if (!active.has(run) || !isTrying(entry, attempt)) {
                return Future.failedFuture(ActiveRuns.lost());
            }
            Future<Void> kept =
                    record(run, position, StepRecord.State.PREPARED, null, data, null, elapsed, Optional.empty());
            entry.prepared(data);
            return kept.onFailure(cause -> active.lose(run, cause));
        });
    }

    private static boolean isTrying(StepState entry, int attempt) {
        return entry.is(StepState.State.RUNNING) && entry.attempts() == attempt;
    }

    private void answered(
            Run run,
            Position position,
            Step<?, ?> step,
            StepContext context,
            @Nullable Object output,
            Duration elapsed) {
        // It may have been ended from outside meanwhile.
        if (!isTrying(run.entryAt(position), context.attempt())) {
            return;
        }
        Object undoData = context.undoData().orElse(null);
        if (!step.isAsync()) {
            done(run, position, output, undoData == null ? output : undoData, elapsed);
        } else if (run.state() == RunState.INVOKING) {
            waits(run, position, step.options().timeout(), undoData, elapsed);
        } else {
            // Nobody waits for the answer of a run that turned round.
            fail(run, position, run.error().orElseGet(Runner::cancelled), undoData, elapsed);
        }
    }

    /** Work in the transaction that records its result; whether it counts is known when it has ended. */
    private void within(Run run, Position position, Step<?, ?> step, StepContext told, long started) {
        StepState entry = run.entryAt(position);
        int place = run.nextPlace();
        journal.within(
                        run,
                        position,
                        session -> step.run(entry.input(), session, told)
                                .timeout(step.options().timeout().toMillis(), TimeUnit.MILLISECONDS)
                                .map(output -> new Journal.Result(
                                        false,
                                        StepRecord.State.OK,
                                        told.attempt(),
                                        place,
                                        entry.input(),
                                        output,
                                        told.undoData().orElse(output),
                                        null,
                                        elapsed(started),
                                        Optional.empty())))
                .onComplete(result -> context.runOnContext(now -> {
                    if (!active.has(run)) {
                        return;
                    }
                    if (result.succeeded()) {
                        entry.done(
                                place, result.result().output(), result.result().undoData());
                        advance(run);
                    } else if (result.cause() instanceof Ledger.Fenced) {
                        active.lose(run, result.cause());
                    } else {
                        failed(run, position, told, result.cause(), elapsed(started));
                    }
                }));
    }

    /** Waits for a time to come, or for an answer from outside, at most so long. */
    private void waits(Run run, Position position, Duration most, @Nullable Object undoData, Duration elapsed) {
        StepState entry = run.entryAt(position);
        entry.await(undoData);
        int wait = entry.waits();
        Future<Void> writing;
        try {
            writing = record(run, position, StepRecord.State.WAITING, null, undoData, null, elapsed, Optional.of(most));
        } catch (Failure unkeepable) {
            fail(run, position, unkeepable, null, elapsed);
            return;
        }
        active.whenWritten(run, writing, () -> {
            bodies.later(run, most, () -> wake(run, position, wait));
            if (entry.is(StepState.State.WAITING)) {
                told.accept(run, run.shownState());
            }
            active.tellWhoWaits(run);
        });
    }

    /** The time has come: a sleep is over, somebody outside has not answered. */
    private void wake(Run run, Position position, int wait) {
        StepState entry = run.entryAt(position);
        if (!entry.is(StepState.State.WAITING) || entry.waits() != wait) {
            return;
        }
        Step<?, ?> step = run.stepAt(position);
        if (step == null) {
            done(run, position, null, null, Duration.ZERO);
        } else {
            Failure late = new Failure(
                    FailureCode.TIMEOUT,
                    "the step '" + run.nameAt(position) + "' was not ended within "
                            + step.options().timeout());
            tryAgainOrFail(run, position, step, late, Optional.ofNullable(entry.undoData()), Duration.ZERO);
        }
    }

    /**
     * Ends a step that somebody outside ends.
     *
     * @return when it is written down
     */
    Future<Void> succeed(Run run, Position position, @Nullable Object output) {
        StepState entry = run.entryAt(position);
        return done(run, position, output, entry.undoData() == null ? output : entry.undoData(), Duration.ZERO);
    }

    /** Ends a step that somebody outside has failed at. */
    Future<Void> fail(Run run, Position position, Throwable cause) {
        StepState entry = run.entryAt(position);
        Step<?, ?> step = run.stepAt(position);
        return step == null
                ? Future.succeededFuture()
                : tryAgainOrFail(run, position, step, cause, Optional.ofNullable(entry.undoData()), Duration.ZERO);
    }

    /** Lets the time of a step that somebody outside ends begin anew. */
    Future<Void> renew(Run run, Position position) {
        StepState entry = run.entryAt(position);
        Step<?, ?> step = run.stepAt(position);
        if (step != null && entry.is(StepState.State.WAITING)) {
            waits(run, position, step.options().timeout(), entry.undoData(), Duration.ZERO);
        }
        return Future.succeededFuture();
    }

    /** Decides that a step need not be done. */
    Future<Void> skip(Run run, Position position) {
        StepState entry = run.entryAt(position);
        entry.skip(run.nextPlace());
        Future<Void> writing =
                record(run, position, StepRecord.State.SKIPPED, null, null, null, Duration.ZERO, Optional.empty());
        active.whenWritten(run, writing, () -> advance(run));
        return writing;
    }

    private Future<Void> record(
            Run run,
            Position position,
            StepRecord.State state,
            @Nullable Object output,
            @Nullable Object undoData,
            @Nullable Failure error,
            Duration elapsed,
            Optional<Duration> wake) {
        StepState entry = run.entryAt(position);
        return journal.recorded(
                run,
                position,
                new Journal.Result(
                        false,
                        state,
                        entry.attempts(),
                        entry.order(),
                        entry.input(),
                        output,
                        undoData,
                        error,
                        elapsed,
                        wake));
    }

    /** A result counts once it is written: what follows a step must never have seen another one. */
    private Future<Void> done(
            Run run, Position position, @Nullable Object output, @Nullable Object undoData, Duration elapsed) {
        StepState entry = run.entryAt(position);
        entry.done(run.nextPlace(), output, undoData);
        Future<Void> writing;
        try {
            writing = record(run, position, StepRecord.State.OK, output, undoData, null, elapsed, Optional.empty());
        } catch (Failure unkeepable) {
            return fail(run, position, unkeepable, undoData == output ? null : undoData, elapsed);
        }
        if (isAtItsEnd(run)) {
            endWith(run, writing);
            return writing;
        }
        entry.record();
        int place = entry.order();
        active.whenWritten(run, writing, () -> {
            entry.done(place, output, undoData);
            advance(run);
        });
        return writing;
    }

    private static boolean isAtItsEnd(Run run) {
        try {
            return Decision.next(run).stream()
                    .anyMatch(decision -> decision instanceof Decision.End end && end.state() == RunState.DONE);
        } catch (RuntimeException thrown) {
            // Found again, and told, once the result is written.
            return false;
        }
    }

    /** The last result and the end are written together. */
    private void endWith(Run run, Future<Void> lastResult) {
        Future<Void> ending;
        try {
            ending = journal.changed(run, RunState.DONE);
        } catch (RuntimeException thrown) {
            active.whenWritten(run, lastResult, () -> advance(run));
            return;
        }
        run.end(RunState.DONE);
        active.whenWritten(run, Future.all(lastResult, ending).mapEmpty(), () -> complete(run));
    }

    private void failed(Run run, Position position, StepContext context, Throwable cause, Duration elapsed) {
        Step<?, ?> step = run.stepAt(position);
        if (step != null && isTrying(run.entryAt(position), context.attempt())) {
            tryAgainOrFail(run, position, step, cause, context.undoData(), elapsed);
        }
    }

    private Future<Void> tryAgainOrFail(
            Run run, Position position, Step<?, ?> step, Throwable cause, Optional<Object> prepared, Duration elapsed) {
        StepState entry = run.entryAt(position);
        StepOptions options = step.options();
        if (run.state() != RunState.INVOKING
                || !StepExecutor.isWorthRetrying(cause)
                || entry.attempts() > options.retries()) {
            Object partly = cause instanceof PermanentFailure permanent && permanent.data() != null
                    ? permanent.data()
                    : prepared.orElse(null);
            return fail(run, position, StepExecutor.shown(cause), partly, elapsed);
        }
        Duration pause = options.pause(entry.attempts());
        entry.pause();
        entry.prepared(prepared.orElse(null));
        Failure shown = StepExecutor.passing(cause);
        Future<Void> writing;
        try {
            writing = record(
                    run, position, StepRecord.State.RETRYING, null, entry.undoData(), shown, elapsed, Optional.of(pause));
        } catch (Failure unkeepable) {
            return fail(run, position, unkeepable, null, elapsed);
        }
        active.whenWritten(run, writing, () -> bodies.later(run, pause, () -> beginAgain(run, position)));
        return writing;
    }

    private void beginAgain(Run run, Position position) {
        StepState entry = run.entryAt(position);
        if (entry.is(StepState.State.PAUSED)) {
            entry.ready();
            advance(run);
        }
    }

    private Future<Void> fail(
            Run run, Position position, Failure failure, @Nullable Object undoData, Duration elapsed) {
        StepState entry = run.entryAt(position);
        Step<?, ?> step = run.stepAt(position);
        boolean goesOn = step != null && step.options().continueOnFailure();
        entry.fail(run.nextPlace(), undoData);
        int place = entry.order();
        Future<Void> writing;
        try {
            writing = record(run, position, StepRecord.State.FAILED, null, undoData, failure, elapsed, Optional.empty());
        } catch (Failure unkeepable) {
            // What it was given, or was to be undone with, is nothing that can be kept; that it failed can be.
            entry.begin(null);
            entry.fail(place, null);
            writing = record(run, position, StepRecord.State.FAILED, null, null, failure, elapsed, Optional.empty());
        }
        entry.record();
        active.whenWritten(run, writing, () -> {
            entry.fail(place, undoData);
            if (!goesOn) {
                run.turnRound(failure);
                told.accept(run, run.state());
            }
            advance(run);
        });
        return writing;
    }

    /** Stops the threads; runs under way are lost. */
    Future<Void> close() {
        return bodies.close();
    }
}
