package io.vinculum.query;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Permits that are granted in the order in which they are asked for, without blocking a thread. */
final class FairSemaphore {
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private long free;

    private record Waiting(long permits, Promise<Void> granted) {}

    FairSemaphore(long permits) {
        this.free = permits;
    }

    /** Takes some permits if they are free, and if no one waits for some. */
    synchronized boolean tryAcquire(long permits) {
        if (free < permits || !queue.isEmpty()) {
            return false;
        }
        free -= permits;
        return true;
    }

    /** Takes some permits when they are free; fails with {@code UNAVAILABLE} when the deadline ends before. */
    Future<Void> acquire(long permits, Deadline deadline) {
        if (tryAcquire(permits)) {
            return Future.succeededFuture();
        }
        Waiting waiting = new Waiting(permits, Promise.promise());
        synchronized (this) {
            queue.add(waiting);
        }
        grant();
        Runnable ended = () -> leave(waiting);
        deadline.onEnd(ended);
        return waiting.granted().future().eventually(() -> {
            deadline.forget(ended);
            return Future.succeededFuture();
        });
    }

    private void leave(Waiting waiting) {
        boolean left;
        synchronized (this) {
            left = queue.remove(waiting);
        }
        if (left) {
            waiting.granted()
                    .fail(new Failure(
                            FailureCode.UNAVAILABLE,
                            "other answers take all the memory for answers now; try again in a moment"));
            // It may have held up others that want less.
            grant();
        }
    }

    void release(long permits) {
        synchronized (this) {
            free += permits;
        }
        grant();
    }

    private void grant() {
        for (Waiting next = nextGranted(); next != null; next = nextGranted()) {
            next.granted().complete();
        }
    }

    private synchronized @Nullable Waiting nextGranted() {
        Waiting first = queue.peek();
        if (first == null || first.permits() > free) {
            return null;
        }
        free -= first.permits();
        return queue.poll();
    }
}
