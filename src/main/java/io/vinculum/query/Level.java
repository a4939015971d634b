package io.vinculum.query;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import io.vinculum.database.Statement;
import io.vinculum.selection.Selection;
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

    /** The text of a statement; one that cuts a page has a few texts, for pages that are longer or end later. */
    final class Text {
        /** Stands for a number of rows that is never less than those up to the end of the page. */
        static final String BOUND = ":bound";

        /** Stands for a number of rows that is never less than those of the page. */
        static final String LENGTH = ":length";

        private static final long SMALLEST = 64;
        private static final int STEP = 16;
        private static final int SIZES = 15;

        private final String sql;
        private final boolean paged;
        /** Made when they are asked for; to make one twice does no harm. */
        private final String[] texts;

        /**
         * Takes the SQL with marks where numbers stand in it, so that PostgreSQL plans small pages as such, however
         * large the table is: it takes a parameter for a tenth of the rows.
         */
        Text(String sql) {
            this.sql = sql;
            this.paged = sql.contains(BOUND);
            this.texts = new String[paged ? SIZES * SIZES : 1];
        }

        /** The text for a page of so many rows that ends at a row. */
        String to(long lastRow, long length) {
            int index = paged ? size(lastRow) * SIZES + size(length) : 0;
            if (texts[index] == null) {
                texts[index] = sql.replace(BOUND, rows(size(lastRow))).replace(LENGTH, rows(size(length)));
            }
            return texts[index];
        }

        private static int size(long rows) {
            int size = 0;
            for (long bound = SMALLEST; bound < rows && size < SIZES - 1; bound *= STEP) {
                size++;
            }
            return size;
        }

        private static String rows(int size) {
            long rows = SMALLEST;
            for (int i = 0; i < size; i++) {
                rows *= STEP;
            }
            return Long.toString(rows);
        }
    }

    /**
     * Rows of this database, by one statement; the first column is the parent key, except at the root.
     *
     * @param listInside whether the rows are those of the one list of one root record, whose columns they repeat
     * @param countColumn where each row tells how many there are without paging, -1 when nobody asked; there is always
     *     a row then, whose first column, the key, is null on an empty page
     */
    record Sql(
            String title,
            int parentColumn,
            Text text,
            List<Argument> arguments,
            RowWriter writer,
            List<Level> children,
            boolean listInside,
            int countColumn)
            implements Level {

        Statement bind(List<? extends @Nullable Object> values, List<?> parentKeys, int rowsLeft) {
            List<@Nullable Object> parameters = new ArrayList<>(arguments.size());
            long lastRow = 0;
            long length = 0;
            for (Argument argument : arguments) {
                Object bound = argument.bind(values, parentKeys, rowsLeft);
                parameters.add(bound);
                if (argument.pages()) {
                    lastRow += (Long) bound;
                    length += argument.skips() ? 0 : (Long) bound;
                }
            }
            return new Statement(text.to(lastRow, length), parameters);
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
