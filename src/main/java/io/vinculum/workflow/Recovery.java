package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Workflow;
import io.vinculum.ledger.Outbox;
import io.vinculum.ledger.RunLoader;
import io.vinculum.run.Decision;
import io.vinculum.run.Run;
import io.vinculum.run.StoredRun;
import io.vinculum.shard.AcquiredShard;
import io.vinculum.shard.ShardLeases;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resumes the runs of shards that this node has acquired, page by page; when the database goes away meanwhile, it tries
 * again. A run whose owners died one after the other without progress becomes stuck.
 */
final class Recovery {
    /** So many owners may die in a row without progress of a run. */
    static final int DEATHS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final long RETRY_MILLIS = 200;

    private final Vertx vertx;
    private final Context context;
    private final RunLoader loader;
    private final Outbox outbox;
    private final ShardLeases leases;
    private final WorkflowRegistry registry;
    private final BiConsumer<Run, StoredRun> resume;

    /** A recovery that hands over each run that can be resumed. */
    Recovery(
            Vertx vertx,
            Context context,
            RunLoader loader,
            Outbox outbox,
            ShardLeases leases,
            WorkflowRegistry registry,
            BiConsumer<Run, StoredRun> resume) {
        this.vertx = vertx;
        this.context = context;
        this.loader = loader;
        this.outbox = outbox;
        this.leases = leases;
        this.registry = registry;
        this.resume = resume;
    }

    void recover(List<AcquiredShard> acquired) {
        Map<Integer, AcquiredShard> byShard = new HashMap<>();
        acquired.forEach(one -> byShard.put(one.shard(), one));
        List<Integer> shards = List.copyOf(byShard.keySet());
        loader.live(shards, page -> onContext(page, byShard))
                .compose(done -> outbox.publishLeftOver(shards))
                .onFailure(cause -> {
                    LOG.warn("runs of {} shards could not be loaded yet: {}", shards.size(), cause.getMessage());
                    vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                            .onSuccess(fired -> context.runOnContext(now -> recover(acquired)));
                });
    }

    private Future<Void> onContext(List<StoredRun> page, Map<Integer, AcquiredShard> acquired) {
        Promise<Void> resumed = Promise.promise();
        context.runOnContext(now -> resumePage(page, acquired).onComplete(resumed));
        return resumed.future();
    }

    /** Started runs before others; then in the order of the concurrency gate. */
    private static final Comparator<Next> ORDER = Comparator.comparing(
                    (Next one) -> one.stored().steps().isEmpty())
            .thenComparing(one -> -one.stored().priority())
            .thenComparing(one -> one.stored().age().negated());

    /** A run to resume, and what is stored of it. */
    private record Next(Run run, StoredRun stored) {}

    private Future<Void> resumePage(List<StoredRun> page, Map<Integer, AcquiredShard> acquired) {
        List<Next> next = new ArrayList<>();
        List<StoredRun> suspects = new ArrayList<>();
        for (StoredRun stored : page) {
            AcquiredShard shard = acquired.get(stored.shard());
            if (shard != null && isOurs(shard)) {
                restored(stored, shard.epoch()).ifPresent(run -> {
                    if (shard.crashed() && hasBodyInFlight(run)) {
                        suspects.add(stored);
                    }
                    next.add(new Next(run, stored));
                });
            }
        }
        return loader.countTakeovers(suspects).compose(counted -> {
            Promise<Void> resumed = Promise.promise();
            context.runOnContext(now -> {
                next.sort(ORDER);
                next.forEach(one -> resumeOne(one, suspects.contains(one.stored())));
                resumed.complete();
            });
            return resumed.future();
        });
    }

    private boolean isOurs(AcquiredShard shard) {
        return leases.epoch(shard.shard()).equals(Optional.of(shard.epoch()));
    }

    /** Whether the run may have caused the death of its owner: a body may have been running. */
    private static boolean hasBodyInFlight(Run run) {
        try {
            return !run.isPaused()
                    && Decision.next(run).stream()
                            .anyMatch(decision -> decision instanceof Decision.Invoke
                                    || decision instanceof Decision.Evaluate
                                    || decision instanceof Decision.Undo);
        } catch (RuntimeException thrown) {
            // A condition that throws is handled when the run is resumed.
            return false;
        }
    }

    private void resumeOne(Next next, boolean suspect) {
        int deaths = next.stored().takeoversNow();
        if (suspect && deaths >= DEATHS) {
            LOG.error(
                    "run {} is stuck: {} nodes died one after the other without progress of it",
                    next.run().id(),
                    deaths);
            next.run().makeStuck();
        }
        try {
            resume.accept(next.run(), next.stored());
        } catch (RuntimeException thrown) {
            LOG.error("run {} could not be resumed", next.run().id(), thrown);
        }
    }

    private Optional<Run> restored(StoredRun stored, long epoch) {
        Workflow<?, ?> workflow = registry.find(stored.workflow()).orElse(null);
        if (workflow == null) {
            LOG.error("run {} waits for a node that has the workflow '{}'", stored.id(), stored.workflow());
            return Optional.empty();
        }
        try {
            return Optional.of(stored.restored(workflow, epoch));
        } catch (RuntimeException changed) {
            LOG.error("run {} does not fit its workflow any more: {}", stored.id(), changed.getMessage());
            return byPolicy(stored, workflow, epoch, changed);
        }
    }

    private static Optional<Run> byPolicy(
            StoredRun stored, Workflow<?, ?> workflow, long epoch, RuntimeException changed) {
        Failure why = changed instanceof Failure failure
                ? failure
                : new Failure(FailureCode.UNEXPECTED_STATE, "what is stored of the run cannot be read any more");
        try {
            return stored.restoredByPolicy(workflow, epoch, why);
        } catch (RuntimeException unreadable) {
            LOG.error("run {} waits for a node that can read what it has done", stored.id(), unreadable);
            return Optional.empty();
        }
    }
}
