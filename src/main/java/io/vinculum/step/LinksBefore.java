package io.vinculum.step;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.json.JsonText;
import io.vinculum.link.Links;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Links as they were before a step.
 *
 * @param pairs the sides of each, as they were given
 * @param rows of those that were there
 */
record LinksBefore(JsonArray pairs, JsonArray rows) {
    private static final List<String> OWN = List.of("link", "id", "created_at", "updated_at", "deleted_at", "outcome");

    /** What of the given links is there now, as a list of links answers it. */
    static Future<LinksBefore> of(JsonArray given, Function<Object, Future<JsonArray>> list) {
        JsonArray pairs = new JsonArray();
        given.forEach(one -> {
            if (!(one instanceof JsonObject pair)) {
                throw Failure.invalid("a link is an object, as {\"product\": {\"product_id\": \"…\"}, …}");
            }
            JsonObject sides = pair.copy();
            sides.remove("data");
            pairs.add(sides);
        });
        Future<JsonArray> rows =
                pairs.isEmpty() ? Future.succeededFuture(new JsonArray()) : list.apply(JsonText.plain(pairs));
        return rows.map(there -> new LinksBefore(pairs, there));
    }

    /** The same; fails with {@code NOT_FOUND} when one of the links is not there. */
    LinksBefore complete() {
        for (Object pair : pairs) {
            if (row((JsonObject) pair) == null) {
                throw Failure.notFound("there is no link " + pair + "; nothing was updated");
            }
        }
        return this;
    }

    private @Nullable JsonObject row(JsonObject pair) {
        Map<String, Object> keys = keys(pair);
        for (Object one : rows) {
            JsonObject row = (JsonObject) one;
            boolean same = keys.entrySet().stream()
                    .allMatch(key -> String.valueOf(key.getValue()).equals(String.valueOf(row.getValue(key.getKey()))));
            if (same && (pair.getValue("link") == null || pair.getValue("link").equals(row.getValue("link")))) {
                return row;
            }
        }
        return null;
    }

    private static Map<String, Object> keys(JsonObject pair) {
        Map<String, Object> keys = new LinkedHashMap<>();
        pair.forEach(side -> {
            if (side.getValue() instanceof JsonObject key) {
                key.forEach(column -> keys.put(column.getKey(), column.getValue()));
            }
        });
        return keys;
    }

    /** Makes what was there as it was. */
    void putBack(Links links) {
        restore(links, false);
    }

    /** The same, and removes what was not there. */
    void restore(Links links) {
        restore(links, true);
    }

    private void restore(Links links, boolean removing) {
        List<JsonObject> made = new ArrayList<>();
        List<JsonObject> changed = new ArrayList<>();
        for (Object one : pairs) {
            JsonObject pair = (JsonObject) one;
            JsonObject row = row(pair);
            if (row == null) {
                made.add(pair);
            } else {
                changed.add(pair.copy().put("data", custom(pair, row)));
            }
        }
        if (removing && !made.isEmpty()) {
            links.dismiss(JsonText.plain(new JsonArray(made))).await();
        }
        if (!changed.isEmpty()) {
            links.create(JsonText.plain(new JsonArray(changed))).await();
        }
    }

    private static JsonObject custom(JsonObject pair, JsonObject row) {
        JsonObject custom = row.copy();
        OWN.forEach(custom::remove);
        keys(pair).keySet().forEach(custom::remove);
        return custom;
    }
}
