package io.vinculum.query;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all answers in the making may take together. An answer begins with a small share and takes more as its
 * rows come. One that gets no more gives up what it has, waits for a full share, which is enough for any answer, and
 * begins again; so answers never wait for each other while they hold something.
 */
final class MemoryBudget {
    /** Enough for almost every answer. */
    static final long SMALL = 256 << 10;

    /** A hundred thousand rows of ten small columns. */
    private static final long LEAST_FULL = 64 << 20;

    private final long full;
    private long free;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    /** An answer that waits for a share. */
    static final class Waiting {
        private final long bytes;
        private final Runnable granted;

        private Waiting(long bytes, Runnable granted) {
            this.bytes = bytes;
            this.granted = granted;
        }
    }

    /**
     * Makes the budget.
     *
     * @param total in bytes
     * @param answerBytes the largest answer; a full share holds its rows and its text
     */
    MemoryBudget(long total, long answerBytes) {
        this.free = total;
        this.full = Math.max(SMALL, Math.min(total, Math.max(LEAST_FULL, 4 * answerBytes)));
    }

    long full() {
        return full;
    }

    /** Takes some bytes if they are free, and if no one waits for more than that. */
    synchronized boolean take(long bytes) {
        if (free < bytes || !waiting.isEmpty()) {
            return false;
        }
        free -= bytes;
        return true;
    }

    /** Calls back when the bytes are taken, perhaps at once; {@link #leave} gives the place up. */
    Waiting await(long bytes, Runnable granted) {
        Waiting place = new Waiting(bytes, granted);
        synchronized (this) {
            waiting.add(place);
        }
        grant();
        return place;
    }

    /** Gives up a place in the queue; false when it was granted already. */
    boolean leave(Waiting place) {
        boolean left;
        synchronized (this) {
            left = waiting.remove(place);
        }
        // It may have held up smaller ones.
        grant();
        return left;
    }

    void release(long bytes) {
        synchronized (this) {
            free += bytes;
        }
        grant();
    }

    private void grant() {
        for (Waiting next = nextGranted(); next != null; next = nextGranted()) {
            next.granted.run();
        }
    }

    private synchronized @Nullable Waiting nextGranted() {
        Waiting first = waiting.peek();
        if (first == null || first.bytes > free) {
            return null;
        }
        free -= first.bytes;
        return waiting.poll();
    }
}
