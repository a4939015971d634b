package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Link;
import io.vinculum.value.ScalarWriter;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads whole rows of an entity and writes them as JSON. */
final class RowJson {
    private final List<Field> fields;
    private final List<ScalarWriter> writers;
    private @Nullable OffsetDateTime lastTime;
    private @Nullable Object lastTimeText;

    RowJson(Entity entity) {
        fields = List.copyOf(entity.fields().values());
        writers = fields.stream().map(field -> ScalarWriter.of(field.type())).toList();
    }

    /** All columns of an aliased table, in the order of the entity's fields. */
    static String columns(Entity entity, String alias) {
        return entity.fields().values().stream()
                .map(field -> column(field, alias))
                .collect(Collectors.joining(", "));
    }

    /** One column of an aliased table. */
    static String column(Field field, String alias) {
        return ScalarWriter.readable(quote(alias, field.column()), field.type());
    }

    /** Rows that begin with {@link #columns}, as objects. */
    JsonArray array(List<Row> rows) {
        JsonArray array = new JsonArray(new ArrayList<>(rows.size()));
        rows.forEach(row -> array.add(add(row, new LinkedHashMap<>())));
        return array;
    }

    /** Adds the columns of such a row to a map, and answers it as an object. */
    JsonObject add(Row row, Map<String, @Nullable Object> into) {
        for (int column = 0; column < fields.size(); column++) {
            into.put(fields.get(column).name(), json(writers.get(column), row.getValue(column)));
        }
        return new JsonObject(into);
    }

    /** Rows that are written together share their times, so most times are those of the row before. */
    private @Nullable Object json(ScalarWriter writer, @Nullable Object value) {
        if (!(value instanceof OffsetDateTime time)) {
            return writer.json(value);
        }
        if (!time.equals(lastTime)) {
            lastTime = time;
            lastTimeText = writer.json(time);
        }
        return lastTimeText;
    }

    /** Keys as JSON has them: 64-bit ones as strings. */
    static JsonArray keys(Field key, List<?> keys) {
        ScalarWriter writer = ScalarWriter.of(key.type());
        JsonArray array = new JsonArray(new ArrayList<>(keys.size()));
        keys.forEach(value -> array.add(writer.json(value)));
        return array;
    }

    /** Both keys of a link, by the names of its key columns. */
    static JsonObject pair(Link link, Object first, Object second) {
        return new JsonObject()
                .put(
                        link.first().key().name(),
                        ScalarWriter.of(link.first().key().type()).json(first))
                .put(
                        link.second().key().name(),
                        ScalarWriter.of(link.second().key().type()).json(second));
    }
}
