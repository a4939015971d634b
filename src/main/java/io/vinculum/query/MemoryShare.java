package io.vinculum.query;

import io.vertx.core.Future;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;

/** What one answer in the making has of the {@link MemoryBudget}. */
final class MemoryShare {
    /** What is taken at once, so that the shared counter is not asked for each row. */
    private static final long STEP = 1 << 20;

    /** How a share begins; each has what the one before it may lack. */
    enum Kind {
        SMALL,
        TURN,
        FULL
    }

    private final MemoryBudget budget;
    private final Kind kind;
    private boolean turn;
    private long grown;
    private long used;
    private boolean starved;
    private boolean released;

    private MemoryShare(MemoryBudget budget, Kind kind) {
        this.budget = budget;
        this.kind = kind;
        this.turn = kind != Kind.SMALL;
        this.grown = kind == Kind.FULL ? budget.full() : 0;
    }

    /** A share; fails with {@code UNAVAILABLE} when the deadline ends before it is granted. */
    static Future<MemoryShare> of(MemoryBudget budget, Kind kind, Deadline deadline) {
        return switch (kind) {
            case SMALL ->
                budget.small().acquire(MemoryBudget.SMALL, deadline).map(granted -> new MemoryShare(budget, kind));
            case TURN -> budget.turns().acquire(1, deadline).map(granted -> new MemoryShare(budget, kind));
            case FULL ->
                budget.turns()
                        .acquire(1, deadline)
                        .compose(granted -> budget.large()
                                .acquire(budget.full(), deadline)
                                .map(all -> new MemoryShare(budget, kind))
                                .onFailure(late -> budget.turns().release(1)));
        };
    }

    /** Takes some bytes more; false when there are none. */
    synchronized boolean take(long bytes) {
        if (released) {
            // Rows may still arrive after their request has ended.
            return false;
        }
        used += bytes;
        if (used <= reserved() || grow(used - reserved())) {
            return true;
        }
        starved = kind != Kind.FULL;
        return false;
    }

    private long reserved() {
        return grown + (kind == Kind.SMALL ? MemoryBudget.SMALL : 0);
    }

    private boolean grow(long bytes) {
        long more = Math.max(STEP, bytes);
        if (kind == Kind.FULL || grown + more > budget.full()) {
            return false;
        }
        turn = turn || budget.turns().tryAcquire(1);
        if (!turn || !budget.large().tryAcquire(more)) {
            return false;
        }
        grown += more;
        return true;
    }

    /** Gives some bytes back, for what this answer takes later. */
    synchronized void giveBack(long bytes) {
        used -= bytes;
    }

    /** Whether it was refused memory that a larger share would have had. */
    synchronized boolean starved() {
        return starved;
    }

    /** The kind of share to begin again with. */
    synchronized Kind next() {
        return turn ? Kind.FULL : Kind.TURN;
    }

    /** Whether its answer needs more than a small share. */
    synchronized boolean isLarge() {
        return used > MemoryBudget.SMALL;
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
        boolean hadTurn;
        synchronized (this) {
            if (released) {
                return;
            }
            released = true;
            bytes = grown;
            hadTurn = turn;
        }
        if (kind == Kind.SMALL) {
            budget.small().release(MemoryBudget.SMALL);
        }
        if (bytes > 0) {
            budget.large().release(bytes);
        }
        if (hadTurn) {
            budget.turns().release(1);
        }
    }
}
