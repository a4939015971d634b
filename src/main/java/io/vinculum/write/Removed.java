package io.vinculum.write;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.write.Written.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a removal took, or a restore brought back: keys of records, ids and keys of links. */
final class Removed {
    private final Map<Model, List<Object>> records = new LinkedHashMap<>();
    private final Map<Link, JsonArray> linkIds = new LinkedHashMap<>();
    private final Map<Link, JsonArray> linkKeys = new LinkedHashMap<>();
    private final Map<Link, JsonArray> skipped = new LinkedHashMap<>();

    void add(Model model, List<?> keys) {
        if (!keys.isEmpty()) {
            records.computeIfAbsent(model, made -> new ArrayList<>()).addAll(keys);
        }
    }

    /** Adds a link's row that begins with both keys and the id. */
    void add(Link link, Row row) {
        linkIds.computeIfAbsent(link, made -> new JsonArray()).add(row.getValue(2));
        linkKeys.computeIfAbsent(link, made -> new JsonArray())
                .add(RowJson.pair(link, row.getValue(0), row.getValue(1)));
    }

    void skip(Link link, Object id) {
        skipped.computeIfAbsent(link, made -> new JsonArray()).add(id);
    }

    List<Object> of(Model model) {
        return records.getOrDefault(model, List.of());
    }

    private static JsonArray keys(Model model, List<Object> keys) {
        return RowJson.keys(model.key(), keys);
    }

    /** By entity name: {@code {"product_brand": ["link_…"]}}, and what was skipped under {@code skipped}. */
    JsonObject toJson() {
        JsonObject json = new JsonObject();
        linkIds.forEach((link, ids) -> json.put(link.name(), ids));
        records.forEach((model, keys) -> json.put(model.name(), keys(model, keys)));
        if (!skipped.isEmpty()) {
            JsonObject left = new JsonObject();
            skipped.forEach((link, ids) -> left.put(link.name(), ids));
            json.put("skipped", left);
        }
        return json;
    }

    /** By entity: what went or came. */
    Written written(String what) {
        return new Written(toJson(), changes(what));
    }

    /** The same for a write of one model's records: those of the given keys that went or came, in their order. */
    Written written(String what, Model model, List<Object> given) {
        List<Object> own = new ArrayList<>(given);
        own.retainAll(new java.util.HashSet<>(of(model)));
        return new Written(keys(model, own), changes(what));
    }

    private List<Change> changes(String what) {
        List<Change> changes = new ArrayList<>();
        linkIds.forEach(
                (link, ids) -> changes.add(new Change(link, what, ids, linkKeys.getOrDefault(link, new JsonArray()))));
        records.forEach((model, keys) -> changes.add(new Change(model, what, keys(model, keys), new JsonArray())));
        return changes;
    }

    /** The field by which rows of an entity are named: a record's key, a link's id. */
    static Field idField(Entity entity) {
        return entity instanceof Link ? entity.field("id") : entity.keys().get(0);
    }
}
