package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.flow.Schedule;
import io.vinculum.flow.Workflow;
import io.vinculum.run.RunKey;
import io.vinculum.shard.Shards;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * Starts the runs of schedules. The time names the run ({@code at <time>}), and so the shard whose owner starts it. A run
 * starts once however often it is asked for, so a new owner asks again for what was due lately.
 */
final class Scheduler {
    /** Longer than a takeover, so that what was due during one still runs. */
    private static final Duration LATELY = Duration.ofSeconds(15);

    private static final int MOST_AT_ONCE = 100;

    private final Collection<Workflow<?, ?>> workflows;
    private final IntPredicate isOwn;
    private final Function<JsonObject, Future<?>> start;
    private final Map<String, Instant> started = new HashMap<>();
    private final Map<String, Instant> since = new HashMap<>();

    /** A scheduler that starts, by a request, what is due in the node's own shards. */
    Scheduler(Collection<Workflow<?, ?>> workflows, IntPredicate isOwn, Function<JsonObject, Future<?>> start) {
        this.workflows = workflows;
        this.isOwn = isOwn;
        this.start = start;
    }

    /** Takes PostgreSQL's time about once a second. */
    void clock(Instant now) {
        started.values().removeIf(at -> at.isBefore(now.minus(LATELY.multipliedBy(2))));
        workflows.forEach(
                workflow -> workflow.options().schedule().ifPresent(schedule -> due(workflow, schedule, now)));
    }

    private void due(Workflow<?, ?> workflow, Schedule schedule, Instant now) {
        // What was due before this node started was for another node to start.
        Instant first = since.computeIfAbsent(workflow.name(), name -> now);
        Instant from = first.isAfter(now.minus(LATELY)) ? first : now.minus(LATELY);
        Optional<Instant> next = schedule.next(from);
        for (int i = 0; i < MOST_AT_ONCE && next.filter(at -> !at.isAfter(now)).isPresent(); i++) {
            Instant at = next.get();
            String transactionId = "at " + at;
            String id = new RunKey(workflow.name(), transactionId).id();
            if (isOwn.test(Shards.of(id)) && started.putIfAbsent(id, at) == null) {
                start.apply(new JsonObject()
                                .put("id", workflow.name())
                                .put("transactionId", transactionId)
                                .put("input", schedule.input())
                                .put("wait", false))
                        .onFailure(cause -> started.remove(id));
            }
            next = schedule.next(at);
        }
    }
}
