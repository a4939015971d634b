package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.value.ScalarWriter;
import java.util.ArrayList;
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
        JsonArray array = new JsonArray(new ArrayList<>(rows.size()));
        rows.forEach(row -> array.add(add(entity, row, new JsonObject())));
        return array;
    }

    /** Adds the columns of such a row to an object, and answers it. */
    public static JsonObject add(Entity entity, Row row, JsonObject into) {
        int column = 0;
        for (Field field : entity.fields().values()) {
            into.put(field.name(), ScalarWriter.of(field.type()).json(row.getValue(column++)));
        }
        return into;
    }

    /** Keys as JSON has them: 64-bit ones as strings. */
    public static JsonArray keys(Field key, List<?> keys) {
        ScalarWriter writer = ScalarWriter.of(key.type());
        JsonArray array = new JsonArray(new ArrayList<>(keys.size()));
        keys.forEach(value -> array.add(writer.json(value)));
        return array;
    }
}
