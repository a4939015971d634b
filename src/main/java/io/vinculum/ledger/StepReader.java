package io.vinculum.ledger;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Coded;
import io.vinculum.flow.Step;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepResult;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the committed result of one step, for a transaction whose answer was lost. */
public final class StepReader {
    private static final String COMMITTED =
            "select attempt, place, output::text, undo_data::text from vinculum.workflow_step"
                    + " where run = $1 and node = $2 and item = $3 and not undo and state = 'ok'";

    private StepReader() {}

    /** The result that an earlier attempt has committed; empty when none has. */
    public static Future<Optional<StepResult>> committed(Session session, Run run, Position position) {
        Statement statement = Statement.of(COMMITTED, run.id(), run.nameAt(position), position.item());
        return session.run(statement)
                .map(rows -> rows.stream().findFirst().map(row -> result(run.stepAt(position), row)));
    }

    private static StepResult result(@Nullable Step<?, ?> step, Row row) {
        return new StepResult(
                false,
                StepRecord.State.OK,
                row.getInteger(0),
                row.getInteger(1),
                null,
                step == null
                        ? Coded.NONE
                        : new Coded(Codec.read(row.getString(2), step.output(), "the answer"), row.getString(2)),
                step == null || step.undo().isEmpty()
                        ? Coded.NONE
                        : new Coded(
                                Codec.read(row.getString(3), step.undo().get().data(), "the undo data"),
                                row.getString(3)),
                null,
                Duration.ZERO,
                Optional.empty(),
                null);
    }
}
