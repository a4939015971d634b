package io.vinculum.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.deadline.Deadline;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ends deadlines whose time is over: one timer for all of them. */
final class DeadlineWatch {
    /** How late the end of a deadline may be noticed; a timer for each request would cost more than the request. */
    private static final long PERIOD_MILLIS = 50;

    private final Vertx vertx;
    private final Set<Deadline> watched = ConcurrentHashMap.newKeySet();
    private final long timer;

    DeadlineWatch(Vertx vertx) {
        this.vertx = vertx;
        this.timer = vertx.setPeriodic(PERIOD_MILLIS, tick -> watched.forEach(DeadlineWatch::endIfPassed));
    }

    private static void endIfPassed(Deadline deadline) {
        if (deadline.passed()) {
            deadline.expire();
        }
    }

    /** Watches a deadline until the work is done. */
    <T> Future<T> until(Deadline deadline, Future<T> work) {
        if (!deadline.limited() || work.isComplete() || !watched.add(deadline)) {
            return work;
        }
        return work.onComplete(done -> watched.remove(deadline));
    }

    void close() {
        vertx.cancelTimer(timer);
    }
}
