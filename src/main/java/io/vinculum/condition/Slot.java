package io.vinculum.condition;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.json.JsonText;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The place of a value that a request gives and a plan binds.
 *
 * @param index which of the request's values it is
 * @param where the path to name when the value is wrong
 */
public record Slot(int index, Use use, ColumnType type, String where) {
    static final int MAX_WORDS = 32;
    private static final int MOST_VALUES = 100_000;

    /** What the value is for. */
    public enum Use {
        ONE,
        MANY,
        PATTERN,
        WORDS,
        SKIP,
        TAKE
    }

    /** The slot of a count of rows. */
    public static Slot count(int index, Use use, String where) {
        return new Slot(index, use, ColumnType.of(Scalar.LONG), where);
    }

    /**
     * The value as it is bound.
     *
     * @throws Failure {@code INVALID_DATA} that names the path, the value and what would be right
     */
    public Object bind(List<? extends @Nullable Object> values) {
        Object raw = values.get(index);
        return switch (use) {
            case ONE -> type.read(raw, where);
            case MANY -> type.readMany(many(raw), where);
            case PATTERN -> pattern(raw);
            case WORDS -> words(raw);
            case SKIP, TAKE -> count(raw);
        };
    }

    private List<?> many(@Nullable Object raw) {
        List<?> list = JsonText.list(where, raw);
        if (list.size() > MOST_VALUES) {
            throw new Failure(
                    FailureCode.TOO_LARGE, where + " takes at most " + MOST_VALUES + " values, was " + list.size());
        }
        return list;
    }

    private Object pattern(@Nullable Object raw) {
        String text = type.read(raw, where).toString();
        int backslashes = text.length() - text.replaceAll("\\\\+$", "").length();
        if (backslashes % 2 == 1) {
            throw Failure.invalid(where + " takes a pattern, was " + JsonText.shown(text)
                    + ", which ends in a backslash that escapes nothing; write two for a real one");
        }
        return text;
    }

    private Object words(@Nullable Object raw) {
        String text = type.read(raw, where).toString().strip();
        String[] words = text.isEmpty() ? new String[0] : text.split("[\\s\\p{Z}]+");
        if (words.length > MAX_WORDS) {
            throw Failure.invalid(where + " takes at most " + MAX_WORDS + " words, was " + words.length);
        }
        return Arrays.stream(words)
                .map(word -> "%" + word.replaceAll("([\\\\%_])", "\\\\$1") + "%")
                .toArray(String[]::new);
    }

    private long count(@Nullable Object raw) {
        if ((raw instanceof Integer || raw instanceof Long) && ((Number) raw).longValue() >= 0) {
            return ((Number) raw).longValue();
        }
        throw Failure.invalid(where + " takes a whole number that is not negative, was " + JsonText.shown(raw));
    }
}
