package io.vinculum.plan;

import io.vinculum.condition.Slot;
import io.vinculum.value.ColumnType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the value of one {@code $n} comes from when a statement is bound. */
sealed interface Argument {

    Object bind(List<? extends @Nullable Object> values, List<?> parentKeys, int rowsLeft);

    /** Whether it is a number of rows to skip or to take. */
    default boolean pages() {
        return true;
    }

    /** Whether it is a number of rows to skip. */
    default boolean skips() {
        return false;
    }

    /** A value of the request. */
    record OfRequest(Slot slot) implements Argument {
        @Override
        public boolean pages() {
            return skips();
        }

        @Override
        public boolean skips() {
            return slot.use() == Slot.Use.SKIP;
        }

        @Override
        public Object bind(List<? extends @Nullable Object> values, List<?> parentKeys, int rowsLeft) {
            return slot.bind(values);
        }
    }

    /** The keys of the rows above. */
    record ParentKeys(ColumnType type) implements Argument {
        @Override
        public boolean pages() {
            return false;
        }

        @Override
        public Object bind(List<? extends @Nullable Object> values, List<?> parentKeys, int rowsLeft) {
            return type.many(parentKeys);
        }
    }

    /** As many rows as may still come, and one more to notice that there are too many. */
    record RowsLeft() implements Argument {
        @Override
        public Object bind(List<? extends @Nullable Object> values, List<?> parentKeys, int rowsLeft) {
            return rowsLeft + 1L;
        }
    }

    /** The asked page, but no more than {@link RowsLeft}. */
    record Take(Slot slot) implements Argument {
        @Override
        public Object bind(List<? extends @Nullable Object> values, List<?> parentKeys, int rowsLeft) {
            return Math.min((Long) slot.bind(values), rowsLeft + 1L);
        }
    }
}
