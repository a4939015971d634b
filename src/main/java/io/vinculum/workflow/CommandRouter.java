package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.execute.ActiveRuns;
import io.vinculum.execute.Turn;
import io.vinculum.ledger.RunLocator;
import io.vinculum.run.Run;
import io.vinculum.run.RunFailures;
import io.vinculum.run.RunKey;
import io.vinculum.shard.ShardLeases;
import java.util.Optional;
import java.util.UUID;

/** Brings a command to its run: active here, recently ended here, in the ledger, or on another node. */
final class CommandRouter {
    private final Context context;
    private final WorkflowRegistry registry;
    private final ActiveRuns active;
    private final RecentRuns recent;
    private final RunCommands commands;
    private final RunLocator locator;
    private final ShardLeases leases;
    private final RunAnswers answers;
    private final OwnerCalls owners;

    CommandRouter(
            Context context,
            WorkflowRegistry registry,
            ActiveRuns active,
            RecentRuns recent,
            RunCommands commands,
            RunLocator locator,
            ShardLeases leases,
            RunAnswers answers,
            OwnerCalls owners) {
        this.context = context;
        this.registry = registry;
        this.active = active;
        this.recent = recent;
        this.commands = commands;
        this.locator = locator;
        this.leases = leases;
        this.answers = answers;
        this.owners = owners;
    }

    /**
     * Carries out a command; answers with the run afterwards.
     *
     * @param forwarded whether another node took this one for the owner
     */
    Future<JsonObject> command(RunAction action, JsonObject request, boolean forwarded) {
        // A run can be terminated without its workflow.
        RunKey key = action == RunAction.TERMINATE
                ? Requests.namedKey(request)
                : Requests.existingKey(registry.of(request), request);
        Optional<Run> here = active.find(key.id());
        if (here.isPresent()) {
            return commands.onActive(action, here.get(), request).map(RunView::of);
        }
        Optional<Run> ended = recent.find(key.id());
        if (ended.isPresent()) {
            return commands.onRecent(action, ended.get()).map(RunView::of);
        }
        return locator.locate(key.id())
                .compose(found -> Turn.of(context, () -> {
                    RunLocator.Location location = found.orElseThrow(() -> RunFailures.notFound(key.id()));
                    Optional<UUID> owner = location.owner();
                    if (!owner.equals(Optional.of(leases.node()))) {
                        return forwarded || owner.isEmpty()
                                ? OwnerChanging.failed()
                                : owners.forward(owner.get(), action, request);
                    }
                    if (location.state().isEnd()) {
                        return action == RunAction.TERMINATE
                                ? Future.failedFuture(RunFailures.hasEnded(key.id(), location.state()))
                                : commands.onStored(action, registry.named(key.workflow()), location, request)
                                        .map(RunView::of);
                    }
                    return action == RunAction.TERMINATE
                            ? commands.terminateStored(key, location.shard())
                                    .compose(done -> answers.stored(key, false))
                            : answers.adopt(key).compose(done -> OwnerChanging.failed());
                }));
    }
}
