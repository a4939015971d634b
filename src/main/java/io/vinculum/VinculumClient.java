package io.vinculum;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import java.time.Duration;

/**
 * Asks nodes over the event bus: for a verticle that hosts nothing, on the Vert.x of a node or in another process of
 * its cluster. What fails arrives as a {@link Failure} with the code that the node gave.
 */
public final class VinculumClient {
    private static final Duration USUAL = Duration.ofSeconds(30);
    /** A run may take long; it continues when its caller has left. */
    private static final Duration RUN = Duration.ofHours(1);

    private final Vertx vertx;
    private final Duration timeout;

    public VinculumClient(Vertx vertx) {
        this(vertx, USUAL);
    }

    private VinculumClient(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        this.timeout = timeout;
    }

    /** The same with another time to wait for an answer; then it fails with {@code TIMEOUT}. */
    public VinculumClient withTimeout(Duration other) {
        return new VinculumClient(vertx, other);
    }

    /** Answers a selection: {@code {"entity": …, "fields": […]}} gives {@code {"data": […], "metadata": {…}}}. */
    public Future<JsonObject> graph(JsonObject request) {
        return ask("query.graph", request, timeout);
    }

    /** Links of all kinds. */
    public LinkClient links() {
        return new LinkClient();
    }

    /** The records of one module. */
    public ModuleClient module(String name) {
        return new ModuleClient(name);
    }

    /** Runs of workflows. */
    public WorkflowClient workflows() {
        return new WorkflowClient();
    }

    private <T> Future<T> ask(String address, Object body, Duration patience) {
        return vertx.eventBus()
                .<T>request(address, body, new DeliveryOptions().setSendTimeout(patience.toMillis()))
                .map(reply -> reply.body())
                .recover(cause -> Future.failedFuture(Failure.of(cause)));
    }

    private static JsonObject of(String model) {
        return new JsonObject().put("model", model);
    }

    /** Creates and removes links; each call takes some and is one transaction. */
    public final class LinkClient {
        private LinkClient() {}

        /** Takes links like {@code {"product": {"product_id": …}, "brand": {"brand_id": …}, "data": {…}}}. */
        public Future<JsonArray> create(JsonArray links) {
            return ask("link.create", links, timeout);
        }

        public Future<JsonArray> dismiss(JsonArray links) {
            return ask("link.dismiss", links, timeout);
        }

        /** Follows the links of deleted records: {@code {"product": {"product_id": […]}}}. */
        public Future<JsonObject> delete(JsonObject records) {
            return ask("link.delete", records, timeout);
        }

        public Future<JsonObject> restore(JsonObject records) {
            return ask("link.restore", records, timeout);
        }

        /** The links that are there of those given. */
        public Future<JsonArray> list(JsonArray links) {
            return ask("link.list", links, timeout);
        }
    }

    /** Reads and writes the records of one module. */
    public final class ModuleClient {
        private final String module;

        private ModuleClient(String module) {
            this.module = module;
        }

        /** Answers {@code {"data": […]}}; takes what {@code query.graph} takes, with {@code model} for the entity. */
        public Future<JsonObject> list(JsonObject request) {
            return send("list", request);
        }

        /** Fails with {@code NOT_FOUND} where there is no such record. */
        public Future<JsonObject> retrieve(String model, Object id) {
            return send("retrieve", of(model).put("id", id));
        }

        /** Answers the records with their keys, in the order given. */
        public Future<JsonArray> create(String model, JsonArray records) {
            return send("create", of(model).put("data", records));
        }

        public Future<JsonArray> update(String model, JsonArray records) {
            return send("update", of(model).put("data", records));
        }

        /** Answers the keys of the records that went. */
        public Future<JsonArray> delete(String model, JsonArray ids) {
            return send("delete", of(model).put("ids", ids));
        }

        public Future<JsonArray> softDelete(String model, JsonArray ids) {
            return send("softDelete", of(model).put("ids", ids));
        }

        public Future<JsonArray> restore(String model, JsonArray ids) {
            return send("restore", of(model).put("ids", ids));
        }

        private <T> Future<T> send(String action, JsonObject body) {
            return ask("module." + module + "." + action, body, timeout);
        }
    }

    /** Starts, reads and changes runs. */
    public final class WorkflowClient {
        private WorkflowClient() {}

        /** Takes {@code {"id", "input", "transactionId", "wait", "priority"}}; answers the run when it has ended. */
        public Future<JsonObject> run(JsonObject request) {
            return ask("workflow.run", request, RUN);
        }

        /** Undoes a run, also one that is done. */
        public Future<JsonObject> cancel(String id, String transactionId) {
            return change("cancel", named(id, transactionId));
        }

        /** One run with the timeline of its steps. */
        public Future<JsonObject> retrieve(String id, String transactionId) {
            return ask("workflow.retrieve", named(id, transactionId), timeout);
        }

        /** The latest runs: {@code {"id", "state", "take"}}, each optional. */
        public Future<JsonArray> list(JsonObject request) {
            return ask("workflow.list", request, timeout);
        }

        /** Ends an asynchronous step. */
        public Future<JsonObject> stepSuccess(String key, Object output) {
            return change("step.success", new JsonObject().put("key", key).put("output", output));
        }

        /** Says that an asynchronous step cannot be done. */
        public Future<JsonObject> stepFailure(String key, String error) {
            return change("step.failure", new JsonObject().put("key", key).put("error", error));
        }

        /** Any other action, as {@code pause}, {@code resume}, {@code retry}, {@code skip} or {@code fork}. */
        public Future<JsonObject> change(String action, JsonObject request) {
            return ask("workflow." + action, request, RUN);
        }

        private JsonObject named(String id, String transactionId) {
            return new JsonObject().put("id", id).put("transactionId", transactionId);
        }
    }
}
