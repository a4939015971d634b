package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vinculum.execute.ActiveRuns;
import io.vinculum.execute.Turn;
import io.vinculum.ledger.RunListing;
import io.vinculum.ledger.RunLoader;
import io.vinculum.run.Run;
import io.vinculum.run.RunFailures;
import io.vinculum.run.RunKey;
import io.vinculum.run.StoredRun;
import io.vinculum.shard.ShardLeases;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Answers callers with a run, at once or when it has ended or waits for something outside. For one event loop. */
final class RunAnswers {
    private static final long POLL_MILLIS = 200;
    private static final List<String> SETTLED = List.of("waiting", "paused", "stuck");

    private final Vertx vertx;
    private final Context context;
    private final ActiveRuns active;
    private final ShardLeases leases;
    private final RunListing listing;
    private final RunLoader loader;
    private final WorkflowRegistry registry;
    private final Admission admission;
    private boolean stopping;

    RunAnswers(
            Vertx vertx,
            Context context,
            ActiveRuns active,
            ShardLeases leases,
            RunListing listing,
            RunLoader loader,
            WorkflowRegistry registry,
            Admission admission) {
        this.vertx = vertx;
        this.context = context;
        this.active = active;
        this.leases = leases;
        this.listing = listing;
        this.loader = loader;
        this.registry = registry;
        this.admission = admission;
    }

    /** Callers that wait for a run of another node are not answered any more. */
    void stop() {
        stopping = true;
    }

    /** Answers with a run that this node has. */
    Future<JsonObject> answer(Run run, boolean wait) {
        return wait && active.has(run)
                ? active.settled(run.id())
                        .map(RunView::of)
                        .recover(cause -> run.isDurable() ? stored(RunKey.of(run), true) : Future.failedFuture(cause))
                : Future.succeededFuture(RunView.of(run));
    }

    /** Answers with a run that is in the ledger: active here or elsewhere, or ended. */
    Future<JsonObject> stored(RunKey key, boolean wait) {
        if (stopping) {
            return Future.failedFuture(RunFailures.ownerChanged());
        }
        Optional<Run> known = active.find(key.id());
        if (known.isPresent()) {
            return answer(known.get(), wait);
        }
        return listing.one(key.id()).compose(run -> {
            boolean settled = run.getValue("finished_at") != null || SETTLED.contains(run.getString("state"));
            if (!wait || settled) {
                return Future.succeededFuture(run);
            }
            return adopt(key)
                    .compose(done -> vertx.timer(POLL_MILLIS, TimeUnit.MILLISECONDS))
                    .compose(fired -> Turn.of(context, () -> stored(key, true)));
        });
    }

    /** Resumes a run in a shard of this node that is not active: the answer to its start was lost. */
    Future<Void> adopt(RunKey key) {
        return loader.one(key.id())
                .compose(found -> Turn.of(context, () -> {
                    Optional<StoredRun> orphan = found.filter(stored -> !stored.hasEnded());
                    Optional<Long> epoch = orphan.flatMap(stored -> leases.epoch(stored.shard()));
                    if (epoch.isPresent() && !active.isKnown(key.id())) {
                        StoredRun stored = orphan.orElseThrow();
                        admission.resume(stored.restored(registry.named(key.workflow()), epoch.get()), stored);
                    }
                    return Future.<Void>succeededFuture();
                }));
    }
}
