package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.execute.Runner;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Concurrency;
import io.vinculum.flow.Workflow;
import io.vinculum.run.Run;
import io.vinculum.run.RunKey;
import io.vinculum.run.RunState;
import io.vinculum.run.StoredRun;
import io.vinculum.shard.ShardLeases;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lets runs start on this node, new ones and those taken over, at once or when the concurrency gate lets them in. */
final class Admission {
    private final Context context;
    private final Runner runner;
    private final ShardLeases leases;
    private final RecentRuns recent;
    private final ConcurrencyGate gate = new ConcurrencyGate();

    Admission(Context context, Runner runner, ShardLeases leases, RecentRuns recent) {
        this.context = context;
        this.runner = runner;
        this.leases = leases;
        this.recent = recent;
    }

    /** Starts a run, now or when the gate lets it in. */
    void admit(Run run) {
        Optional<Concurrency> limit = run.workflow().options().concurrency();
        Future<Run> ended = runner.active().add(run);
        if (limit.isEmpty()) {
            runner.begin(run);
        } else {
            Object input = Codec.parse(Codec.write(run.input(), "the input"));
            enter(
                    concurrencyKey(run.workflow(), limit.get(), input),
                    limit.get().most(),
                    run);
        }
        if (!run.isDurable()) {
            ended.onSuccess(recent::keep);
        }
    }

    private void enter(String key, int most, Run run) {
        gate.enter(key, most, run, next -> {
            if (runner.active().has(next)) {
                runner.active().end(next).onComplete(done -> gate.leave(key));
                runner.begin(next);
            } else {
                context.runOnContext(now -> gate.leave(key));
            }
        });
    }

    /** Resumes a run that was taken over, unless it is active here already. */
    void resume(Run run, StoredRun stored) {
        boolean owned =
                leases.epoch(run.start().shard()).equals(Optional.of(run.start().epoch()));
        if (runner.active().isKnown(run.id()) || !owned) {
            return;
        }
        admit(run);
        stored.waits(run).forEach((position, left) -> runner.resumeWait(run, position, left));
        if (run.visibleState() == RunState.STUCK) {
            runner.park(run);
        }
    }

    /** The name whose shard a run belongs to: its concurrency key where it has one, else its id. */
    static String home(Workflow<?, ?> workflow, RunKey key, @Nullable Object input) {
        return workflow.options()
                .concurrency()
                .map(limit -> concurrencyKey(workflow, limit, Codec.parse(Codec.encode(input))))
                .orElse(key.id());
    }

    private static String concurrencyKey(Workflow<?, ?> workflow, Concurrency limit, @Nullable Object json) {
        return workflow.name() + "|" + limit.key().apply(json instanceof JsonObject object ? object : new JsonObject());
    }
}
