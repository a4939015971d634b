package io.vinculum.database;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.SqlConnection;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import java.util.function.Function;
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
    private static final String CANCELLED = "57014";

    private final Deadline deadline;
    private final Promise<T> answer = Promise.promise();
    private @Nullable PgConnection connection;
    private @Nullable Future<Void> cancelling;
    private boolean returned;

    Lease(Deadline deadline) {
        this.deadline = deadline;
    }

    /** The answer of the work; fails as soon as the deadline ends, not only when the connection is free again. */
    Future<T> answer() {
        return answer.future();
    }

    /** The deadline ended, or the work itself asks to be cancelled. */
    @Override
    public void run() {
        deadline.ended().ifPresent(answer::tryFail);
        cancel();
    }

    synchronized void cancel() {
        if (connection != null && cancelling == null && !returned) {
            cancelling = connection.cancelRequest();
        }
    }

    /** Does the work on the connection that was waited for. */
    void begin(SqlConnection taken, Function<SqlConnection, Work<T>> work) {
        if (deadline.ended().isPresent()) {
            deadline.ended().ifPresent(answer::tryFail);
            taken.close();
            return;
        }
        Work<T> begun = work.apply(taken);
        synchronized (this) {
            connection = PgConnection.cast(taken);
        }
        // It may have ended before there was something to cancel.
        if (deadline.ended().isPresent()) {
            cancel();
        }
        begun.answer().onComplete(answer::tryComplete, this::failed);
        begun.idle().onComplete(done -> giveBack(taken, done.cause()));
    }

    private void failed(Throwable cause) {
        Throwable shown =
                isCancelled(cause) ? deadline.ended().<Throwable>map(why -> why).orElse(cause) : cause;
        answer.tryFail(shown);
    }

    private synchronized void giveBack(SqlConnection taken, @Nullable Throwable cause) {
        returned = true;
        if (cancelling == null || isCancelledByRequest(cause)) {
            taken.close();
            return;
        }
        // The cancel may still be on its way and would hit the next request, so the connection ends here.
        cancelling
                .transform(sent -> taken.query("select pg_terminate_backend(pg_backend_pid())")
                        .execute())
                .onComplete(ended -> {
                    LOG.debug("closed a connection whose cancel was not seen to work");
                    taken.close();
                });
    }

    /** A statement time-out has the same code, and then a cancel may still be on its way. */
    private static boolean isCancelledByRequest(@Nullable Throwable cause) {
        return cause instanceof PgException refused
                && CANCELLED.equals(refused.getSqlState())
                && String.valueOf(refused.getErrorMessage()).contains("user request");
    }

    private static boolean isCancelled(@Nullable Throwable cause) {
        return cause instanceof PgException refused && CANCELLED.equals(refused.getSqlState());
    }

    /** Fails a lease whose connection never came. */
    void fail(Throwable cause) {
        answer.tryFail(deadline.ended().<Throwable>map((Failure why) -> why).orElse(cause));
    }

    /**
     * Work on a connection.
     *
     * @param answer its answer, which may come before the connection is idle
     * @param idle when nothing of it runs on the connection any more; fails as the first statement that failed
     */
    record Work<T>(Future<T> answer, Future<?> idle) {}
}
