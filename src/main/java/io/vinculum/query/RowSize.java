package io.vinculum.query;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import io.vinculum.plan.ObjectShape;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How large the rows of one level are: in memory, and at least in the answer. Columns that are read but not written,
 * such as the parents' keys, take memory only.
 */
final class RowSize {
    private static final int NONE = -1;
    private static final int UNSHOWN = -2;

    /** Rows that are not part of the answer. */
    static final RowSize UNWRITTEN = new RowSize(new int[0], new int[0], UNSHOWN);

    private static final int ROW_MEMORY = 64;
    private static final int VALUE_MEMORY = 56;

    private final int[] columns;
    private final int[] recordColumns;
    private final int listKey;

    /**
     * @param columns the columns that are written for each row
     * @param recordColumns the columns of the one record that all rows repeat; they are written once
     * @param listKey the column that is null when the record's list is empty; else {@code NONE} or {@code UNSHOWN}
     */
    private RowSize(int[] columns, int[] recordColumns, int listKey) {
        this.columns = columns;
        this.recordColumns = recordColumns;
        this.listKey = listKey;
    }

    static RowSize of(ObjectShape shape) {
        List<Integer> own = new ArrayList<>();
        List<Integer> listed = new ArrayList<>();
        int listKey = collect(shape, own, listed);
        return listKey < 0
                ? new RowSize(array(own), new int[0], NONE)
                : new RowSize(array(listed), array(own), listKey);
    }

    private static int collect(ObjectShape shape, List<Integer> own, List<Integer> listed) {
        int listKey = NONE;
        for (ObjectShape.Member member : shape.members()) {
            if (member instanceof ObjectShape.Value value) {
                own.add(value.column());
            } else if (member instanceof ObjectShape.Joined joined) {
                listKey = Math.max(listKey, collect(joined.shape(), own, listed));
            } else if (member instanceof ObjectShape.ListInside list) {
                listKey = list.keyColumn();
                collect(list.shape(), listed, listed);
            }
        }
        return listKey;
    }

    private static int[] array(List<Integer> columns) {
        return columns.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Whether all rows repeat one record, each with one row of its list. */
    boolean repeatsRecord() {
        return listKey >= 0;
    }

    /** How many rows of the answer come of one row that was read. */
    int shown(Tuple row, boolean first) {
        if (listKey < 0) {
            return listKey == UNSHOWN ? 0 : 1;
        }
        return (first ? 1 : 0) + (row.getValue(listKey) == null ? 0 : 1);
    }

    /** The fewest bytes of JSON that the values of a row take. */
    long leastBytes(Tuple row, boolean first) {
        return leastBytes(row, columns) + (first ? recordBytes(row) : 0);
    }

    /** The fewest bytes of the record that a row repeats. */
    long recordBytes(Tuple row) {
        return leastBytes(row, recordColumns);
    }

    private static long leastBytes(Tuple row, int[] columns) {
        long sum = 0;
        for (int column : columns) {
            sum += length(row.getValue(column), 1, 0);
        }
        return sum;
    }

    /** About how many bytes a row takes in memory. */
    static long memory(Tuple row) {
        long sum = ROW_MEMORY;
        for (int i = 0; i < row.size(); i++) {
            sum += VALUE_MEMORY + length(row.getValue(i), 0, VALUE_MEMORY);
        }
        return sum;
    }

    /** The characters of a value's texts, and so much for each other value and for each element of a list or an object. */
    private static long length(@Nullable Object value, int plain, int element) {
        if (value instanceof String text) {
            return text.length();
        }
        // Most of the others, before the interfaces, which are dear to ask for.
        if (value instanceof OffsetDateTime || value instanceof Number || value instanceof Boolean) {
            return plain;
        }
        if (value instanceof Object[] array) {
            long sum = 0;
            for (Object one : array) {
                sum += element + length(one, plain, element);
            }
            return sum;
        }
        if (value instanceof JsonArray array) {
            return length(array.getList().toArray(), plain, element);
        }
        if (value instanceof JsonObject object) {
            return length(object.getMap(), plain, element);
        }
        if (value instanceof List<?> list) {
            return length(list.toArray(), plain, element);
        }
        if (value instanceof Map<?, ?> map) {
            long sum = 0;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                sum += element + length(entry.getKey(), plain, element) + length(entry.getValue(), plain, element);
            }
            return sum;
        }
        return value == null ? 0 : plain;
    }
}
