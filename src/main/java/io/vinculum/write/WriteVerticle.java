package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vinculum.failure.BusFailure;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.json.JsonText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Answers {@code graph.write} on the event bus. */
public final class WriteVerticle extends VerticleBase {
    /** Where writes are answered. */
    public static final String ADDRESS = "graph.write";

    private static final String DEADLINE = "deadline";

    private final Writes writes;

    public WriteVerticle(Writes writes) {
        this.writes = writes;
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus().<Object>consumer(ADDRESS, this::answer).completion();
    }

    private void answer(Message<Object> message) {
        Future.succeededFuture(message.body())
                .compose(body -> writes.graphWrite(body, within(message.headers())))
                .onSuccess(message::reply)
                .onFailure(cause -> BusFailure.reply(message, cause));
    }

    /**
     * How long a request of the bus may take: {@link Writes#REQUEST_DEADLINE}, or less where its header {@code deadline}
     * says how many milliseconds are left.
     *
     * @throws Failure {@code INVALID_DATA} when the header is no whole number, {@code TIMEOUT} when nothing is left
     */
    public static Duration within(MultiMap headers) {
        @Nullable String text = headers.get(DEADLINE);
        if (text == null) {
            return Writes.REQUEST_DEADLINE;
        }
        long left;
        try {
            left = Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw Failure.invalid(
                    "the header 'deadline' takes the milliseconds that are left, was " + JsonText.shown(text));
        }
        if (left <= 0) {
            throw new Failure(
                    FailureCode.TIMEOUT, "no time was left for the request when it came; nothing was written");
        }
        return left < Writes.REQUEST_DEADLINE.toMillis() ? Duration.ofMillis(left) : Writes.REQUEST_DEADLINE;
    }
}
