package io.vinculum.selection;

/**
 * How much one request may ask for; over a limit is a failure, never a silent cut.
 *
 * @param hops the longest path in fields, filters and orders
 * @param fields the most fields of one selection
 * @param conditions the most conditions of one request
 * @param rootRows the most rows at the top
 * @param rows the most rows in all
 */
public record QueryLimits(int hops, int fields, int conditions, int rootRows, int rows, int cachedPlans) {
    /** The contract's; a thousand plans are a few megabytes and more shapes than one application has. */
    public static final QueryLimits DEFAULT = new QueryLimits(10, 500, 500, 10_000, 100_000, 1_000);
}
