package io.vinculum.query;

import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of a level and of the levels below it, while one request is answered. */
final class LevelRows {
    private final List<? extends Tuple> all;
    private final List<? extends Tuple> rows;
    private final Map<Object, List<Tuple>> byParent = new HashMap<>();
    private final List<LevelRows> children = new ArrayList<>();

    private final long count;

    private LevelRows(List<? extends Tuple> all, List<? extends Tuple> rows, long count) {
        this.all = all;
        this.rows = rows;
        this.count = count;
    }

    static LevelRows root(List<? extends Tuple> rows) {
        return new LevelRows(rows, rows, -1);
    }

    /** Rows that all repeat one record, each with one row of its list. */
    static LevelRows ofOneRecord(List<? extends Tuple> rows) {
        return new LevelRows(rows, rows.subList(0, Math.min(1, rows.size())), -1);
    }

    /** Rows that each tell the count of all; one without a key stands for none. */
    static LevelRows counted(List<? extends Tuple> rows, int countColumn) {
        List<? extends Tuple> there = rows.get(0).getValue(0) == null ? List.of() : rows;
        return new LevelRows(there, there, rows.get(0).getLong(countColumn));
    }

    /** Groups rows by their first column, keeping their order. */
    static LevelRows grouped(List<? extends Tuple> rows) {
        LevelRows grouped = new LevelRows(rows, rows, -1);
        for (Tuple row : rows) {
            grouped.byParent
                    .computeIfAbsent(row.getValue(0), key -> new ArrayList<>())
                    .add(row);
        }
        return grouped;
    }

    List<? extends Tuple> rows() {
        return rows;
    }

    /** The rows as they came; more than the records when a list is among them. */
    List<? extends Tuple> all() {
        return all;
    }

    /** How many root rows there are without paging; -1 when nobody asked. */
    long count() {
        return count;
    }

    int size() {
        return rows.size();
    }

    /** The rows that belong to a parent key. */
    List<Tuple> of(@Nullable Object parentKey) {
        return parentKey == null ? List.of() : byParent.getOrDefault(parentKey, List.of());
    }

    LevelRows child(int index) {
        return children.get(index);
    }

    void add(LevelRows child) {
        children.add(child);
    }

    /** The values of one column, each once, without null. */
    List<Object> keys(int column) {
        Set<Object> keys = new LinkedHashSet<>();
        for (Tuple row : rows) {
            Object key = row.getValue(column);
            if (key != null) {
                keys.add(key);
            }
        }
        return new ArrayList<>(keys);
    }
}
