package io.vinculum.value;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Many rows as one parameter a column. In SQL they are {@code unnest(…) u(c0, c1, …)}; {@link #add} answers the SQL of
 * its column.
 */
public final class Unnest {
    private final List<String> types = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private final List<@Nullable Object> parameters = new ArrayList<>();

    /** Adds a column of values, each bound or null; answers its SQL, of the column's own type. */
    public String add(ColumnType type, List<? extends @Nullable Object> values) {
        types.add(type.unnestName());
        parameters.add(type.many(values));
        numbers.add(parameters.size());
        return type.fromUnnest("u.c" + (types.size() - 1));
    }

    /** Adds a column that says for each row whether it gives a value. */
    public String addFlags(List<Boolean> flags) {
        return add(ColumnType.of(Scalar.BOOLEAN), flags);
    }

    /** Adds an array that is no column of the rows; answers its SQL. */
    public String addArray(ColumnType type, List<? extends @Nullable Object> values) {
        parameters.add(type.many(values));
        return type.manyPlaceholder(parameters.size());
    }

    /** Adds a number that is no column of the rows; answers its SQL. */
    public String addCount(long count) {
        parameters.add(count);
        return "$" + parameters.size() + "::int8";
    }

    /** Adds a text that is no column of the rows; answers its SQL. */
    public String addText(String text) {
        parameters.add(text);
        return "$" + parameters.size() + "::text";
    }

    /** {@code unnest($1::text[], …) u(c0, …)}. */
    public String sql() {
        return "unnest(" + placeholders() + ") u(" + names() + ")";
    }

    /** The same with the row's number as {@code u.n}. */
    public String sqlWithNumber() {
        return "unnest(" + placeholders() + ") with ordinality u(" + names() + ", n)";
    }

    private String placeholders() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < types.size(); i++) {
            text.append(i == 0 ? "$" : ", $")
                    .append(numbers.get(i))
                    .append("::")
                    .append(types.get(i));
        }
        return text.toString();
    }

    private String names() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < types.size(); i++) {
            text.append(i == 0 ? "c" : ", c").append(i);
        }
        return text.toString();
    }

    public List<@Nullable Object> parameters() {
        return parameters;
    }
}
