package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.execute.Runner;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Node;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.Workflow;
import io.vinculum.ledger.Ledger;
import io.vinculum.ledger.LedgerOp;
import io.vinculum.ledger.RunLoader;
import io.vinculum.ledger.RunLocator;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.RunFailures;
import io.vinculum.run.RunKey;
import io.vinculum.run.RunState;
import io.vinculum.run.StepKey;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepState;
import io.vinculum.run.StepState.Status;
import io.vinculum.run.StoredRun;
import io.vinculum.shard.ShardLeases;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries out commands on runs of this node: on active ones, and on ones that have ended. */
final class RunCommands {
    private final Runner runner;
    private final RunLoader loader;
    private final ShardLeases leases;
    private final RecentRuns recent;
    private final Ledger ledger;

    RunCommands(Runner runner, RunLoader loader, ShardLeases leases, RecentRuns recent, Ledger ledger) {
        this.ledger = ledger;
        this.runner = runner;
        this.loader = loader;
        this.leases = leases;
        this.recent = recent;
    }

    /** A command on an active run; answers the run afterwards, after a cancel when it has ended. */
    Future<Run> onActive(RunAction what, Run run, JsonObject request) {
        if (run.state().isEnd()) {
            // Its end is being written; repeated, the command finds it ended.
            return runner.active().end(run).transform(ended -> Future.failedFuture(new OwnerChanging()));
        }
        return switch (what) {
            case CANCEL -> runner.cancel(run);
            case TERMINATE -> runner.terminate(run);
            case PAUSE -> {
                check(!run.isPaused(), run, "is paused already");
                yield runner.pause(run).map(run);
            }
            case RESUME -> {
                check(run.isPaused(), run, "is not paused");
                yield resume(run);
            }
            case RETRY -> {
                check(run.visibleState() == RunState.STUCK, run, "continues by itself, so there is nothing to retry");
                yield resume(run);
            }
            case SKIP -> skip(run, request);
            case SIGNAL -> signal(run, request);
            default -> onStep(what, run, request);
        };
    }

    private Future<Run> resume(Run run) {
        Future<Void> reset =
                run.visibleState() == RunState.STUCK ? loader.resetTakeovers(run.start()) : Future.succeededFuture();
        return reset.compose(done -> runner.resume(run)).map(run);
    }

    private Future<Run> skip(Run run, JsonObject request) {
        Position position = position(run, request);
        StepState state = run.findState(position);
        boolean open = state == null || state.is(Status.READY) || state.is(Status.PAUSED) || state.is(Status.WAITING);
        check(run.state() == RunState.INVOKING, run, "compensates, so no step of it can be skipped");
        check(open, run, "has the step '" + run.nameAt(position) + "' in flight or behind it");
        return runner.skip(run, position).map(run);
    }

    private Future<Run> signal(Run run, JsonObject request) {
        Node.Task.Receive wait = run.waitFor(Requests.text(request, "name"));
        check(run.state() == RunState.INVOKING, run, "compensates, so it receives no signal");
        String value = Codec.encode(request.getValue("value"));
        Codec.read(value, wait.type(), "the signal '" + wait.signal() + "'");
        return runner.signal(run, wait.signal(), value).map(run);
    }

    private Future<Run> onStep(RunAction what, Run run, JsonObject request) {
        Position position = position(run, request);
        Step<?, ?> step = run.stepAt(position);
        check(step != null && step.isAsync(), run, "ends the step '" + run.nameAt(position) + "' by itself");
        StepState state = started(run, position);
        int attempt = request.getValue("key") == null
                ? 0
                : StepKey.parse(request.getString("key")).attempt();
        if (attempt > 0 && attempt != state.attempts()) {
            throw new Failure(
                    FailureCode.CONFLICT,
                    "the key is of try " + attempt + " of '" + run.nameAt(position) + "', which is at try "
                            + state.attempts() + " now");
        }
        if (state.is(Status.DONE) && what == RunAction.STEP_SUCCESS) {
            // Repeated: the first answer counts.
            return Future.succeededFuture(run);
        }
        check(
                state.is(Status.WAITING) || state.is(Status.RUNNING),
                run,
                "does not wait for the step '" + run.nameAt(position) + "'");
        check(run.state() == RunState.INVOKING, run, "compensates");
        return switch (what) {
            case STEP_SUCCESS -> succeed(run, position, step, request);
            case STEP_FAILURE -> runner.fail(run, position, failure(request)).map(run);
            default -> runner.renew(run, position).map(run);
        };
    }

    private static StepState started(Run run, Position position) {
        StepState state = run.findState(position);
        if (state == null) {
            throw notNow(run, "has not come to the step '" + run.nameAt(position) + "' yet");
        }
        return state;
    }

