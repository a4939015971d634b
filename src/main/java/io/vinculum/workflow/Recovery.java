package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
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
 * Goes on with the runs of shards that are this node's now, page by page; a database that goes away meanwhile is asked
 * again. A run under which one owner after the other died stays where it is until somebody has looked.
 */
final class Recovery {
    /** So many owners may die at the same place of a run. */
    static final int DEATHS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final long AGAIN_MILLIS = 200;

    private final Vertx vertx;
    private final Context context;
    private final RunLoader kept;
    private final Outbox outbox;
    private final ShardLeases ownership;
    private final Map<String, Workflow<?, ?>> workflows;
    private final BiConsumer<Run, RunLoader.StoredRun> drive;

    /** A recovery that hands over each run that can go on. */
    Recovery(
            Vertx vertx,
            Context context,
            RunLoader kept,
            Outbox outbox,
            ShardLeases ownership,
            Map<String, Workflow<?, ?>> workflows,
            BiConsumer<Run, RunLoader.StoredRun> drive) {
        this.vertx = vertx;
        this.context = context;
        this.kept = kept;
        this.outbox = outbox;
        this.ownership = ownership;
        this.workflows = workflows;
        this.drive = drive;
    }

    void recover(List<ShardLeases.Taken> taken) {
        Map<Integer, ShardLeases.Taken> byShard = new HashMap<>();
        taken.forEach(one -> byShard.put(one.shard(), one));
        List<Integer> shards = List.copyOf(byShard.keySet());
        kept.live(shards, page -> onContext(page, byShard))
                .compose(done -> outbox.leaveBehind(shards))
                .onFailure(cause -> {
                    LOG.warn("runs of {} shards could not be read yet: {}", shards.size(), cause.getMessage());
                    vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS)
                            .onSuccess(fired -> context.runOnContext(now -> recover(taken)));
                });
    }

    private Future<Void> onContext(List<RunLoader.StoredRun> page, Map<Integer, ShardLeases.Taken> taken) {
        Promise<Void> resumed = Promise.promise();
        context.runOnContext(now -> resume(page, taken).onComplete(resumed));
        return resumed.future();
    }

    /** What has begun goes on before what has not; then as those wait that want a place. */
    private static final Comparator<Next> ORDER = Comparator.comparing(
                    (Next one) -> one.written().steps().isEmpty())
            .thenComparing(one -> -one.written().priority())
            .thenComparing(one -> one.written().age().negated());

    /** A run that goes on, and what is written down of it. */
    private record Next(Run run, RunLoader.StoredRun written) {}

    private Future<Void> resume(List<RunLoader.StoredRun> page, Map<Integer, ShardLeases.Taken> taken) {
        List<Next> next = new ArrayList<>();
        List<RunLoader.StoredRun> suspects = new ArrayList<>();
        for (RunLoader.StoredRun written : page) {
            ShardLeases.Taken shard = taken.get(written.shard());
            if (shard != null && isOurs(shard)) {
                rebuilt(written, shard.epoch()).ifPresent(run -> {
                    if (shard.crashed() && hasSomethingUnderWay(run)) {
                        suspects.add(written);
                    }
                    next.add(new Next(run, written));
                });
            }
        }
        return kept.countTakeovers(suspects).compose(counted -> {
            Promise<Void> driven = Promise.promise();
            context.runOnContext(now -> {
                next.sort(ORDER);
                next.forEach(one -> goOn(one, suspects.contains(one.written())));
                driven.complete();
            });
            return driven.future();
        });
    }

    private boolean isOurs(ShardLeases.Taken shard) {
        return ownership.epoch(shard.shard()).equals(Optional.of(shard.epoch()));
    }

    /** Whether the death of its owner may be its work: some body may have been running. */
    private static boolean hasSomethingUnderWay(Run run) {
        try {
            return !run.isPaused()
                    && Decision.next(run).stream()
                            .anyMatch(decision ->
                                    decision instanceof Decision.Invoke || decision instanceof Decision.Undo);
        } catch (RuntimeException thrown) {
            // A condition that throws is told when the run goes on.
            return false;
        }
    }

    private void goOn(Next next, boolean suspect) {
        int deaths = RunLoader.takeoversNow(next.written());
        if (suspect && deaths >= DEATHS) {
            LOG.error(
                    "run {} is stuck: {} nodes died one after the other at the same place of it",
                    next.run().id(),
                    deaths);
            next.run().makeStuck();
        }
        try {
            drive.accept(next.run(), next.written());
        } catch (RuntimeException thrown) {
            LOG.error("run {} could not be gone on with", next.run().id(), thrown);
        }
    }

    private Optional<Run> rebuilt(RunLoader.StoredRun written, long epoch) {
        Workflow<?, ?> workflow = workflows.get(written.workflow());
        if (workflow == null) {
            LOG.error("run {} waits for a node that has the workflow '{}'", written.id(), written.workflow());
            return Optional.empty();
        }
        try {
            return Optional.of(written.rebuilt(workflow, epoch));
        } catch (RuntimeException changed) {
            LOG.error("run {} does not fit its workflow any more: {}", written.id(), changed.getMessage());
            return otherwise(written, workflow, epoch, changed);
        }
    }

    private static Optional<Run> otherwise(
            RunLoader.StoredRun written, Workflow<?, ?> workflow, long epoch, RuntimeException changed) {
        Failure why = changed instanceof Failure failure
                ? failure
                : new Failure(FailureCode.UNEXPECTED_STATE, "what is kept of the run cannot be read any more");
        try {
            return written.rebuiltOtherwise(workflow, epoch, why);
        } catch (RuntimeException unreadable) {
            LOG.error("run {} waits for a node that can read what it has done", written.id(), unreadable);
            return Optional.empty();
        }
    }
}
