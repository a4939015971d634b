package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.execute.Journal;
import io.vinculum.execute.Runner;
import io.vinculum.failure.Failure;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Workflow;
import io.vinculum.ledger.RunLocator;
import io.vinculum.run.Fenced;
import io.vinculum.run.Run;
import io.vinculum.run.RunKey;
import io.vinculum.shard.ShardLeases;
import io.vinculum.shard.Shards;
import java.time.Duration;
import java.util.Optional;

/** Starts runs in a shard of this node, or asks the owner of the shard they belong to. */
final class RunStarter {
    private final WorkflowRegistry registry;
    private final Runner runner;
    private final Journal journal;
    private final ShardLeases leases;
    private final RunLocator locator;
    private final RecentRuns recent;
    private final Admission admission;
    private final RunAnswers answers;
    private final OwnerCalls owners;

    RunStarter(
            WorkflowRegistry registry,
            Runner runner,
            Journal journal,
            ShardLeases leases,
            RunLocator locator,
            RecentRuns recent,
            Admission admission,
            RunAnswers answers,
            OwnerCalls owners) {
        this.registry = registry;
        this.runner = runner;
        this.journal = journal;
        this.leases = leases;
        this.locator = locator;
        this.recent = recent;
        this.admission = admission;
        this.answers = answers;
        this.owners = owners;
    }

    /**
     * Starts a run, or answers with the one that has its key.
     *
     * @param forwarded whether another node took this one for the owner
     */
    Future<JsonObject> start(JsonObject request, boolean forwarded) {
        Requests.checkRun(request);
        Workflow<?, ?> workflow = registry.of(request);
        RunKey key = Requests.key(workflow, request);
        Object input = Codec.readStrictly(
                Codec.encode(request.getValue("input")), workflow.input(), "the input of " + workflow.name());
        if (input == null) {
            throw Failure.invalid("the workflow " + workflow.name() + " takes an input");
        }
        boolean wait = Requests.member(request, "wait", Boolean.class).orElse(true);
        int priority = Requests.member(request, "priority", Integer.class).orElse(0);
        Optional<Run> known = runner.active().find(key.id()).or(() -> recent.find(key.id()));
        if (known.isPresent()) {
            return answers.answer(known.get(), wait);
        }
        Optional<Integer> shard = shard(workflow, key, request);
        if (shard.isEmpty()) {
            return forwarded ? OwnerChanging.failed() : forward(workflow, key, request);
        }
        long epoch = leases.epoch(shard.get()).orElseThrow();
        Run run = new Run(new Run.Start(key.id(), shard.get(), epoch, priority, Duration.ZERO), workflow, input);
        return journal.started(run)
                .recover(cause -> cause instanceof Fenced ? OwnerChanging.failed() : Future.failedFuture(cause))
                .compose(made -> made ? admit(run, wait) : answers.stored(key, wait));
    }

    /** Starts a run that is in the ledger. */
    Future<JsonObject> admit(Run run, boolean wait) {
        admission.admit(run);
        return answers.answer(run, wait);
    }

    /**
     * A shard of this node for a new run: any will do, since its id alone keeps it from being started twice. But the runs
     * of one concurrency key must be in one shard, and so must those of one transaction id that are not durable.
     */
    private Optional<Integer> shard(Workflow<?, ?> workflow, RunKey key, JsonObject request) {
        int home = Shards.of(Admission.home(workflow, key, request.getValue("input")));
        boolean bound = workflow.options().concurrency().isPresent()
                || (!workflow.options().durable() && request.getValue("transactionId") != null);
        return bound ? leases.epoch(home).map(epoch -> home) : leases.any();
    }

    private Future<JsonObject> forward(Workflow<?, ?> workflow, RunKey key, JsonObject request) {
        JsonObject named = request.copy().put("transactionId", key.transactionId());
        return locator.owner(Shards.of(Admission.home(workflow, key, request.getValue("input"))))
                .compose(owner -> owner.equals(leases.node())
                        ? OwnerChanging.failed()
                        : owners.forward(owner, RunAction.RUN, named));
    }
}
