package io.vinculum.plan;

import io.vinculum.database.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A printed statement with what its placeholders are bound to. One that reads a page has a few texts, for pages that are
 * longer or end later: a number stands in each where PostgreSQL plans by it, because it takes a parameter for a tenth of
 * the rows, however large the table is.
 */
public final class SqlText {
    /** Stands for a number of rows that is never less than those up to the end of the page. */
    static final String BOUND = ":bound";

    /** Stands for a number of rows that is never less than those of the page. */
    static final String LENGTH = ":length";

    private static final long SMALLEST = 64;
    private static final int STEP = 16;
    private static final int SIZES = 15;
    /** A longer text is made for each request: kept in all sizes it would take hundreds of times its length. */
    private static final int LONGEST_KEPT = 8 << 10;

    private final String sql;
    private final List<Argument> arguments;
    private final boolean paged;
    /** Made when they are asked for; to make one twice does no harm. */
    private final @Nullable String[] texts;

    SqlText(String sql, List<Argument> arguments) {
        this.sql = sql;
        this.arguments = List.copyOf(arguments);
        this.paged = sql.contains(BOUND);
        this.texts = new String[paged && sql.length() <= LONGEST_KEPT ? SIZES * SIZES : 0];
    }

    /** The statement with the values of a request. */
    public Statement bind(List<? extends @Nullable Object> values, List<?> parentKeys, int rowsLeft) {
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
        return new Statement(text(lastRow, length), parameters);
    }

    /** The text for a page of so many rows that ends at a row. */
    String text(long lastRow, long length) {
        if (!paged) {
            return sql;
        }
        int end = size(lastRow);
        int rows = size(length);
        if (texts.length == 0) {
            return withNumbers(end, rows);
        }
        int index = end * SIZES + rows;
        String text = texts[index];
        if (text == null) {
            text = withNumbers(end, rows);
            texts[index] = text;
        }
        return text;
    }

    private String withNumbers(int end, int rows) {
        return sql.replace(BOUND, number(end)).replace(LENGTH, number(rows));
    }

    private static int size(long rows) {
        int size = 0;
        for (long bound = SMALLEST; bound < rows && size < SIZES - 1; bound *= STEP) {
            size++;
        }
        return size;
    }

    private static String number(int size) {
        long rows = SMALLEST;
        for (int i = 0; i < size; i++) {
            rows *= STEP;
        }
        return Long.toString(rows);
    }

    /** The text for people: of a small page. */
    @Override
    public String toString() {
        return text(0, 0);
    }

    /** About how many bytes it takes in memory, with the texts that will be made of it. */
    public long weight() {
        return (paged ? 6L : 1L) * sql.length() + 64L * arguments.size();
    }
}
