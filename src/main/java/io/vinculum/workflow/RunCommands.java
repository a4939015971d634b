package io.vinculum.workflow;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What somebody outside does to runs of this node: to one under way, or to one that has ended. */
final class RunCommands {
    private final Runner runner;
    private final RunLoader kept;
    private final Ledger ledger;
    private final ShardLeases ownership;
    private final RecentRuns remembered;

    RunCommands(Runner runner, RunLoader kept, Ledger ledger, ShardLeases ownership, RecentRuns remembered) {
        this.runner = runner;
        this.kept = kept;
        this.ledger = ledger;
        this.ownership = ownership;
        this.remembered = remembered;
    }

    /** Does it to a run under way; answers the run afterwards, when it is cancelled once it has ended. */
    Future<Run> inActive(RunAction what, Run run, JsonObject request) {
        if (run.state().isEnd()) {
            // Its end is being written down; asked again, it has ended.
            return runner.active().end(run).transform(ended -> Future.failedFuture(new Coordinator.Changing()));
        }
        return switch (what) {
            case CANCEL -> runner.cancel(run);
            case PAUSE -> {
                check(!run.isPaused(), run, "is paused already");
                yield runner.pause(run).map(run);
            }
            case RESUME -> {
                check(run.isPaused(), run, "is not paused");
                yield goOn(run);
            }
            case RETRY -> {
                check(run.shownState() == RunState.STUCK, run, "goes on by itself, so there is nothing to try again");
                yield goOn(run);
            }
            case SKIP -> skip(run, request);
            default -> inStep(what, run, request);
        };
    }

    private Future<Run> goOn(Run run) {
        Future<Void> counted =
                run.shownState() == RunState.STUCK ? kept.forgetTakeovers(run.start()) : Future.succeededFuture();
        return counted.compose(forgotten -> runner.resume(run)).map(run);
    }

    private Future<Run> skip(Run run, JsonObject request) {
        Position position = position(run, request);
        StepState entry = run.entry(position);
        boolean open = entry == null
                || entry.is(StepState.State.READY)
                || entry.is(StepState.State.PAUSED)
                || entry.is(StepState.State.WAITING);
        check(run.state() == RunState.INVOKING, run, "is being undone, so no step of it can be skipped");
        check(open, run, "has the step '" + run.nameAt(position) + "' under way or behind it");
        return runner.skip(run, position).map(run);
    }

    private Future<Run> inStep(RunAction what, Run run, JsonObject request) {
        Position position = position(run, request);
        Step<?, ?> step = run.stepAt(position);
        check(step != null && step.isAsync(), run, "ends the step '" + run.nameAt(position) + "' by itself");
        StepState entry = begun(run, position);
        int attempt = request.getValue("key") == null
                ? 0
                : StepKey.parse(request.getString("key")).attempt();
        if (attempt > 0 && attempt != entry.attempts()) {
            throw new Failure(
                    FailureCode.CONFLICT,
                    "the key is of try " + attempt + " of '" + run.nameAt(position) + "', which is at try "
                            + entry.attempts() + " now");
        }
        if (entry.is(StepState.State.DONE) && what == RunAction.STEP_SUCCESS) {
            // Told twice: the first word counts.
            return Future.succeededFuture(run);
        }
        check(
                entry.is(StepState.State.WAITING) || entry.is(StepState.State.RUNNING),
                run,
                "does not wait for the step '" + run.nameAt(position) + "'");
        check(run.state() == RunState.INVOKING, run, "is being undone");
        return switch (what) {
            case STEP_SUCCESS -> succeed(run, position, step, request);
            case STEP_FAILURE -> runner.fail(run, position, failure(request)).map(run);
            default -> runner.renew(run, position).map(run);
        };
    }

    private static StepState begun(Run run, Position position) {
        StepState entry = run.entry(position);
        if (entry == null) {
            throw notNow(run, "has not come to the step '" + run.nameAt(position) + "' yet");
        }
        return entry;
    }

    private Future<Run> succeed(Run run, Position position, @Nullable Step<?, ?> step, JsonObject request) {
        String what = "the output of '" + run.nameAt(position) + "'";
        Object output = step == null ? null : Codec.read(RunKey.json(request.getValue("output")), step.output(), what);
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
        String step = key == null ? RunListing.text(request, "step") : key.step();
        int item = key == null ? RunKey.member(request, "item", Integer.class).orElse(-1) : key.item();
        if (step == null) {
            throw Failure.invalid("the step is named by its key, or as {\"step\": name} of the run");
        }
        return run.position(step, item).orElseThrow(() -> {
            List<String> names = run.workflow().nodes().stream().map(Node::name).toList();
            return Failure.invalid(run.workflow().name() + " has no step '" + step + "'" + Nearest.hint(step, names));
        });
    }

