package io.vinculum.database;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.Predicate;

/**
 * Which statements are worth preparing: those that come again and are not large. A prepared statement costs memory in
 * every backend, about a dozen times its text with its plan, until it is closed; one that runs once would only cost.
 */
final class RepeatedStatements implements Predicate<String> {
    /** With 512 statements a connection, at most 50 MB in a backend. */
    private static final int LONGEST = 8 << 10;

    private static final int REMEMBERED = 20_000;

    /** Statements that came once, by the hash of their text: a false match prepares one too early, no more. */
    private final Cache<Integer, Boolean> seen =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    @Override
    public boolean test(String sql) {
        return sql.length() <= LONGEST && seen.asMap().putIfAbsent(sql.hashCode(), true) != null;
    }
}
