package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vinculum.failure.Failure;
import org.jspecify.annotations.Nullable;

/** Where a run is written down before it goes on; a future that fails means that somebody else goes on with it. */
interface Journal {
    /** Keeps nothing. */
    Journal NONE = new Journal() {
        @Override
        public Future<Void> recorded(Run run, Position position, Result result) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> changed(Run run, RunState state, @Nullable Object output) {
            return Future.succeededFuture();
        }
    };

    /**
     * What came of a body or of a compensation.
     *
     * @param place its place in the order of completion
     */
    record Result(
            boolean undo,
            boolean good,
            int attempt,
            int place,
            @Nullable Object output,
            @Nullable Object undoData,
            @Nullable Failure error) {}

    Future<Void> recorded(Run run, Position position, Result result);

    Future<Void> changed(Run run, RunState state, @Nullable Object output);
}
