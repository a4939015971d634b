package io.vinculum.module;

import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Model;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.query.RemoteRows.Records;
import io.vinculum.write.Write;
import io.vinculum.write.Write.Answer;
import io.vinculum.write.Write.Removing;
import io.vinculum.write.Writes;
import io.vinculum.write.Written;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The client of all modules: asks this node where it hosts the module, any other node where it does not. */
public final class Modules {
    /** A list takes no longer than a statement of this database may. */
    private static final long LIST_MILLIS = 5_000;

    private final EventBus bus;
    private final Writes writes;
    private final Set<String> hostedHere;
    private final long timeoutMillis;

    /**
     * Makes the client.
     *
     * @param hostedHere the modules that this node hosts: those are written directly, not over the bus
     */
    public Modules(EventBus bus, Writes writes, Set<String> hostedHere, long timeoutMillis) {
        this.bus = bus;
        this.writes = writes;
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
        return this.<Object>ask(module, "list", request, longest, Deadline.NONE).map(reply -> {
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
        return hostedHere.contains(module)
                ? here(() -> Write.create(model(module, model), records.getList(), Answer.ROWS), Deadline.NONE)
                : ask(module, "create", body(model).put("data", records), Deadline.NONE);
    }

    /** Updates records by their keys; answers them in the order given. */
    public Future<JsonArray> update(String module, String model, JsonArray records) {
        return hostedHere.contains(module)
                ? here(() -> Write.update(model(module, model), records.getList(), Answer.ROWS), Deadline.NONE)
                : ask(module, "update", body(model).put("data", records), Deadline.NONE);
    }

    /** Makes records within a deadline; answers their keys only, in the order given. */
    public Future<JsonArray> createKeys(Model model, List<?> records, Deadline deadline) {
        return hostedHere.contains(model.module())
                ? here(() -> Write.create(model, records, Answer.KEYS), deadline)
                : this.<JsonArray>ask(
                                model.module(),
                                "create",
                                body(model.name()).put("data", new JsonArray(records)),
                                deadline)
                        .map(rows -> keys(model, rows));
    }

    /** Updates records within a deadline; answers their keys only, in the order given. */
    public Future<JsonArray> updateKeys(Model model, List<?> records, Deadline deadline) {
        return hostedHere.contains(model.module())
                ? here(() -> Write.update(model, records, Answer.KEYS), deadline)
                : this.<JsonArray>ask(
                                model.module(),
                                "update",
                                body(model.name()).put("data", new JsonArray(records)),
                                deadline)
                        .map(rows -> keys(model, rows));
    }

    private static JsonArray keys(Model model, JsonArray rows) {
        JsonArray keys = new JsonArray();
        rows.forEach(row -> keys.add(((JsonObject) row).getValue(model.key().name())));
        return keys;
    }

    private Future<JsonArray> here(Supplier<Write> write, Deadline deadline) {
        return Future.succeededFuture()
                .map(nothing -> write.get())
                .compose(read -> writes.run(read, deadline))
                .map(Written::rows)
                .recover(cause -> Future.failedFuture(Failure.of(cause)));
    }

    private Model model(String module, String name) {
        return writes.catalog().model(module, Optional.of(name));
    }

    /**
     * Takes records away or brings them back; answers the keys that went or came.
     *
     * @param action {@code delete}, {@code softDelete} or {@code restore}
     */
    public Future<JsonArray> remove(String module, String action, String model, JsonArray ids) {
        return remove(module, action, model, ids, Deadline.NONE);
    }

    /** The same within a deadline. */
    public Future<JsonArray> remove(String module, String action, String model, JsonArray ids, Deadline deadline) {
        return hostedHere.contains(module)
                ? here(() -> removal(action, model(module, model), ids.getList()), deadline)
                : ask(module, action, body(model).put("ids", ids), deadline);
    }

    private static Write removal(String action, Model model, List<?> ids) {
        return switch (action) {
            case "delete" -> Write.remove(model, ids, Removing.HARD);
            case "softDelete" -> Write.remove(model, ids, Removing.SOFT);
            case "restore" -> Write.restore(model, ids);
            default ->
                throw Failure.invalid("there is no action '" + Nearest.shown(action) + "'"
                        + Nearest.hint(action, List.of("delete", "softDelete", "restore")));
        };
    }

    private static JsonObject body(String model) {
        return new JsonObject().put("model", model);
    }

    /** A receiver ends in time by itself, so the bus waits for its answer longer than that. */
    private <T> Future<T> ask(String module, String action, JsonObject body, Deadline deadline) {
        return ask(module, action, body, timeoutMillis, deadline);
    }

    private <T> Future<T> ask(String module, String action, JsonObject body, long millis, Deadline deadline) {
        DeliveryOptions options =
                new DeliveryOptions().setSendTimeout(millis).setLocalOnly(hostedHere.contains(module));
        if (deadline.limited()) {
            options.addHeader(
                    "deadline", String.valueOf(Math.max(1, deadline.left().toMillis())));
        }
        return bus.<T>request(address(module, action), body, options)
                .map(reply -> reply.body())
                .recover(cause -> Future.failedFuture(Failure.of(cause)));
    }
}
