package io.vinculum.event;

import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Publishes on {@code event.…} addresses; best effort, as the event bus is. */
public final class Events {
    private final EventBus bus;

    public Events(EventBus bus) {
        this.bus = bus;
    }

    /** {@code event.product.product.created} with {@code {"ids": […]}}. */
    public void ofModel(String module, String model, String what, JsonArray ids) {
        if (!ids.isEmpty()) {
            bus.publish("event." + module + "." + model + "." + what, new JsonObject().put("ids", ids));
        }
    }

    /**
     * {@code event.link.product_brand.dismissed} with {@code {"ids": […], "keys": [{"product_id": …, "brand_id": …}, …]}}.
     */
    public void ofLink(String link, String what, JsonArray ids, JsonArray keys) {
        if (!ids.isEmpty()) {
            bus.publish(
                    "event.link." + link + "." + what,
                    new JsonObject().put("ids", ids).put("keys", keys));
        }
    }
}
