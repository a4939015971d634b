package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Keeps runs in the {@link Ledger}; one that is not durable only from the moment it has to wait for something, and then
 * with everything that it has done.
 */
final class LedgerJournal implements Journal {
    /** A shorter pause is no reason to write a run down that need not be. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final Ledger ledger;

    LedgerJournal(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Future<Boolean> started(Run run) {
        return run.isDurable() ? ledger.write(start(run)) : Future.succeededFuture(true);
    }

    @Override
    public Future<Void> recorded(Run run, Position position, Result result) {
        StepRecord recorded = StepRecord.of(run, position, result);
        if (!run.isDurable()) {
            boolean waits = result.state() == StepRecord.State.PREPARED
                    || result.wake().filter(wake -> wake.compareTo(SHORT) > 0).isPresent();
            if (!waits) {
                return Future.succeededFuture();
            }
            promote(run);
        }
        return ledger.write(step(run, recorded)).mapEmpty();
    }

    private static Ledger.Op step(Run run, StepRecord recorded) {
        return new Ledger.Op.Step(run.start().shard(), run.start().epoch(), run.id(), recorded);
    }

    /** Writes down what a run has done so far; what follows is written behind it. */
    private Future<Void> promote(Run run) {
        run.makeDurable();
        List<Future<?>> written = new ArrayList<>();
        written.add(ledger.write(start(run)));
        soFar(run).forEach(op -> written.add(ledger.write(op)));
        if (run.state() == RunState.COMPENSATING) {
            written.add(ledger.write(change(run, RunState.COMPENSATING)));
        }
        return Future.all(written).mapEmpty();
    }

    static Ledger.Op start(Run run) {
        return new Ledger.Op.Start(
                run.start(),
                RunKey.of(run),
                run.workflow().fingerprint(),
                Codec.write(run.input(), "the input of " + run.workflow().name()));
    }

    /** What a run has done so far, to be written down. */
    static Stream<Ledger.Op> soFar(Run run) {
        return run.entries().entrySet().stream()
                .flatMap(entry -> soFar(run, entry.getKey(), entry.getValue()).stream())
                .map(recorded -> step(run, recorded));
    }

    private static List<StepRecord> soFar(Run run, Position position, StepState entry) {
        List<StepRecord> rows = new ArrayList<>();
        Optional<StepRecord.State> forward = switch (entry.state()) {
            case DONE, UNDONE, UNDO_FAILED, UNDO_READY, UNDOING, UNDO_PAUSED -> Optional.of(StepRecord.State.OK);
            case FAILED -> Optional.of(StepRecord.State.FAILED);
            case SKIPPED -> Optional.of(StepRecord.State.SKIPPED);
            default -> Optional.empty();
        };
        forward.ifPresent(state -> rows.add(StepRecord.of(run, position, result(false, state, entry))));
        if (entry.is(StepState.State.UNDONE)) {
            rows.add(StepRecord.of(run, position, result(true, StepRecord.State.OK, entry)));
        }
        return rows;
    }

    private static Result result(boolean undo, StepRecord.State state, StepState entry) {
        return new Result(
                undo,
                state,
                undo ? entry.undoAttempts() : entry.attempts(),
                entry.order(),
                undo ? null : entry.input(),
                undo ? null : entry.output(),
                undo ? null : entry.undoData(),
                null,
                Duration.ZERO,
                Optional.empty());
    }

    @Override
    public Future<Void> changed(Run run, RunState state) {
        // Made in any case, so that a value that cannot be kept fails alike.
        Ledger.Op change = change(run, state);
        if (run.isDurable()) {
            return ledger.write(change).mapEmpty();
        }
        if (state.isEnd() || state == RunState.COMPENSATING) {
            return Future.succeededFuture();
        }
        return promote(run).compose(written -> ledger.write(change)).mapEmpty();
    }

    private static Ledger.Op change(Run run, RunState state) {
        List<Ledger.Event> events = new ArrayList<>();
        if (state == RunState.DONE) {
            run.events((address, payload) -> events.add(new Ledger.Event(
                    address,
                    Codec.write(payload, "the event of " + run.workflow().name()))));
        }
        return new Ledger.Op.Change(
                run.start().shard(),
                run.start().epoch(),
                run.id(),
                state,
                Codec.write(run.outputAt(state), "what " + run.workflow().name() + " answers"),
                run.error().map(StepRecord::error).orElse(null),
                events);
    }

    @Override
    public Future<Result> within(Run run, Position position, Function<Session, Future<Result>> work) {
        return ledger.within(
                        session -> known(session, run, position)
                                .compose(known ->
                                        known.map(Future::succeededFuture).orElseGet(() -> work.apply(session))),
                        result -> step(run, StepRecord.of(run, position, result)))
                .recover(cause ->
                        cause instanceof Ledger.Fenced ? Future.failedFuture(cause) : committed(run, position, cause));
    }

    /** The answer to a commit may be lost: what is there counts. */
    private Future<Result> committed(Run run, Position position, Throwable cause) {
        return ledger.read(session -> known(session, run, position))
                .compose(
                        known -> known.map(Future::succeededFuture).orElseGet(() -> Future.failedFuture(cause)),
                        unknown -> Future.failedFuture(cause));
    }

    /** What an earlier try has committed whose answer was lost. */
    private static Future<Optional<Result>> known(Session session, Run run, Position position) {
        Step<?, ?> step = run.stepAt(position);
        Statement asked = Statement.of(
                "select attempt, place, output::text, undo_data::text from vinculum.workflow_step"
                        + " where run = $1 and node = $2 and item = $3 and not undo and state = 'ok'",
                run.id(),
                run.nameAt(position),
                position.item());
        return session.run(asked)
                .map(rows -> rows.stream()
                        .findFirst()
                        .map(row -> new Result(
                                false,
                                StepRecord.State.OK,
                                row.getInteger(0),
                                row.getInteger(1),
                                null,
                                step == null ? null : Codec.read(row.getString(2), step.output(), "the answer"),
                                step == null || step.undo().isEmpty()
                                        ? null
                                        : Codec.read(
                                                row.getString(3),
                                                step.undo().get().data(),
                                                "the undo data"),
                                null,
                                Duration.ZERO,
                                Optional.empty())));
    }
}
