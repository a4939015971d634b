package io.vinculum.query;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.BusFailure;
import io.vinculum.failure.Failure;

/** Answers {@code query.graph} on the event bus. */
public final class QueryVerticle extends VerticleBase {
    /** Where queries are answered. */
    public static final String ADDRESS = "query.graph";

    private final Query query;

    public QueryVerticle(Query query) {
        this.query = query;
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus().<Object>consumer(ADDRESS, this::answer).completion();
    }

    private void answer(Message<Object> request) {
        if (!(request.body() instanceof JsonObject body)) {
            BusFailure.reply(request, Failure.invalid(ADDRESS + " takes a JSON object"));
            return;
        }
        Future.succeededFuture(body)
                .compose(asked ->
                        query.graph(asked, Deadline.ofHeader(request.headers().get("deadline"), query.longest())))
                .onSuccess(request::reply)
                .onFailure(cause -> BusFailure.reply(request, cause));
    }
}
