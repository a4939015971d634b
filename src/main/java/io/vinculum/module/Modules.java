package io.vinculum.module;

import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.query.RemoteRows.Records;
import java.util.Set;

/** The client of all modules: asks this node where it hosts the module, any other node where it does not. */
public final class Modules {
    /** A list takes no longer than a statement of this database may. */
    private static final long LIST_MILLIS = 5_000;

    private final EventBus bus;
    private final Set<String> hostedHere;
    private final long timeoutMillis;

    public Modules(EventBus bus, Set<String> hostedHere, long timeoutMillis) {
        this.bus = bus;
        this.hostedHere = Set.copyOf(hostedHere);
        this.timeoutMillis = timeoutMillis;
    }

    /** Where a module answers an action. */
    static String address(String module, String action) {
        return "module." + module + "." + action;
    }

    /** Answers records as {@code query.graph} does, under {@code data}. */
    public Future<JsonArray> list(String module, JsonObject request) {
        return records(module, request, Deadline.NONE).map(Records::data);
    }

    /** The same, with how many there are, for at most as long as a statement may take. */
    public Future<Records> records(String module, JsonObject request, Deadline deadline) {
        long longest = Math.max(1, Math.min(LIST_MILLIS, deadline.left().toMillis()));
        return this.<Object>ask(module, "list", request, longest).map(reply -> {
            if (reply instanceof JsonArray array) {
                return new Records(array, -1);
            }
            if (reply instanceof JsonObject object && object.getValue("data") instanceof JsonArray data) {
                boolean counted = object.getValue("metadata") instanceof JsonObject metadata
                        && metadata.getValue("count") instanceof Number;
                return new Records(
                        data, counted ? object.getJsonObject("metadata").getLong("count") : -1);
            }
            throw Failure.invalid(
                    "the module '" + module + "' answered a list that is neither an array nor {\"data\": […]}");
        });
    }

    /** Makes records; answers them with their keys, in the order given. */
    public Future<JsonArray> create(String module, String model, JsonArray records) {
        return ask(module, "create", body(model).put("data", records));
    }

    /** Updates records by their keys; answers them in the order given. */
    public Future<JsonArray> update(String module, String model, JsonArray records) {
        return ask(module, "update", body(model).put("data", records));
    }

    /**
     * Takes records away or brings them back; answers the keys that went or came.
     *
     * @param action {@code delete}, {@code softDelete} or {@code restore}
     */
    public Future<JsonArray> remove(String module, String action, String model, JsonArray ids) {
        return ask(module, action, body(model).put("ids", ids));
    }

    private static JsonObject body(String model) {
        return new JsonObject().put("model", model);
    }

    private <T> Future<T> ask(String module, String action, JsonObject body) {
        return ask(module, action, body, timeoutMillis);
    }

    private <T> Future<T> ask(String module, String action, JsonObject body, long millis) {
        DeliveryOptions options =
                new DeliveryOptions().setSendTimeout(millis).setLocalOnly(hostedHere.contains(module));
        return bus.<T>request(address(module, action), body, options)
                .map(reply -> reply.body())
                .recover(cause -> Future.failedFuture(Failure.of(cause)));
    }
}
