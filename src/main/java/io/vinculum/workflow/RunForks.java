package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import io.vinculum.flow.Node;
import io.vinculum.flow.Workflow;
import io.vinculum.ledger.Ledger;
import io.vinculum.ledger.LedgerOp;
import io.vinculum.ledger.RunLoader;
import io.vinculum.run.Run;
import io.vinculum.run.RunFailures;
import io.vinculum.run.RunKey;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StoredRun;
import io.vinculum.shard.ShardLeases;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes new runs that have already completed what a former run had completed before a step. */
final class RunForks {
    private final RunLoader loader;
    private final Ledger ledger;
    private final ShardLeases leases;

    RunForks(RunLoader loader, Ledger ledger, ShardLeases leases) {
        this.loader = loader;
        this.ledger = ledger;
        this.leases = leases;
    }

    /** Writes the new run; it is not started yet. */
    Future<Run> fork(Workflow<?, ?> workflow, JsonObject request) {
        RunKey key = Requests.existingKey(workflow, request);
        RunKey made = RunKey.of(workflow, request.getValue("newTransactionId"));
        int shard = leases.any().orElseThrow(RunFailures::ownerChanged);
        long epoch = leases.epoch(shard).orElseThrow();
        return loader.one(key.id()).compose(found -> {
            StoredRun former = found.orElseThrow(() -> RunFailures.notFound(key.id()));
            if (!former.definition().equals(workflow.fingerprint())) {
                throw new Failure(FailureCode.UNEXPECTED_STATE, workflow.name() + " has changed since that run");
            }
            Run run = former.forked(made.id(), shard, reused(former, workflow, request))
                    .restored(workflow, epoch);
            return written(run);
        });
    }

    private Future<Run> written(Run run) {
        return ledger.write(LedgerOp.start(run)).compose(started -> {
            if (!started) {
                throw new Failure(FailureCode.CONFLICT, "there is a run " + run.id() + " already");
            }
            return Future.all(LedgerOp.completedSteps(run).map(ledger::write).toList())
                    .map(run);
        });
    }

    /** The names of the nodes that the new run need not run again. */
    private static Set<String> reused(StoredRun former, Workflow<?, ?> workflow, JsonObject request) {
        String from = Requests.text(request, "from");
        List<String> names = workflow.nodes().stream().map(Node::name).toList();
        if (from == null || !names.contains(from)) {
            throw Failure.invalid(
                    workflow.name() + " has no step '" + from + "'" + Nearest.hint(String.valueOf(from), names));
        }
        Set<String> unusable = new HashSet<>();
        former.steps().stream()
                .filter(step -> step.undo() || step.state() == StepRecord.State.FAILED)
                .forEach(step -> unusable.add(step.node()));
        Set<Integer> repeated = new HashSet<>();
        Set<String> reused = new HashSet<>();
        for (Node node : workflow.nodes()) {
            boolean again = node.name().equals(from)
                    || unusable.contains(node.name())
                    || node.after().stream().anyMatch(repeated::contains);
            if (again) {
                repeated.add(node.index());
            } else {
                reused.add(node.name());
            }
        }
        return reused;
    }
}
