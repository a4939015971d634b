package io.vinculum.workflow;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets runs that ended longer ago than their workflow keeps them; one node does it for all. */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int PAGE = 5_000;

    /** Whoever owns this shard cleans up. */
    private static final int SHARD = 0;

    private final RunListing runs;
    private final Map<String, Long> retentions = new LinkedHashMap<>();
    private final ShardLeases ownership;
    private Instant next = Instant.EPOCH;
    private boolean working;

    Retention(RunListing runs, Collection<Workflow<?, ?>> workflows, ShardLeases ownership) {
        this.runs = runs;
        workflows.forEach(workflow ->
                retentions.put(workflow.name(), workflow.options().retention().toMillis()));
        this.ownership = ownership;
    }

    /** To be told PostgreSQL's time about once a second. */
    void clock(Instant now) {
        if (working || now.isBefore(next) || ownership.epoch(SHARD).isEmpty()) {
            return;
        }
        working = true;
        next = now.plus(EVERY);
        forget().onFailure(cause -> LOG.warn("old runs are not forgotten yet: {}", cause.getMessage()))
                .onComplete(done -> working = false);
    }

    private Future<Void> forget() {
        return runs.forget(retentions, PAGE).compose(gone -> gone < PAGE ? Future.succeededFuture() : forget());
    }
}
