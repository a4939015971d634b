package io.vinculum.value;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.json.JsonText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The type of a field: a scalar or an enum, one value or a list of them.
 *
 * @param enumName the GraphQL enum's name, null when it is no enum
 * @param values the enum's values, empty when it is no enum
 * @param key whether it holds a key: those take strings and numbers alike
 */
public record ColumnType(Scalar scalar, @Nullable String enumName, List<String> values, boolean list, boolean key) {

    public ColumnType {
        values = List.copyOf(values);
    }

    public static ColumnType of(Scalar scalar) {
        return new ColumnType(scalar, null, List.of(), false, false);
    }

    public static ColumnType key(Scalar scalar) {
        return new ColumnType(scalar, null, List.of(), false, true);
    }

    public static ColumnType enumeration(String name, List<String> values) {
        return new ColumnType(Scalar.STRING, name, values, false, false);
    }

    public ColumnType asList() {
        return new ColumnType(scalar, enumName, values, true, key);
    }

    /** The type of one element of a list; itself for a single value. */
    public ColumnType element() {
        return list ? new ColumnType(scalar, enumName, values, false, key) : this;
    }

    public String graphqlName() {
        return enumName == null ? scalar.graphqlName() : enumName;
    }

    public String sqlName() {
        return list ? scalar.sqlName() + "[]" : scalar.sqlName();
    }

    /** The placeholder of one value, cast to this type: {@code $1::int4}. */
    public String placeholder(int number) {
        return bindsText() ? "$" + number + "::text::" + sqlName() : "$" + number + "::" + sqlName();
    }

    /** The placeholder of many values, cast to an array of this type: {@code $1::int4[]}. */
    public String manyPlaceholder(int number) {
        return bindsText() ? "$" + number + "::text[]::" + sqlName() + "[]" : "$" + number + "::" + sqlName() + "[]";
    }

    /** The type that {@code unnest} of bound values yields, before {@link #fromUnnest}. */
    public String unnestName() {
        return bindsText() ? "text[]" : sqlName() + "[]";
    }

    /** A column of {@code unnest} as this type. */
    public String fromUnnest(String column) {
        return bindsText() ? column + "::" + sqlName() : column;
    }

    private boolean bindsText() {
        // PostgreSQL unnests an array of arrays to its leaves, so lists travel as array literals.
        return list || scalar.boundAsText();
    }

    /**
     * A value as it is bound, checked.
     *
     * @param where the field's path, for the message
     * @throws Failure {@code INVALID_DATA} that names the field, the value and what would be right
     */
    public Object read(@Nullable Object raw, String where) {
        if (!list) {
            return Values.read(this, raw, where);
        }
        if (!(raw instanceof List<?> elements)) {
            throw Failure.invalid(where + " takes a list of " + graphqlName() + ", was " + JsonText.shown(raw));
        }
        StringBuilder literal = new StringBuilder("{");
        for (Object element : elements) {
            if (literal.length() > 1) {
                literal.append(',');
            }
            quoted(literal, String.valueOf(Values.read(element(), element, where)));
        }
        return literal.append('}').toString();
    }

    private static void quoted(StringBuilder literal, String text) {
        literal.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                literal.append('\\');
            }
            literal.append(c);
        }
        literal.append('"');
    }

    /** Many values as one bound array; each must have come from {@link #read}, or be null. */
    public Object many(List<? extends @Nullable Object> bound) {
        return bound.toArray(bindsText() ? new String[0] : scalar.none());
    }

    /**
     * Checks and binds many raw values as one array; null among them is an error.
     *
     * @throws Failure {@code TOO_LARGE} for more than {@value JsonText#MAX_ELEMENTS}
     */
    public Object readMany(List<?> raw, String where) {
        if (raw.size() > JsonText.MAX_ELEMENTS) {
            throw new Failure(
                    FailureCode.TOO_LARGE,
                    where + " takes at most " + JsonText.MAX_ELEMENTS + " values, was " + raw.size());
        }
        List<Object> bound = new ArrayList<>(raw.size());
        for (Object value : raw) {
            bound.add(read(value, where));
        }
        return many(bound);
    }

    /**
     * A value from text, as a CSV file or {@code @default} has it: an array or JSON as JSON text.
     *
     * @throws Failure {@code INVALID_DATA} that names the field, the text and what would be right
     */
    public Object parse(String text, String where) {
        return read(list ? JsonText.parse(text) : Values.fromText(this, text, where), where);
    }
}
