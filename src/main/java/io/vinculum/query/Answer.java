package io.vinculum.query;

import io.vertx.sqlclient.Tuple;
import io.vinculum.condition.Slot;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.json.JsonBytes;
import io.vinculum.plan.Plan;
import io.vinculum.selection.Selection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows that answer one selection; writes them as JSON. */
public final class Answer {
    private final Bound bound;
    private final LevelRows rows;

    Answer(Bound bound, LevelRows rows) {
        this.bound = bound;
        this.rows = rows;
    }

    /** How many root rows there are in the answer. */
    public int size() {
        return rows.size();
    }

    /** How many rows were read for it; more than the records when a list is among them. */
    int rowsRead() {
        return rows.all().size();
    }

    private RowWriter writer() {
        return rows.level().writer();
    }

    /** Writes all rows as an array of objects. */
    public void writeList(JsonBytes out) {
        RowWriter writer = writer();
        out.raw('[');
        boolean first = true;
        for (Tuple row : rows.rows()) {
            if (!first) {
                out.raw(',');
            }
            first = false;
            writer.write(row, rows, out);
        }
        out.raw(']');
    }

    /** Writes the rows with the given keys, in that order; the plan must have been made with keys. */
    public void writeInOrder(List<String> keys, JsonBytes out) {
        Map<String, Tuple> byKey = new HashMap<>();
        int keyColumn = bound.plan().plan().keyColumn();
        rows.rows().forEach(row -> byKey.put(String.valueOf(row.getValue(keyColumn)), row));
        RowWriter writer = writer();
        out.raw('[');
        boolean first = true;
        for (String key : keys) {
            Tuple row = byKey.get(key);
            if (row != null) {
                if (!first) {
                    out.raw(',');
                }
                first = false;
                writer.write(row, rows, out);
            }
        }
        out.raw(']');
    }

    /** Writes the first row as an object, or {@code null} when there is none. */
    public void writeFirst(JsonBytes out) {
        if (rows.size() == 0) {
            out.nothing();
        } else {
            writer().write(rows.rows().get(0), rows, out);
        }
    }

    /** Writes {@code {"skip": 0, "take": 20, "count": 137}}; the count only when it was asked for. */
    public void writeMetadata(JsonBytes out) {
        Selection.Paging paging = bound.plan().plan().paging();
        out.json("{\"skip\":");
        out.number(paging.skip().map(slot -> (Long) slot.bind(bound.values())).orElse(0L));
        out.json(",\"take\":");
        paging.take().ifPresentOrElse(slot -> out.number((Long) slot.bind(bound.values())), out::nothing);
        if (rows.count() >= 0) {
            out.json(",\"count\":").number(rows.count());
        }
        out.raw('}');
    }

    /** The plan for people with its statements. */
    public Map<String, Object> explain() {
        return bound.plan().explain();
    }

    /** Fails with {@code NOT_FOUND} for keys that were asked for by name, must be there, and are not. */
    void checkKeys() {
        Plan plan = bound.plan().plan();
        if (plan.keySlots().isEmpty()) {
            return;
        }
        Set<String> there = new LinkedHashSet<>();
        rows.rows().forEach(row -> there.add(String.valueOf(row.getValue(plan.keyColumn()))));
        Set<String> missing = new LinkedHashSet<>();
        for (Slot slot : plan.keySlots()) {
            Object asked = slot.bind(bound.values());
            List.of(asked instanceof Object[] many ? many : new Object[] {asked})
                    .forEach(key -> missing.add(String.valueOf(key)));
        }
        missing.removeAll(there);
        if (!missing.isEmpty()) {
            throw Failure.notFound(plan.entity().name() + " not found: " + Nearest.some(missing));
        }
    }
}