    /** Does it to a run that has ended and was never written down. */
    Future<Run> inRemembered(RunAction what, Run run) {
        check(what == RunAction.CANCEL && run.state() == RunState.DONE, run, "has ended");
        remembered.forget(run);
        run.turnRound(Runner.cancelled());
        return runner.undo(run).onSuccess(remembered::keep);
    }

    /** Does it to a run that is not under way here, but written down in a shard of this node. */
    Future<Run> inKept(RunAction what, Workflow<?, ?> workflow, RunListing.Place place, JsonObject request) {
        RunKey key = RunKey.existing(workflow, request);
        boolean undoes = (what == RunAction.CANCEL && place.state().equals(RunState.DONE.shown()))
                || (what == RunAction.RETRY && place.state().equals(RunState.FAILED.shown()));
        if (!undoes) {
            return told(what, workflow, place, request);
        }
        long epoch = ownership.epoch(place.shard()).orElseThrow(ActiveRuns::lost);
        return kept.one(key.id()).compose(found -> {
            RunLoader.StoredRun written = found.orElseThrow(() -> RunListing.notThere(key.id()));
            Run run = written.rebuilt(workflow, epoch);
            Failure why = what == RunAction.CANCEL ? Runner.cancelled() : null;
            return kept.reopen(written, epoch, ownership.node(), why).compose(opened -> {
                if (!opened) {
                    throw ActiveRuns.lost();
                }
                run.turnRound(Runner.cancelled());
                if (what == RunAction.RETRY) {
                    run.turnRoundAgain();
                }
                return runner.undo(run);
            });
        });
    }

    /** A step that is told twice, also after the end, has been told; anything else comes too late. */
    private Future<Run> told(RunAction what, Workflow<?, ?> workflow, RunListing.Place place, JsonObject request) {
        RunKey key = RunKey.existing(workflow, request);
        if (what != RunAction.STEP_SUCCESS) {
            throw new Failure(
                    FailureCode.UNEXPECTED_STATE, "the run " + key.id() + " is " + place.state() + " already");
        }
        return kept.one(key.id()).map(found -> {
            Run run = found.orElseThrow(() -> RunListing.notThere(key.id())).rebuilt(workflow, 0);
            check(run.entryAt(position(run, request)).is(StepState.State.DONE), run, "is " + place.state() + " already");
            run.end(RunState.valueOf(place.state().toUpperCase(Locale.ROOT)));
            return run;
        });
    }

    /** A new run that has done what another one had done before a step. */
    Future<Run> fork(Workflow<?, ?> workflow, JsonObject request) {
        RunKey key = RunKey.existing(workflow, request);
        RunKey made = RunKey.of(workflow, new JsonObject().put("transactionId", request.getValue("newTransactionId")));
        int shard = ownership.any().orElseThrow(ActiveRuns::lost);
        long epoch = ownership.epoch(shard).orElseThrow();
        return kept.one(key.id()).compose(found -> {
            RunLoader.StoredRun former = found.orElseThrow(() -> RunListing.notThere(key.id()));
            if (!former.definition().equals(workflow.fingerprint())) {
                throw new Failure(FailureCode.UNEXPECTED_STATE, workflow.name() + " has changed since that run");
            }
            Run run = former.forked(made.id(), shard, before(former, workflow, request))
                    .rebuilt(workflow, epoch);
            return ledger.write(LedgerJournal.start(run)).compose(started -> {
                if (!started) {
                    throw new Failure(FailureCode.CONFLICT, "there is a run " + made.id() + " already");
                }
                return Future.all(LedgerJournal.soFar(run).map(ledger::write).toList())
                        .map(run);
            });
        });
    }

    /** The names of what the new run need not do again. */
    private static Set<String> before(RunLoader.StoredRun former, Workflow<?, ?> workflow, JsonObject request) {
        String from = RunListing.text(request, "from");
        List<String> names = workflow.nodes().stream().map(Node::name).toList();
        if (from == null || !names.contains(from)) {
            throw Failure.invalid(
                    workflow.name() + " has no step '" + from + "'" + Nearest.hint(String.valueOf(from), names));
        }
        Set<String> gone = new HashSet<>();
        former.steps().stream()
                .filter(step -> step.undo() || step.state() == StepRecord.State.FAILED)
                .forEach(step -> gone.add(step.node()));
        Set<Integer> anew = new HashSet<>();
        Set<String> before = new HashSet<>();
        for (Node node : workflow.nodes()) {
            boolean again = node.name().equals(from)
                    || gone.contains(node.name())
                    || node.after().stream().anyMatch(anew::contains);
            if (again) {
                anew.add(node.index());
            } else {
                before.add(node.name());
            }
        }
        return before;
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
