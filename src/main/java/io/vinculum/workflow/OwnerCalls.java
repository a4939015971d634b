package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.BusFailure;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.shard.ShardLeases;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Forwards calls to the node that owns a run, and answers those of other nodes. */
final class OwnerCalls {
    private static final long LONGEST_WAIT_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long RETRY_MILLIS = 200;
    /** The lease of a node that died, and time to notice its end. */
    private static final Duration TAKEOVER = ShardLeases.LEASE.plusSeconds(3);

    private final Vertx vertx;
    private final UUID node;
    private @Nullable MessageConsumer<JsonObject> consumer;

    OwnerCalls(Vertx vertx, UUID node) {
        this.vertx = vertx;
        this.node = node;
    }

    private static String address(UUID node) {
        return "workflow.node." + node;
    }

    /** Answers calls that other nodes forward. */
    Future<Void> listen(BiFunction<RunAction, JsonObject, Future<JsonObject>> handler) {
        MessageConsumer<JsonObject> listening =
                vertx.eventBus().consumer(address(node), message -> answer(message, handler));
        consumer = listening;
        return listening.completion();
    }

    private static void answer(
            Message<JsonObject> message, BiFunction<RunAction, JsonObject, Future<JsonObject>> handler) {
        RunAction action = RunAction.valueOf(message.body().getString("action"));
        handler.apply(action, message.body().getJsonObject("request"))
                .onSuccess(message::reply)
                .onFailure(cause -> BusFailure.reply(
                        message,
                        cause instanceof OwnerChanging
                                ? new Failure(FailureCode.UNAVAILABLE, "the run's owner is changing")
                                : cause));
    }

    Future<Void> close() {
        return consumer == null ? Future.succeededFuture() : consumer.unregister();
    }

    /** Asks the owner; fails with {@link OwnerChanging} when it cannot be reached. */
    Future<JsonObject> forward(UUID owner, RunAction action, JsonObject request) {
        return vertx.eventBus()
                .<JsonObject>request(
                        address(owner),
                        new JsonObject().put("action", action.name()).put("request", request),
                        new DeliveryOptions().setSendTimeout(LONGEST_WAIT_MILLIS))
                .map(Message::body)
                .recover(cause -> {
                    Failure failure = Failure.of(cause);
                    return failure.code() == FailureCode.UNAVAILABLE
                            ? OwnerChanging.failed()
                            : Future.failedFuture(failure);
                });
    }

    /** Repeats a call while the owner of its run is changing; repeating it has no further effect. */
    Future<JsonObject> retried(Supplier<Future<JsonObject>> call) {
        return retried(call, System.nanoTime() + TAKEOVER.toNanos());
    }

    private Future<JsonObject> retried(Supplier<Future<JsonObject>> call, long until) {
        return call.get().recover(cause -> {
            if (!(cause instanceof OwnerChanging)) {
                return Future.failedFuture(cause);
            }
            if (System.nanoTime() > until) {
                return Future.failedFuture(new Failure(
                        FailureCode.UNAVAILABLE,
                        "the node that owns the run does not answer; nodes of one database join with --cluster"));
            }
            return vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS).compose(fired -> retried(call, until));
        });
    }
}
