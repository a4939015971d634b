package io.vinculum.selection;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One key to sort by.
 *
 * @param path the to-one relations that lead to the field's entity
 */
public record Ordering(List<Relation> path, Field field, Direction direction) {

    /** Nulls are last when ascending and first when descending, unless said otherwise. */
    public enum Direction {
        ASC("asc"),
        DESC("desc"),
        ASC_NULLS_FIRST("asc nulls first"),
        ASC_NULLS_LAST("asc nulls last"),
        DESC_NULLS_FIRST("desc nulls first"),
        DESC_NULLS_LAST("desc nulls last");

        private final String sql;

        Direction(String sql) {
            this.sql = sql;
        }

        public String sql() {
            return sql;
        }

        static Optional<Direction> named(String name) {
            for (Direction direction : values()) {
                if (direction.name().equals(name.toUpperCase(Locale.ROOT))) {
                    return Optional.of(direction);
                }
            }
            return Optional.empty();
        }
    }

    public Ordering {
        path = List.copyOf(path);
    }
}
