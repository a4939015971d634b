package io.vinculum.query;

import io.vertx.sqlclient.Tuple;
import io.vinculum.json.JsonBytes;
import io.vinculum.selection.Selection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

    /** Writes all rows as an array of objects. */
    public void writeList(JsonBytes out) {
        RowWriter writer = bound.plan().root().writer();
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
        rows.rows()
                .forEach(row ->
                        byKey.put(String.valueOf(row.getValue(bound.plan().keyColumn())), row));
        RowWriter writer = bound.plan().root().writer();
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
            bound.plan().root().writer().write(rows.rows().get(0), rows, out);
        }
    }

    /** Writes {@code {"skip": 0, "take": 20, "count": 137}}; the count only when it was asked for. */
    public void writeMetadata(JsonBytes out) {
        Selection.Paging paging = bound.plan().paging();
        out.json("{\"skip\":");
        out.number(paging.skip().map(slot -> (Long) slot.bind(bound.values())).orElse(0L));
        out.json(",\"take\":");
        paging.take().ifPresentOrElse(slot -> out.number((Long) slot.bind(bound.values())), out::nothing);
        if (rows.count() >= 0) {
            out.json(",\"count\":").number(rows.count());
        }
        out.raw('}');
    }

    /** The plan in words with its statements. */
    public Map<String, Object> explain() {
        return bound.plan().explain();
    }
}
