package io.vinculum.query;

import io.vertx.sqlclient.Tuple;
import io.vinculum.json.JsonBytes;
import io.vinculum.plan.ObjectShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes one row as a JSON object. */
final class RowWriter {
    private final List<byte[]> keys = new ArrayList<>();
    private final List<MemberWriter> members = new ArrayList<>();

    /** Writes the value of one member. */
    @FunctionalInterface
    private interface MemberWriter {
        void write(Tuple row, LevelRows rows, JsonBytes out);
    }

    private RowWriter() {}

    /** The writer of a shape, given the levels below its own. */
    static RowWriter of(ObjectShape shape, List<CompiledLevel> children) {
        RowWriter writer = new RowWriter();
        shape.members().forEach(member -> writer.add(member.key(), writer(member, children)));
        return writer;
    }

    private static MemberWriter writer(ObjectShape.Member member, List<CompiledLevel> children) {
        if (member instanceof ObjectShape.Value value) {
            int column = value.column();
            var scalar = value.writer();
            return (row, rows, out) -> scalar.writeAny(row.getValue(column), out);
        }
        if (member instanceof ObjectShape.Text text) {
            return (row, rows, out) -> out.string(text.text());
        }
        if (member instanceof ObjectShape.Joined joined) {
            return joined(joined.keyColumn(), of(joined.shape(), children));
        }
        if (member instanceof ObjectShape.ListInside list) {
            return inside(list.keyColumn(), of(list.shape(), children));
        }
        if (member instanceof ObjectShape.ListBelow list) {
            return many(
                    list.child(),
                    list.parentColumn(),
                    children.get(list.child()).writer());
        }
        ObjectShape.OneBelow one = (ObjectShape.OneBelow) member;
        return one(one.child(), one.parentColumn(), children.get(one.child()).writer());
    }

    private void add(String key, MemberWriter writer) {
        JsonBytes bytes = new JsonBytes(key.length() + 4);
        bytes.raw(keys.isEmpty() ? '{' : ',').string(key).raw(':');
        keys.add(Arrays.copyOf(bytes.array(), bytes.length()));
        members.add(writer);
    }

    /** The fewest bytes that an object has, beside the values of its columns. */
    int leastBytes() {
        return 1 + keys.stream().mapToInt(key -> key.length).sum();
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
    private static MemberWriter joined(int keyColumn, RowWriter nested) {
        return (row, rows, out) -> {
            if (row.getValue(keyColumn) == null) {
                out.nothing();
            } else {
                nested.write(row, rows, out);
            }
        };
    }

    /** The one list whose rows stand in the level itself; a row without its key is the record without any. */
    private static MemberWriter inside(int keyColumn, RowWriter nested) {
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
    private static MemberWriter many(int child, int keyColumn, RowWriter nested) {
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
    private static MemberWriter one(int child, int keyColumn, RowWriter nested) {
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
