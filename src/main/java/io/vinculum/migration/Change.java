package io.vinculum.migration;

import java.util.List;
import java.util.Optional;

/**
 * One step of a migration.
 *
 * @param what in words
 * @param sql the statements that do it
 * @param destructive whether data is lost or may no longer fit
 * @param counted a query that counts the rows it touches
 */
public record Change(Kind kind, String what, List<String> sql, boolean destructive, Optional<String> counted) {

    /** What a change does to a table. */
    public enum Kind {
        CREATE,
        ALTER,
        RENAME,
        DROP
    }

    public Change {
        sql = List.copyOf(sql);
    }

    static Change of(Kind kind, String what, String... sql) {
        return new Change(kind, what, List.of(sql), false, Optional.empty());
    }

    Change destroying(String countQuery) {
        return new Change(kind, what, sql, true, Optional.of(countQuery));
    }

    Change counting(String countQuery) {
        return new Change(kind, what, sql, destructive, Optional.of(countQuery));
    }
}
