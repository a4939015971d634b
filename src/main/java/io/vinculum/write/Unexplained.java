package io.vinculum.write;

import io.vertx.core.Future;
import io.vinculum.database.Session;
import java.util.function.Function;

/** A write that was refused; the reason can be looked up, but not in the transaction that it ended. */
final class Unexplained extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Function<Session, Future<Throwable>> reason;

    Unexplained(Function<Session, Future<Throwable>> reason) {
        super("a write was refused", null, false, false);
        this.reason = reason;
    }

    /** Looks the reason up. */
    Future<Throwable> reason(Session session) {
        return reason.apply(session);
    }
}
