package io.vinculum.write;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.json.JsonText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a caller gave, as plain values or as the event bus has it, read without a copy. */
final class Given {
    private Given() {}

    /** Reads an object; anything else is {@code INVALID_DATA}. */
    static Map<String, @Nullable Object> object(String what, @Nullable Object value) {
        return JsonText.object(what, value(value));
    }

    /** Reads an array; anything else is {@code INVALID_DATA}. */
    static List<@Nullable Object> list(String what, @Nullable Object value) {
        return JsonText.list(what, value(value));
    }

    /** Without the outermost type of Vert.x. */
    static @Nullable Object value(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return object.getMap();
        }
        return value instanceof JsonArray array ? array.getList() : value;
    }
}
