package io.vinculum.database;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vinculum.deadline.Deadline;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of the pool in the hands of one request, from the wait for it until it goes back. When the request's
 * deadline ends, what runs on the connection is cancelled in PostgreSQL.
 *
 * <p>A cancel hits whatever the backend runs when it arrives, so the connection goes back only after the cancel was seen
 * to work; otherwise it is closed.
 */
final class Lease<T> implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final Deadline deadline;
    private final Kind kind;
    private final Promise<T> answer = Promise.promise();
    private boolean begun;
    private boolean closed;
    private @Nullable PgConnection connection;
    private @Nullable Future<Void> cancelling;

    /** Whether the outcome of the work matters after its deadline. */
    enum Kind {
        /** The answer fails as soon as the deadline ends. */
        READ,
        /** Once the work has begun, its outcome is awaited: a caller must not believe that nothing was written when it was. */
        WRITE
    }

    /**
     * Work on a connection.
     *
     * @param answer its answer, which may come before the connection is idle
     * @param idle when nothing of it runs on the connection any more; fails as the first statement that failed, or with
     *     {@link Unusable}
     */
    record Work<T>(Future<T> answer, Future<?> idle) {}

    /** A connection whose state is not known is not used again. */
    static final class Unusable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unusable(Throwable cause) {
            super(cause.getMessage(), cause, false, false);
        }
    }

    private Lease(Deadline deadline, Kind kind) {
        this.deadline = deadline;
        this.kind = kind;
    }

    /** Does some work on a connection of the pool, waiting for one no longer than there is time. */
    static <T> Future<T> of(
            Pool pool, Deadline deadline, Kind kind, BiFunction<SqlConnection, Lease<T>, Work<T>> work) {
        Lease<T> lease = new Lease<>(deadline, kind);
        deadline.onEnd(lease);
        pool.getConnection().onComplete(taken -> lease.begin(taken, work), lease::fail);
        return lease.answer.future();
    }

    /** The deadline ended. */
    @Override
    public void run() {
        boolean early;
        synchronized (this) {
            early = kind == Kind.READ || !begun;
        }
        if (early) {
            deadline.ended().ifPresent(answer::tryFail);
        }
        cancel();
    }

    /** Cancels in PostgreSQL what runs now. */
    synchronized void cancel() {
        if (connection != null && cancelling == null && !closed) {
            cancelling = connection.cancelRequest();
        }
    }

    /** Sends no cancel from now on. */
    synchronized void closeToCancels() {
        closed = true;
    }

    private void begin(SqlConnection taken, BiFunction<SqlConnection, Lease<T>, Work<T>> work) {
        synchronized (this) {
            begun = true;
        }
        if (deadline.isOver()) {
            deadline.ended().ifPresent(answer::tryFail);
            taken.close();
            return;
        }
        Work<T> started = work.apply(taken, this);
        synchronized (this) {
            connection = PgConnection.cast(taken);
        }
        // It may have ended before there was something to cancel.
        if (deadline.isOver()) {
            cancel();
        }
        started.answer().onComplete(this::succeed, this::failed);
        started.idle().onComplete(done -> giveBack(taken, done.cause()));
    }

    private void succeed(T value) {
        deadline.forget(this);
        answer.tryComplete(value);
    }

    private void failed(Throwable cause) {
        boolean stopped = SqlFailures.cancelled(cause) && deadline.isOver();
        fail(stopped ? deadline.ended().<Throwable>map(why -> why).orElse(cause) : cause);
    }

    /** The connection never came, or the work failed. */
    private void fail(Throwable cause) {
        deadline.forget(this);
        answer.tryFail(cause);
    }

    private void giveBack(SqlConnection taken, @Nullable Throwable cause) {
        Future<Void> sent;
        synchronized (this) {
            closed = true;
            sent = cancelling;
        }
        boolean usable = sent == null ? !(cause instanceof Unusable) : SqlFailures.cancelledByRequest(cause);
        if (usable) {
            taken.close();
            return;
        }
        // A cancel may still be on its way and would hit the next request, so the connection ends here. It goes back
        // after the pool has seen it closed, or the next request would be given a connection that is about to be.
        LOG.debug("closing a connection that may not be used again");
        taken.closeHandler(gone -> Vertx.currentContext().runOnContext(later -> taken.close()));
        (sent == null ? Future.<Void>succeededFuture() : sent)
                .transform(ended -> taken.query("select pg_terminate_backend(pg_backend_pid())")
                        .execute());
    }
}
