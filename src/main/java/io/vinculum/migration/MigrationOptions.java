package io.vinculum.migration;

import java.time.Duration;

/**
 * What a migration may do, and how long it waits.
 *
 * @param allowDestructive whether values may be lost
 * @param allowRewrite whether a table may be locked while all of its rows are written again
 * @param lockTimeout how long a change waits for a lock before it lets the others pass
 * @param patience how long it is tried again
 * @param manyRows how many rows make a table large, so that its indexes are made concurrently
 */
public record MigrationOptions(
        boolean allowDestructive, boolean allowRewrite, Duration lockTimeout, Duration patience, long manyRows) {
    /** Two seconds is what others wait at most; ten minutes outlast any report and most batches. */
    public static final MigrationOptions DEFAULT =
            new MigrationOptions(false, false, Duration.ofSeconds(2), Duration.ofMinutes(10), 10_000);

    public MigrationOptions allowingDestructive(boolean allowed) {
        return new MigrationOptions(allowed, allowRewrite, lockTimeout, patience, manyRows);
    }

    public MigrationOptions allowingRewrite(boolean allowed) {
        return new MigrationOptions(allowDestructive, allowed, lockTimeout, patience, manyRows);
    }

    public MigrationOptions waiting(Duration forLock, Duration inAll) {
        return new MigrationOptions(allowDestructive, allowRewrite, forLock, inAll, manyRows);
    }

    public MigrationOptions largeAbove(long rows) {
        return new MigrationOptions(allowDestructive, allowRewrite, lockTimeout, patience, rows);
    }
}
