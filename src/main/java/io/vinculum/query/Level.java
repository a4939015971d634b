package io.vinculum.query;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import io.vinculum.database.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one list in a plan: of the root, or of all parents at once. How many parents there are never changes how
 * many statements run.
 */
sealed interface Level {

    /** In words, for {@code explain}. */
    String title();

    /** The column of the rows above whose values are this level's parent keys; -1 at the root. */
    int parentColumn();

    /** How one row becomes JSON. */
    RowWriter writer();

    List<Level> children();

    /**
     * Rows of this database, by one statement; the first column is the parent key, except at the root.
     *
     * @param listInside whether the rows are those of the one list of one root record, whose columns they repeat
     */
    record Sql(
            String title,
            int parentColumn,
            String sql,
            List<Argument> arguments,
            RowWriter writer,
            List<Level> children,
            boolean listInside)
            implements Level {

        /** Stands in the text for a number of rows that is never less than the page needs. */
        static final String BOUND = ":bound";

        private static final long SMALLEST_BOUND = 64;
        private static final int BOUND_STEP = 16;

        /**
         * The text for a page that ends at a row: its bound is one of a few sizes, so that there are few statements and
         * PostgreSQL plans small pages as such, however large the table is.
         */
        String text(long lastRow) {
            long bound = SMALLEST_BOUND;
            while (bound < lastRow && bound < Long.MAX_VALUE / BOUND_STEP) {
                bound *= BOUND_STEP;
            }
            return sql.replace(BOUND, Long.toString(bound));
        }

        Statement bind(List<? extends @Nullable Object> values, List<?> parentKeys, int rowsLeft) {
            List<@Nullable Object> parameters = new ArrayList<>(arguments.size());
            long lastRow = 0;
            for (Argument argument : arguments) {
                Object bound = argument.bind(values, parentKeys, rowsLeft);
                parameters.add(bound);
                if (argument.pages()) {
                    lastRow += (Long) bound;
                }
            }
            return new Statement(parentColumn < 0 ? text(lastRow) : sql, parameters);
        }
    }

    /**
     * Rows of a module elsewhere, by one request over the event bus.
     *
     * @param relation how they are reached, empty at the root
     * @param fields the fields asked for; a row is the parent key, then their values
     * @param pairs the statement that finds which of them belong to which parent, where a link table tells
     * @param match the field that equals the parent key, or the far key of a pair
     */
    record Remote(
            String title,
            int parentColumn,
            Optional<Relation> relation,
            Selection selection,
            List<Field> fields,
            Optional<Sql> pairs,
            Field match,
            RowWriter writer,
            List<Level> children)
            implements Level {}
}
