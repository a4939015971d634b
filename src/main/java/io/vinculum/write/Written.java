package io.vinculum.write;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.event.Events;
import java.util.List;

/**
 * What one write wrote.
 *
 * @param answer an array of rows or keys, or an object of keys by entity
 * @param changes what happened to which entity, to be published once it is committed
 */
public record Written(Object answer, List<Change> changes) {

    public Written {
        changes = List.copyOf(changes);
    }

    /**
     * What happened to rows of one entity.
     *
     * @param what {@code created}, {@code updated}, {@code deleted}, {@code restored} or {@code dismissed}
     * @param ids keys of records, ids of links
     * @param keys both keys of each link; empty for records
     */
    public record Change(Entity entity, String what, JsonArray ids, JsonArray keys) {}

    /** The rows or keys that were written, in the order they were given. */
    public JsonArray rows() {
        return (JsonArray) answer;
    }

    /** The keys that went or came, by entity. */
    public JsonObject byEntity() {
        return (JsonObject) answer;
    }

    /** Tells the event bus; only after the commit. */
    public void publish(Events events) {
        for (Change change : changes) {
            if (change.entity() instanceof Model model) {
                events.ofModel(model.module(), model.name(), change.what(), change.ids());
            } else if (change.entity() instanceof Link link) {
                events.ofLink(link.name(), change.what(), change.ids(), change.keys());
            }
        }
    }
}
