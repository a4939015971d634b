package io.vinculum.execute;

import io.vertx.core.Future;
import io.vinculum.database.Session;
import io.vinculum.ledger.Ledger;
import io.vinculum.ledger.LedgerOp;
import io.vinculum.ledger.StepReader;
import io.vinculum.run.Fenced;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.RunState;
import io.vinculum.run.Signal;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Writes runs to the {@link Ledger}; a run that is not durable only from the moment it has to wait, and then with
 * everything that it has done.
 */
public final class LedgerJournal implements Journal {
    /** A run that is not durable is not written for a shorter wait. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final Ledger ledger;

    public LedgerJournal(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Future<Boolean> started(Run run) {
        return run.isDurable() ? ledger.write(LedgerOp.start(run)) : Future.succeededFuture(true);
    }

    @Override
    public Future<Void> recorded(Run run, Position position, StepResult result) {
        StepRecord row = StepRecord.of(run, position, result);
        if (!run.isDurable()) {
            boolean waits = result.state() == StepRecord.State.PREPARED
                    || result.wake().filter(wake -> wake.compareTo(SHORT) > 0).isPresent();
            if (!waits) {
                return Future.succeededFuture();
            }
            promote(run);
        }
        return ledger.write(LedgerOp.step(run, row)).mapEmpty();
    }

    @Override
    public Future<Void> signalled(Run run, Signal signal) {
        return run.isDurable()
                ? ledger.write(LedgerOp.step(run, StepRecord.of(signal))).mapEmpty()
                : Future.succeededFuture();
    }

    @Override
    public Future<Void> evaluated(Run run, String made) {
        return run.isDurable()
                ? ledger.write(LedgerOp.step(run, StepRecord.evaluated(made))).mapEmpty()
                : Future.succeededFuture();
    }

    /** Writes what a run has done so far; later operations are queued behind it. */
    private Future<Void> promote(Run run) {
        run.makeDurable();
        List<Future<?>> written = new ArrayList<>();
        written.add(ledger.write(LedgerOp.start(run)));
        LedgerOp.completedSteps(run).forEach(op -> written.add(ledger.write(op)));
        if (run.state() == RunState.COMPENSATING) {
            written.add(ledger.write(LedgerOp.change(run, RunState.COMPENSATING)));
        }
        return Future.all(written).mapEmpty();
    }

    @Override
    public Future<Void> changed(Run run, RunState state) {
        // Encoded in any case, so that a value that cannot be encoded fails alike.
        LedgerOp change = LedgerOp.change(run, state);
        if (run.isDurable()) {
            return ledger.write(change).mapEmpty();
        }
        if (state.isEnd() || state == RunState.COMPENSATING) {
            return Future.succeededFuture();
        }
        return promote(run).compose(written -> ledger.write(change)).mapEmpty();
    }

    @Override
    public Future<StepResult> inTransaction(Run run, Position position, Function<Session, Future<StepResult>> work) {
        return ledger.inTransaction(
                        session -> StepReader.committed(session, run, position)
                                .compose(known ->
                                        known.map(Future::succeededFuture).orElseGet(() -> work.apply(session))),
                        result -> LedgerOp.step(run, StepRecord.of(run, position, result)))
                .recover(cause ->
                        cause instanceof Fenced ? Future.failedFuture(cause) : committedOr(cause, run, position));
    }

    /** The answer to a commit may be lost: a result that is there counts. */
    private Future<StepResult> committedOr(Throwable cause, Run run, Position position) {
        return ledger.read(session -> StepReader.committed(session, run, position))
                .compose(
                        known -> known.map(Future::succeededFuture).orElseGet(() -> Future.failedFuture(cause)),
                        unknown -> Future.failedFuture(cause));
    }
}
