package io.vinculum.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vinculum.database.Database.Commit;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.time.Duration;
import java.util.function.Function;

/** Writes in transactions, each on a connection of its own until it is committed or rolled back. */
final class Transactions {
    /** How much later PostgreSQL ends a statement by itself, should a cancel not reach it. */
    private static final long LATER_MILLIS = 1_000;

    private final Vertx vertx;
    private final Pool pool;
    private final Generation generation;
    private final long mostMillis;

    Transactions(Vertx vertx, Pool pool, Generation generation, Duration longestStatement) {
        this.vertx = vertx;
        this.pool = pool;
        this.generation = generation;
        this.mostMillis = longestStatement.toMillis();
    }

    <T> Future<T> run(Function<Session, Future<T>> work, Commit commit, Deadline deadline) {
        return attempt(work, commit, deadline, Retry.TIMES)
                .recover(cause -> Future.failedFuture(
                        deadline.ended().filter(why -> why == cause).isPresent() ? stopped(deadline) : cause));
    }

    private static Failure stopped(Deadline deadline) {
        return new Failure(
                FailureCode.TIMEOUT,
                deadline.passed()
                        ? "the request took longer than it may, and nothing was written; try again"
                        : "the caller went away, and nothing was written");
    }

    private <T> Future<T> attempt(Function<Session, Future<T>> work, Commit commit, Deadline deadline, int left) {
        int seen = generation.number();
        return Lease.<T>of(
                        pool,
                        deadline,
                        Lease.Kind.WRITE,
                        (connection, lease) -> begun(connection, lease, deadline, commit, work))
                .recover(cause -> left > 0
                                && !deadline.isOver()
                                && (SqlFailures.worthRetrying(cause) || generation.outdatedSince(seen, cause))
                        ? Retry.pause(vertx).compose(fired -> attempt(work, commit, deadline, left - 1))
                        : Future.failedFuture(cause));
    }

    private <T> Lease.Work<T> begun(
            SqlConnection connection,
            Lease<T> lease,
            Deadline deadline,
            Commit commit,
            Function<Session, Future<T>> work) {
        Session session = new Session(connection, lease::cancel, generation.number(), deadline);
        // Not awaited: the first statement follows it on the wire, and fails too if it fails.
        Future<Void> begun = session.script(begin(deadline));
        Future<T> worked = Database.started(work, session);
        if (commit == Commit.PIPELINED) {
            return pipelined(begun, worked, session);
        }
        Future<T> done = worked.compose(value -> begun.map(value)).compose(value -> {
            if (deadline.isOver()) {
                return Future.failedFuture(deadline.ended().orElseThrow());
            }
            lease.closeToCancels();
            return Future.succeededFuture(value);
        });
        Future<T> ended = done.transform(result -> result.succeeded()
                ? session.script("commit").map(result.result())
                : rolledBack(session, result.cause()));
        ended.onSuccess(committed -> session.committed());
        return new Lease.Work<>(ended.recover(Transactions::firstCause), ended);
    }

    private String begin(Deadline deadline) {
        long millis = Math.min(mostMillis, deadline.left().toMillis() + LATER_MILLIS);
        return "begin; set local statement_timeout = " + millis;
    }

    /** After a failed statement the commit rolls back. */
    private static <T> Lease.Work<T> pipelined(Future<Void> begun, Future<T> worked, Session session) {
        Future<Void> committed = session.script("commit");
        Future<T> ended = worked.transform(done -> committed.transform(over -> done.failed()
                ? Future.failedFuture(done.cause())
                : over.failed() ? Future.failedFuture(over.cause()) : begun.map(done.result())));
        ended.onSuccess(value -> session.committed());
        return new Lease.Work<>(ended, ended);
    }

    private static <T> Future<T> rolledBack(Session session, Throwable cause) {
        return session.script("rollback")
                .transform(ended -> Future.failedFuture(ended.failed() ? new Lease.Unusable(cause) : cause));
    }

    private static <T> Future<T> firstCause(Throwable cause) {
        return Future.failedFuture(
                cause instanceof Lease.Unusable && cause.getCause() != null ? cause.getCause() : cause);
    }
}
