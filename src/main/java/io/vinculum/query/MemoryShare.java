package io.vinculum.query;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;

/** What one answer in the making has of the shared memory. */
final class MemoryShare {
    /** What is taken at once, so that the shared counter is not asked for each row. */
    private static final long STEP = 1 << 20;

    private final MemoryBudget budget;
    private final boolean full;
    private long reserved;
    private long used;
    private boolean starved;
    private boolean released;

    private MemoryShare(MemoryBudget budget, long reserved) {
        this.budget = budget;
        this.reserved = reserved;
        this.full = reserved == budget.full();
    }

    /** A small share, at once when it is free; fails with {@code UNAVAILABLE} when the deadline ends before it is. */
    static Future<MemoryShare> small(MemoryBudget budget, Deadline deadline) {
        return budget.take(MemoryBudget.SMALL)
                ? Future.succeededFuture(new MemoryShare(budget, MemoryBudget.SMALL))
                : await(budget, MemoryBudget.SMALL, deadline);
    }

    /** A share that is enough for any answer. */
    static Future<MemoryShare> full(MemoryBudget budget, Deadline deadline) {
        return await(budget, budget.full(), deadline);
    }

    private static Future<MemoryShare> await(MemoryBudget budget, long bytes, Deadline deadline) {
        Promise<MemoryShare> granted = Promise.promise();
        MemoryBudget.Waiting place = budget.await(bytes, () -> {
            if (!granted.tryComplete(new MemoryShare(budget, bytes))) {
                budget.release(bytes);
            }
        });
        Runnable ended = () -> {
            if (budget.leave(place)) {
                granted.tryFail(unavailable());
            }
        };
        deadline.onEnd(ended);
        return granted.future().eventually(() -> {
            deadline.forget(ended);
            return Future.succeededFuture();
        });
    }

    private static Failure unavailable() {
        return new Failure(
                FailureCode.UNAVAILABLE, "other answers take all the memory for answers now; try again in a moment");
    }

    /** Takes some bytes more; false when there are none. */
    synchronized boolean take(long bytes) {
        if (released) {
            // Rows may still arrive after their request has ended.
            return false;
        }
        used += bytes;
        if (used <= reserved) {
            return true;
        }
        long more = Math.max(STEP, used - reserved);
        if (!full && reserved + more <= budget.full() && budget.take(more)) {
            reserved += more;
            return true;
        }
        starved = !full;
        return false;
    }

    /** Gives some bytes back, for what this answer takes later. */
    synchronized void giveBack(long bytes) {
        used -= bytes;
    }

    /** Whether it was refused memory that a full share would have had. */
    synchronized boolean starved() {
        return starved;
    }

    /** The failure of an answer that even a full share does not hold. */
    Failure refusal() {
        return new Failure(
                FailureCode.TOO_LARGE,
                "the answer takes more memory than an answer may; ask for less with take or filters");
    }

    /** Gives everything back; what is taken afterwards is refused. */
    void release() {
        long bytes;
        synchronized (this) {
            released = true;
            bytes = reserved;
            reserved = 0;
        }
        budget.release(bytes);
    }
}
