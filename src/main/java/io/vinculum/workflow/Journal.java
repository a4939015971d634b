package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vinculum.database.Session;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a run is written down before it goes on; a future that fails means that somebody else goes on with it. */
interface Journal {
    /** Keeps nothing. */
    Journal NONE = new Journal() {
        @Override
        public Future<Boolean> started(Run run) {
            return Future.succeededFuture(true);
        }

        @Override
        public Future<Void> recorded(Run run, Position position, Result result) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> changed(Run run, RunState state) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Result> within(Run run, Position position, Function<Session, Future<Result>> work) {
            return Future.failedFuture(new Failure(
                    FailureCode.UNEXPECTED_STATE, "a transactional step needs the database that keeps its result"));
        }
    };

    /**
     * What came of a try of a body or of a compensation.
     *
     * @param place its place in the order of completion
     * @param wake how long until it goes on by itself; empty where it does not
     */
    record Result(
            boolean undo,
            StepRecord.State state,
            int attempt,
            int place,
            @Nullable Object input,
            @Nullable Object output,
            @Nullable Object undoData,
            @Nullable Failure error,
            Duration elapsed,
            Optional<Duration> wake) {}

    /** A new run; answers whether it is, rather than one of the same id that is there. */
    Future<Boolean> started(Run run);

    Future<Void> recorded(Run run, Position position, Result result);

    /** A run's new state; with an end, what the run answers and its events. */
    Future<Void> changed(Run run, RunState state);

    /** Records the result of some work in the transaction in which it is done. */
    Future<Result> within(Run run, Position position, Function<Session, Future<Result>> work);
}