    private Future<Run> succeed(Run run, Position position, @Nullable Step<?, ?> step, JsonObject request) {
        String what = "the output of '" + run.nameAt(position) + "'";
        Object output = step == null ? null : Codec.read(Codec.encode(request.getValue("output")), step.output(), what);
        return runner.succeed(run, position, output).map(run);
    }

    private static Throwable failure(JsonObject request) {
        Object error = request.getValue("error");
        String message = error instanceof JsonObject object
                ? object.getString("message", "the step failed")
                : String.valueOf(error == null ? "the step failed" : error);
        return Boolean.TRUE.equals(request.getValue("retry"))
                ? new Failure(FailureCode.UNAVAILABLE, message)
                : PermanentFailure.of(message);
    }

    private static Position position(Run run, JsonObject request) {
        StepKey key = request.getValue("key") == null ? null : StepKey.parse(request.getString("key"));
        String step = key == null ? Requests.text(request, "step") : key.step();
        int item = key == null ? Requests.member(request, "item", Integer.class).orElse(-1) : key.item();
        if (step == null) {
            throw Failure.invalid("the step is named by its key, or as {\"step\": name} of the run");
        }
        return run.position(step, item).orElseThrow(() -> {
            List<String> names = run.workflow().nodes().stream().map(Node::name).toList();
            return Failure.invalid(run.workflow().name() + " has no step '" + step + "'" + Nearest.hint(step, names));
        });
    }

    /** Ends a run of a shard of this node that is not active here: one of an unknown workflow, or one to be loaded. */
    Future<Void> terminateStored(RunKey key, int shard) {
        long epoch = leases.epoch(shard).orElseThrow(RunFailures::ownerChanged);
        runner.active().markEnded(key.id());
        return ledger.write(new LedgerOp.Change(
                        shard,
                        epoch,
                        key.id(),
                        RunState.TERMINATED,
                        null,
                        StepRecord.error(RunFailures.terminated()),
                        List.of()))
                .mapEmpty();
    }

    /** A command on a run that has ended and was never written. */
    Future<Run> onRecent(RunAction what, Run run) {
        check(what == RunAction.CANCEL && run.state() == RunState.DONE, run, "has ended");
        recent.remove(run);
        run.startCompensating(RunFailures.cancelled());
        return runner.compensate(run).onSuccess(recent::keep);
    }

    /** A command on a run that has ended, in a shard of this node. */
    Future<Run> onStored(RunAction what, Workflow<?, ?> workflow, RunLocator.Location location, JsonObject request) {
        RunKey key = Requests.existingKey(workflow, request);
        boolean compensates = (what == RunAction.CANCEL && location.state() == RunState.DONE)
                || (what == RunAction.RETRY && location.state() == RunState.FAILED);
        if (!compensates) {
            return repeated(what, workflow, location, request);
        }
        long epoch = leases.epoch(location.shard()).orElseThrow(RunFailures::ownerChanged);
        return loader.one(key.id()).compose(found -> {
            StoredRun stored = found.orElseThrow(() -> RunFailures.notFound(key.id()));
            Run run = stored.restored(workflow, epoch);
            Failure why = what == RunAction.CANCEL ? RunFailures.cancelled() : null;
            return loader.reopen(stored, epoch, leases.node(), why).compose(opened -> {
                if (!opened) {
                    throw RunFailures.ownerChanged();
                }
                run.startCompensating(RunFailures.cancelled());
                if (what == RunAction.RETRY) {
                    run.compensateAgain();
                }
                return runner.compensate(run);
            });
        });
    }

    /** An answer of a step may be repeated after the end of the run; any other command comes too late. */
    private Future<Run> repeated(
            RunAction what, Workflow<?, ?> workflow, RunLocator.Location location, JsonObject request) {
        RunKey key = Requests.existingKey(workflow, request);
        if (what != RunAction.STEP_SUCCESS) {
            throw RunFailures.hasEnded(key.id(), location.state());
        }
        return loader.one(key.id()).map(found -> {
            Run run = found.orElseThrow(() -> RunFailures.notFound(key.id())).restored(workflow, 0);
            check(
                    run.stateAt(position(run, request)).is(Status.DONE),
                    run,
                    "is " + location.state().shown() + " already");
            run.end(location.state());
            return run;
        });
    }

    private static void check(boolean right, Run run, String otherwise) {
        if (!right) {
            throw notNow(run, otherwise);
        }
    }

    private static Failure notNow(Run run, String why) {
        RunKey key = RunKey.of(run);
        return new Failure(
                FailureCode.UNEXPECTED_STATE, "the run " + key.transactionId() + " of " + key.workflow() + " " + why);
    }
}
