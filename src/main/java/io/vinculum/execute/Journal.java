package io.vinculum.execute;

import io.vertx.core.Future;
import io.vinculum.database.Session;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.RunState;
import io.vinculum.run.Signal;
import io.vinculum.run.StepResult;
import java.util.function.Function;

/** Where a run is written before it continues; a future that fails means that this node has lost the run. */
public interface Journal {
    /** Keeps nothing. */
    Journal NONE = new Journal() {
        @Override
        public Future<Boolean> started(Run run) {
            return Future.succeededFuture(true);
        }

        @Override
        public Future<Void> recorded(Run run, Position position, StepResult result) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> changed(Run run, RunState state) {
            return Future.succeededFuture();
        }

        @Override
        public Future<StepResult> inTransaction(
                Run run, Position position, Function<Session, Future<StepResult>> work) {
            return Future.failedFuture(new Failure(
                    FailureCode.UNEXPECTED_STATE, "a transactional step needs the database that keeps its result"));
        }
    };

    /** Writes a new run; answers false when there is one of the same id already. */
    Future<Boolean> started(Run run);

    Future<Void> recorded(Run run, Position position, StepResult result);

    /** Writes a signal to a run. */
    default Future<Void> signalled(Run run, Signal signal) {
        return Future.succeededFuture();
    }

    /** Writes what functions of the author made beside any step; JSON. */
    default Future<Void> evaluated(Run run, String made) {
        return Future.succeededFuture();
    }

    /** Writes a new state of a run; with an end, its output and its events. */
    Future<Void> changed(Run run, RunState state);

    /** Does some work and writes its result in one transaction. */
    Future<StepResult> inTransaction(Run run, Position position, Function<Session, Future<StepResult>> work);
}
