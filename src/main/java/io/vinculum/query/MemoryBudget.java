package io.vinculum.query;

/**
 * What all answers in the making may take together. An answer begins with a small share, which others' large answers
 * never take away from it. One that outgrows it needs a turn, of which there are few, so that large answers do not slow
 * down the small ones; then it takes more memory as its rows come.
 *
 * <p>An answer that gets no turn or no more memory gives up what it has, waits, and begins again; so answers never wait
 * for each other while they hold memory.
 */
final class MemoryBudget {
    /** Enough for almost every answer. */
    static final long SMALL = 256 << 10;

    /** A hundred thousand rows of ten small columns. */
    private static final long LEAST_FULL = 64 << 20;

    private static final long MOST_FOR_SMALL = 64 << 20;

    private final long full;
    private final FairSemaphore small;
    private final FairSemaphore large;
    private final FairSemaphore turns;

    /**
     * Makes the budget.
     *
     * @param total in bytes
     * @param answerBytes the largest answer; a full share holds its rows and its text
     * @param turns how many large answers are made at the same time
     */
    MemoryBudget(long total, long answerBytes, int turns) {
        long forSmall = Math.max(SMALL, Math.min(total / 4, MOST_FOR_SMALL));
        long forLarge = Math.max(SMALL, total - forSmall);
        this.small = new FairSemaphore(forSmall);
        this.large = new FairSemaphore(forLarge);
        this.turns = new FairSemaphore(turns);
        this.full = Math.max(SMALL, Math.min(forLarge, Math.max(LEAST_FULL, 4 * answerBytes)));
    }

    /** The bytes that are enough for any answer. */
    long full() {
        return full;
    }

    /** The bytes of small shares. */
    FairSemaphore small() {
        return small;
    }

    /** The bytes of what is larger. */
    FairSemaphore large() {
        return large;
    }

    FairSemaphore turns() {
        return turns;
    }
}
