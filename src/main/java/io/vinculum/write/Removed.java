package io.vinculum.write;

import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** What a removal took, or a restore brought back: keys of records, ids of links. */
public final class Removed {
    private final Map<Entity, List<Object>> ids = new LinkedHashMap<>();
    private final Map<Entity, List<Object>> skipped = new LinkedHashMap<>();

    void add(Entity entity, List<?> more) {
        if (!more.isEmpty()) {
            ids.computeIfAbsent(entity, name -> new ArrayList<>()).addAll(more);
        }
    }

    void skip(Entity entity, List<?> more) {
        if (!more.isEmpty()) {
            skipped.computeIfAbsent(entity, name -> new ArrayList<>()).addAll(more);
        }
    }

    /** The keys of the model's records that went or came. */
    public List<Object> of(Model model) {
        return ids.getOrDefault(model, List.of());
    }

    public void forEach(BiConsumer<Entity, List<Object>> visitor) {
        ids.forEach(visitor);
    }

    /** By entity name: {@code {"product_brand": ["link_…"]}}, and what was skipped under {@code skipped}. */
    public JsonObject toJson() {
        JsonObject json = byName(ids);
        return skipped.isEmpty() ? json : json.put("skipped", byName(skipped));
    }

    private static JsonObject byName(Map<Entity, List<Object>> lists) {
        JsonObject json = new JsonObject();
        lists.forEach((entity, list) -> json.put(entity.name(), RowJson.keys(idField(entity), list)));
        return json;
    }

    /** The field by which rows of an entity are named: a record's key, a link's id. */
    public static Field idField(Entity entity) {
        return entity instanceof Link ? entity.field("id") : entity.keys().get(0);
    }
}
