package io.vinculum.query;

import io.vertx.sqlclient.Tuple;
import io.vinculum.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes one row as a JSON object. */
final class RowWriter {
    private final List<byte[]> keys = new ArrayList<>();
    private final List<MemberWriter> members = new ArrayList<>();

    /** Writes the value of one member. */
    @FunctionalInterface
    interface MemberWriter {
        void write(Tuple row, LevelRows rows, JsonBytes out);
    }

    /** Adds a member; keys are names of the catalog or of GraphQL, so they need no escaping beyond quotes. */
    void member(String key, MemberWriter writer) {
        JsonBytes bytes = new JsonBytes(key.length() + 4);
        bytes.raw(keys.isEmpty() ? '{' : ',').string(key).raw(':');
        keys.add(new String(bytes.array(), 0, bytes.length(), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
        members.add(writer);
    }

    void write(Tuple row, LevelRows rows, JsonBytes out) {
        if (keys.isEmpty()) {
            out.raw('{').raw('}');
            return;
        }
        for (int i = 0; i < members.size(); i++) {
            out.raw(keys.get(i));
            members.get(i).write(row, rows, out);
        }
        out.raw('}');
    }

    /** A to-one relation whose columns stand in the same row; absent when its key is null. */
    static MemberWriter joined(int keyColumn, RowWriter nested) {
        return (row, rows, out) -> {
            if (row.getValue(keyColumn) == null) {
                out.nothing();
            } else {
                nested.write(row, rows, out);
            }
        };
    }

    /** The one list whose rows stand in the level itself; a row without its key is the record without any. */
    static MemberWriter inside(int keyColumn, RowWriter nested) {
        return (row, rows, out) -> {
            char before = '[';
            for (Tuple element : rows.all()) {
                if (element.getValue(keyColumn) != null) {
                    out.raw(before);
                    before = ',';
                    nested.write(element, rows, out);
                }
            }
            if (before == '[') {
                out.raw(before);
            }
            out.raw(']');
        };
    }

    /** A to-many relation whose rows are those of a child level. */
    static MemberWriter many(int child, int keyColumn, RowWriter nested) {
        return (row, rows, out) -> {
            LevelRows below = rows.child(child);
            out.raw('[');
            boolean first = true;
            for (Tuple element : below.of(row.getValue(keyColumn))) {
                if (!first) {
                    out.raw(',');
                }
                first = false;
                nested.write(element, below, out);
            }
            out.raw(']');
        };
    }

    /** A to-one relation whose row is one of a child level. */
    static MemberWriter one(int child, int keyColumn, RowWriter nested) {
        return (row, rows, out) -> {
            LevelRows below = rows.child(child);
            List<Tuple> found = below.of(row.getValue(keyColumn));
            if (found.isEmpty()) {
                out.nothing();
            } else {
                nested.write(found.get(0), below, out);
            }
        };
    }
}
