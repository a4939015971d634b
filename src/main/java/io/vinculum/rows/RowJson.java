package io.vinculum.rows;

import static io.vinculum.database.Identifier.quote;

import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.json.JsonBytes;
import java.util.List;
import java.util.stream.Collectors;

/** Reads whole rows of an entity and writes them as JSON. */
public final class RowJson {
    private RowJson() {}

    /** All columns of an aliased table, in the order of the entity's fields. */
    public static String columns(Entity entity, String alias) {
        return entity.fields().values().stream()
                .map(field -> ScalarWriter.readable(quote(alias, field.column()), field.type()))
                .collect(Collectors.joining(", "));
    }

    /** Rows that begin with {@link #columns}, as objects. */
    public static JsonArray array(Entity entity, List<Row> rows) {
        JsonBytes out = new JsonBytes(256 * (rows.size() + 1));
        out.raw('[');
        for (int i = 0; i < rows.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            object(entity, rows.get(i), out);
        }
        return new JsonArray(out.raw(']').toBuffer());
    }

    private static void object(Entity entity, Row row, JsonBytes out) {
        char before = '{';
        int column = 0;
        for (Field field : entity.fields().values()) {
            out.raw(before).string(field.name()).raw(':');
            ScalarWriter.of(field.type()).writeAny(row.getValue(column++), out);
            before = ',';
        }
        out.raw('}');
    }

    /** Keys as JSON has them: 64-bit ones as strings. */
    public static JsonArray keys(Field key, List<?> keys) {
        JsonBytes out = new JsonBytes(32 * (keys.size() + 1));
        out.raw('[');
        for (int i = 0; i < keys.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            ScalarWriter.of(key.type()).writeAny(keys.get(i), out);
        }
        return new JsonArray(out.raw(']').toBuffer());
    }
}
