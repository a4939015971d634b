package io.vinculum.query;

import io.vertx.core.Future;
import io.vinculum.database.Database;
import io.vinculum.deadline.Deadline;
import io.vinculum.query.MemoryShare.Kind;
import io.vinculum.selection.QueryLimits;
import java.util.List;
import java.util.function.Function;

/**
 * Answers one request: with a small share of the shared memory first, with a larger one when that was too little, and
 * with the list of a large record read by a statement of its own.
 */
final class Answering<T> {
    private final Database database;
    private final RemoteRows remote;
    private final QueryLimits limits;
    private final MemoryBudget memory;
    private final Deadline deadline;
    private final List<Bound> selections;
    private final Finish<T> finish;

    /** What is made of the answers before their memory is given back. */
    interface Finish<T> {
        Future<T> finished(List<Answer> answers, Execution execution);

        static <T> Finish<T> of(Function<List<Answer>, T> write) {
            return (answers, execution) -> Future.succeededFuture(write.apply(answers));
        }
    }

    Answering(
            Database database,
            RemoteRows remote,
            QueryLimits limits,
            MemoryBudget memory,
            Deadline deadline,
            List<Bound> selections,
            Finish<T> finish) {
        this.database = database;
        this.remote = remote;
        this.limits = limits;
        this.memory = memory;
        this.deadline = deadline;
        this.selections = selections;
        this.finish = finish;
    }

    Future<T> run() {
        return run(false);
    }

    private Future<T> run(boolean separate) {
        boolean large =
                selections.stream().anyMatch(selection -> selection.plan().isLarge());
        return attempt(large ? Kind.TURN : Kind.SMALL, separate);
    }

    private Future<T> attempt(Kind kind, boolean separate) {
        return MemoryShare.of(memory, kind, deadline).compose(share -> attempt(share, separate));
    }

    private Future<T> attempt(MemoryShare share, boolean separate) {
        RowBudget budget = new RowBudget(limits, share);
        return answered(budget, separate).transform(done -> {
            selections.forEach(selection -> selection.plan().answered(share.isLarge()));
            share.release();
            if (done.succeeded()) {
                return Future.succeededFuture(done.result());
            }
            if (budget.tooLargeToRepeat()) {
                return run(true);
            }
            return share.starved() ? attempt(share.next(), separate) : Future.failedFuture(done.cause());
        });
    }

    private Future<T> answered(RowBudget budget, boolean separate) {
        try {
            Execution execution = new Execution(database, remote, limits, deadline, budget, separate);
            return execution.run(selections).compose(answers -> finish.finished(answers, execution));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
