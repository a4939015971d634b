package io.vinculum.workflow;

import io.vertx.core.Future;

/** No owner of the run can be reached now; soon one can. */
final class OwnerChanging extends RuntimeException {
    private static final long serialVersionUID = 1;

    OwnerChanging() {
        super("the run's owner is changing", null, false, false);
    }

    static <T> Future<T> failed() {
        return Future.failedFuture(new OwnerChanging());
    }
}
