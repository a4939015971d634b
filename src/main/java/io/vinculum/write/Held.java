package io.vinculum.write;

import io.vinculum.write.Closure.Member;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction of several writes has locked before the first of them.
 *
 * @param locks all of it; null where a write locks by itself
 * @param absent the records among them that were not there
 */
record Held(@Nullable WriteLocks locks, Set<Member> absent) {
    /** A single write locks by itself. */
    static final Held NOTHING = new Held(null, Set.of());

    /**
     * What a write may lock now, of what it wants.
     *
     * @throws io.vinculum.failure.Failure {@code CONFLICT} when it wants what could be locked only out of order
     */
    WriteLocks admitted(WriteLocks wanted) {
        if (locks == null) {
            return wanted;
        }
        WriteLocks there = wanted.without(absent);
        if (!locks.contains(there)) {
            throw Pipeline.conflict();
        }
        return there;
    }
}
