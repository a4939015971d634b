package io.vinculum.link;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.BusFailure;
import io.vinculum.write.WriteVerticle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers {@code link.create}, {@code dismiss}, {@code delete}, {@code restore} and {@code list} on the event bus. */
public final class LinkVerticle extends VerticleBase {
    private final Links links;

    public LinkVerticle(Links links) {
        this.links = links;
    }

    /** Where an action on links is answered. */
    public static String address(String action) {
        return "link." + action;
    }

    private interface Action {
        Future<?> run(@Nullable Object body, Deadline deadline);
    }

    @Override
    public Future<?> start() {
        return Future.all(List.of(
                on("create", links::create),
                on("dismiss", links::dismiss),
                on("delete", links::delete),
                on("restore", links::restore),
                on("list", (body, deadline) -> links.list(body))));
    }

    private Future<Void> on(String action, Action handler) {
        return vertx.eventBus()
                .<Object>consumer(address(action), message -> answer(message, handler))
                .completion();
    }

    private static void answer(Message<Object> message, Action handler) {
        Future.succeededFuture(message.body())
                .compose(body -> handler.run(body, Deadline.after(WriteVerticle.within(message.headers())))
                        .map(reply -> (Object) reply))
                .onSuccess(message::reply)
                .onFailure(cause -> BusFailure.reply(message, cause));
    }
}
