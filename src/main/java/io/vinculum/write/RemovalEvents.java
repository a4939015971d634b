package io.vinculum.write;

import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.event.Events;

/** Tells of everything a removal took or a restore brought back. */
public final class RemovalEvents {
    private RemovalEvents() {}

    /**
     * Publishes one event for each entity.
     *
     * @param what {@code deleted} or {@code restored}
     */
    public static void publish(Events events, Removed removed, String what) {
        removed.forEach((entity, ids) -> {
            var json = RowJson.keys(Removed.idField(entity), ids);
            if (entity instanceof Model model) {
                events.ofModel(model.module(), model.name(), what, json);
            } else if (entity instanceof Link link) {
                events.ofLink(link.name(), what, json);
            }
        });
    }
}
