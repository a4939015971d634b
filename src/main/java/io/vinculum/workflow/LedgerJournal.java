package io.vinculum.workflow;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Keeps runs in the {@link Ledger}. */
final class LedgerJournal implements Journal {
    private final Ledger ledger;

    LedgerJournal(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Future<Void> recorded(Run run, Position position, Result result) {
        String node = run.workflow().nodes().get(position.node()).name();
        String what = "what the step '" + node + "' answers";
        return ledger.write(new Ledger.Op.Step(
                        Ownership.shardOf(run.id()),
                        run.epoch(),
                        run.id(),
                        node,
                        position.item(),
                        result.undo(),
                        result.good() ? "ok" : "failed",
                        result.attempt(),
                        result.place(),
                        Codec.write(result.output(), what),
                        Codec.write(result.undoData(), what),
                        result.error() == null
                                ? null
                                : Runs.error(result.error()).encode()))
                .mapEmpty();
    }

    @Override
    public Future<Void> changed(Run run, RunState state, @Nullable Object output) {
        return ledger.write(new Ledger.Op.Change(
                        Ownership.shardOf(run.id()),
                        run.epoch(),
                        run.id(),
                        state.shown(),
                        Codec.write(output, "what " + run.workflow().name() + " answers"),
                        run.error().map(error -> Runs.error(error).encode()).orElse(null)))
                .mapEmpty();
    }
}
