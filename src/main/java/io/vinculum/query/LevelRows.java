package io.vinculum.query;

import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of a level and of the levels below it, while one request is answered. */
final class LevelRows {
    private final CompiledLevel level;
    private final List<? extends Tuple> all;
    private final List<? extends Tuple> rows;
    private final Map<Object, List<Tuple>> byParent = new HashMap<>();
    private final @Nullable LevelRows[] children;
    private final long count;
    private boolean repeats;

    private LevelRows(CompiledLevel level, List<? extends Tuple> all, List<? extends Tuple> rows, long count) {
        this.level = level;
        this.all = all;
        this.rows = rows;
        this.count = count;
        this.children = new LevelRows[level.children().size()];
    }

    static LevelRows root(CompiledLevel level, List<? extends Tuple> rows, long count) {
        return new LevelRows(level, rows, rows, count);
    }

    /** Rows that all repeat one record, each with one row of its list. */
    static LevelRows ofOneRecord(CompiledLevel level, List<? extends Tuple> rows) {
        return new LevelRows(level, rows, rows.subList(0, Math.min(1, rows.size())), -1);
    }

    /** Rows that each tell the count of all; one without a key stands for none. */
    static LevelRows counted(CompiledLevel level, List<? extends Tuple> rows, int countColumn) {
        List<? extends Tuple> there = rows.get(0).getValue(0) == null ? List.of() : rows;
        return new LevelRows(level, there, there, rows.get(0).getLong(countColumn));
    }

    /** Groups rows by their first column, keeping their order. */
    static LevelRows grouped(CompiledLevel level, List<? extends Tuple> rows) {
        LevelRows grouped = new LevelRows(level, rows, rows, -1);
        for (Tuple row : rows) {
            grouped.byParent
                    .computeIfAbsent(row.getValue(0), key -> new ArrayList<>())
                    .add(row);
        }
        return grouped;
    }

    CompiledLevel level() {
        return level;
    }

    List<? extends Tuple> rows() {
        return rows;
    }

    /** The rows as they came; more than the records when a list is among them. */
    List<? extends Tuple> all() {
        return all;
    }

    /** How many root rows there are without paging; -1 when it was not asked for. */
    long count() {
        return count;
    }

    int size() {
        return rows.size();
    }

    /** The rows of each parent, by its key. */
    Map<Object, List<Tuple>> groups() {
        return byParent;
    }

    /** The rows that belong to a parent key. */
    List<Tuple> of(@Nullable Object parentKey) {
        return parentKey == null ? List.of() : byParent.getOrDefault(parentKey, List.of());
    }

    LevelRows child(int index) {
        return Objects.requireNonNull(children[index]);
    }

    void setChild(int index, LevelRows child) {
        children[index] = child;
    }

    /** Whether some rows below are shown more than once, here or further down. */
    boolean repeats() {
        if (repeats) {
            return true;
        }
        for (LevelRows child : children) {
            if (child != null && child.repeats()) {
                return true;
            }
        }
        return false;
    }

    /** The values of one column, each once, without null. */
    List<Object> keys(int column) {
        Set<Object> keys = new LinkedHashSet<>();
        for (Tuple row : rows) {
            Object key = row.getValue(column);
            if (key != null && !keys.add(key)) {
                repeats = true;
            }
        }
        return new ArrayList<>(keys);
    }
}
