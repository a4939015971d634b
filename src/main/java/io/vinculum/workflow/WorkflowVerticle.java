package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.BusFailure;
import io.vinculum.failure.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Answers {@code workflow.<action>} for each {@link RunAction}, {@code retrieve}, {@code list} and {@code definitions}. */
public final class WorkflowVerticle extends VerticleBase {
    private final Coordinator coordinator;

    public WorkflowVerticle(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    /** Where an action on workflows is answered. */
    public static String address(String action) {
        return "workflow." + action;
    }

    @Override
    public Future<?> start() {
        return coordinator.start().compose(started -> Future.all(consumers()));
    }

    private List<Future<Void>> consumers() {
        List<Future<Void>> consumers = new ArrayList<>();
        for (RunAction action : RunAction.values()) {
            consumers.add(on(action.shown(), request -> coordinator.change(action, request)));
        }
        consumers.add(on("retrieve", coordinator::retrieve));
        consumers.add(on("list", request -> coordinator.list(request).map(JsonArray::new)));
        consumers.add(on("definitions", this::definitions));
        return consumers;
    }

    private Future<JsonArray> definitions(JsonObject request) {
        return Future.succeededFuture(
                new JsonArray(coordinator.definitions(Optional.ofNullable(request.getString("id")))));
    }

    @Override
    public Future<?> stop() {
        return coordinator.stop();
    }

    private Future<Void> on(String action, Function<JsonObject, ? extends Future<?>> handler) {
        return vertx.eventBus()
                .<Object>consumer(address(action), message -> answer(message, handler))
                .completion();
    }

    private static void answer(Message<Object> message, Function<JsonObject, ? extends Future<?>> handler) {
        Future.succeededFuture(message.body())
                .map(WorkflowVerticle::object)
                .compose(body -> handler.apply(body).map(reply -> (Object) reply))
                .onSuccess(message::reply)
                .onFailure(cause -> BusFailure.reply(message, cause));
    }

    private static JsonObject object(Object body) {
        if (body instanceof JsonObject object) {
            return object;
        }
        throw Failure.invalid("a request about workflows takes a JSON object");
    }
}
