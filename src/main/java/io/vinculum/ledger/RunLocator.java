package io.vinculum.ledger;

import io.vertx.core.Future;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.run.RunState;
import java.util.Optional;
import java.util.UUID;

/** Finds the node that owns a run or a shard. */
public final class RunLocator {
    private static final String LOCATE = "select r.shard, s.node, r.state from vinculum.workflow_run r"
            + " join vinculum.workflow_shard s on s.shard = r.shard where r.id = $1";
    private static final String OWNER = "select node from vinculum.workflow_shard where shard = $1";

    private final Database database;

    public RunLocator(Database database) {
        this.database = database;
    }

    /**
     * Where a run is.
     *
     * @param owner the node that owns its shard; empty when none does now
     */
    public record Location(int shard, Optional<UUID> owner, RunState state) {}

    /** Where a run is; empty when there is no such run. */
    public Future<Optional<Location>> locate(String id) {
        return database.read(Statement.of(LOCATE, id))
                .map(rows -> rows.stream()
                        .findFirst()
                        .map(row -> new Location(
                                row.getInteger(0),
                                Optional.ofNullable(row.getUUID(1)),
                                RunState.of(row.getString(2)))));
    }

    /** The node that owns a shard; fails with {@code UNAVAILABLE} when none does. */
    public Future<UUID> owner(int shard) {
        return database.read(Statement.of(OWNER, shard)).map(rows -> {
            if (rows.isEmpty() || rows.get(0).getUUID(0) == null) {
                throw new Failure(FailureCode.UNAVAILABLE, "no node runs workflows now; try again");
            }
            return rows.get(0).getUUID(0);
        });
    }
}
