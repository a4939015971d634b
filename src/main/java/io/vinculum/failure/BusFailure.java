package io.vinculum.failure;

import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.Optional;

/**
 * Carries a failure over the event bus: the reply's failure code is {@link FailureCode#number()}, its message
 * {@code CODE: message}, so that a receiver in any language reads both.
 */
public final class BusFailure {
    private BusFailure() {}

    /** Answers a request with a failure. */
    public static void reply(Message<?> request, Throwable cause) {
        Failure failure = Failure.of(cause);
        request.fail(failure.code().number(), failure.code() + ": " + failure.getMessage());
    }

    /** Reads a failure that came over the bus; empty for a throwable that did not. */
    static Optional<Failure> decode(Throwable cause) {
        if (!(cause instanceof ReplyException reply)) {
            return Optional.empty();
        }
        if (reply.failureType() == ReplyFailure.TIMEOUT) {
            return Optional.of(new Failure(FailureCode.TIMEOUT, "no answer came over the event bus in time"));
        }
        if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
            return Optional.of(new Failure(FailureCode.UNAVAILABLE, "nobody in the cluster answers this request"));
        }
        return parse(reply).or(() -> foreign(reply));
    }

    /** A verticle of the user's own failed with a code of its own. */
    private static Optional<Failure> foreign(ReplyException reply) {
        String message = String.valueOf(reply.getMessage());
        return Optional.of(
                new Failure(FailureCode.UNAVAILABLE, "the one who answers failed: " + Nearest.shown(message)));
    }

    private static Optional<Failure> parse(ReplyException reply) {
        String message = reply.getMessage() == null ? "" : reply.getMessage();
        for (FailureCode code : FailureCode.values()) {
            String prefix = code + ": ";
            if (code.number() == reply.failureCode() && message.startsWith(prefix)) {
                return Optional.of(new Failure(code, message.substring(prefix.length())));
            }
        }
        return Optional.empty();
    }
}
