package io.vinculum.ledger;

import io.vertx.core.Future;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.flow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes runs that ended longer ago than the retention of their workflow, the oldest first; one node does it for all. */
public final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int PAGE = 5_000;

    /** Deletes nodes that have been silent for long too; they own nothing. */
    private static final String DELETE = """
            with old as (
              select r.id from unnest($1::text[], $2::int8[]) w(workflow, millis) cross join lateral (
                select id from vinculum.workflow_run where workflow = w.workflow
                  and created_at < now() - w.millis * interval '1 ms'
                  and finished_at < now() - w.millis * interval '1 ms'
                order by created_at limit $3) r),
            nodes as (delete from vinculum.workflow_node where lease_until < now() - interval '1 minute'),
            steps as (delete from vinculum.workflow_step where run in (select id from old))
            delete from vinculum.workflow_run where id in (select id from old) returning id
            """;

    private final Database database;
    private final Map<String, Long> retentions = new LinkedHashMap<>();
    private final BooleanSupplier isOurs;
    private Instant next = Instant.EPOCH;
    private boolean working;

    /** A retention that works while it is this node's turn. */
    public Retention(Database database, Collection<Workflow<?, ?>> workflows, BooleanSupplier isOurs) {
        this.database = database;
        workflows.forEach(workflow ->
                retentions.put(workflow.name(), workflow.options().retention().toMillis()));
        this.isOurs = isOurs;
    }

    /** Takes PostgreSQL's time about once a second. */
    public void clock(Instant now) {
        if (working || now.isBefore(next) || !isOurs.getAsBoolean()) {
            return;
        }
        working = true;
        next = now.plus(EVERY);
        deleteExpired()
                .onFailure(cause -> LOG.warn("old runs are not deleted yet: {}", cause.getMessage()))
                .onComplete(done -> working = false);
    }

    private Future<Void> deleteExpired() {
        Statement statement = Statement.of(
                DELETE,
                retentions.keySet().toArray(String[]::new),
                retentions.values().toArray(Long[]::new),
                (long) PAGE);
        return database.write(statement)
                .compose(deleted -> deleted.size() < PAGE ? Future.succeededFuture() : deleteExpired());
    }
}
