package io.vinculum.selection;

import java.time.Duration;

/**
 * How much one request may ask for; over a limit is a failure, never a silent cut.
 *
 * @param hops the longest path in fields, filters and orders
 * @param fields the most fields of one selection
 * @param conditions the most conditions of one request, counted at every node of its filters
 * @param rootRows the most rows at the top
 * @param rows the most rows in the answer, each counted every time it is shown
 * @param answerBytes the largest answer
 * @param memoryBytes what all answers in the making may take together
 * @param cacheBytes what plans that are kept for the next request of their shape may take
 * @param requestTimeout how long a request over HTTP or the event bus may take, all of its waits included
 */
public record QueryLimits(
        int hops,
        int fields,
        int conditions,
        int rootRows,
        int rows,
        long answerBytes,
        long memoryBytes,
        long cacheBytes,
        Duration requestTimeout) {

    private static final long MEBI = 1 << 20;

    /** The contract's; a quarter of the heap for answers in the making, from 128 to 256 MiB. */
    public static final QueryLimits DEFAULT = new QueryLimits(
            10,
            500,
            500,
            10_000,
            100_000,
            32 * MEBI,
            Math.max(128 * MEBI, Math.min(256 * MEBI, Runtime.getRuntime().maxMemory() / 4)),
            32 * MEBI,
            Duration.ofSeconds(10));

    /** The most parts of a request: more than any request has that is within the other limits. */
    int nodes() {
        return 4 * (fields + conditions) + 1_000;
    }
}
