package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.vinculum.database.Database;
import io.vinculum.failure.BusFailure;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs workflows so that a run survives the node it runs on: each start, each result and each end is in PostgreSQL before
 * anybody hears of it, and another node goes on from there. A step's body runs at least once, its result counts once.
 */
public final class Coordinator {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final long LONGEST_WAIT_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long LOOK_AGAIN_MILLIS = 200;

    private final Vertx vertx;
    private final Context context;
    private final Map<String, Workflow<?, ?>> workflows = new LinkedHashMap<>();
    private final Ownership ownership;
    private final Ledger ledger;
    private final Runner runner;
    private final Runs runs;
    private @Nullable MessageConsumer<JsonObject> forwarded;

    /**
     * Makes a coordinator; it does nothing before {@link #start}.
     *
     * @throws Failure {@code INVALID_DATA} when two workflows have one name
     */
    public Coordinator(Vertx vertx, Database database, Collection<Workflow<?, ?>> workflows) {
        this(vertx, database, workflows, UnaryOperator.identity());
    }

    /** The same with something around its journal, for tests that let it die there. */
    Coordinator(Vertx vertx, Database database, Collection<Workflow<?, ?>> workflows, UnaryOperator<Journal> around) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        for (Workflow<?, ?> workflow : workflows) {
            if (this.workflows.put(workflow.name(), workflow) != null) {
                throw Failure.invalid("two workflows are called '" + workflow.name() + "'");
            }
        }
        this.ownership = new Ownership(vertx, context, database, this::recover, this::lost);
        this.ledger = new Ledger(vertx, context, database, ownership.node());
        this.runner = new Runner(vertx, context, Runner.timers(vertx), around.apply(new LedgerJournal(ledger)));
        this.runs = new Runs(database);
    }

    private static String address(UUID node) {
        return "workflow.node." + node;
    }

    /** Takes part: takes shards that nobody owns, and goes on with the runs in them. */
    public Future<Void> start() {
        MessageConsumer<JsonObject> consumer =
                vertx.eventBus().consumer(address(ownership.node()), this::answerForwarded);
        forwarded = consumer;
        return consumer.completion().compose(registered -> ownership.start());
    }

    /** Stops taking part; others take the shards at once, and go on with what was under way. */
    public Future<Void> stop() {
        Promise<Void> stopped = Promise.promise();
        context.runOnContext(now -> {
            ledger.close();
            runner.drop(run -> true);
            Future<Void> unregistered = forwarded == null ? Future.succeededFuture() : forwarded.unregister();
            unregistered
                    .compose(done -> ownership.stop())
                    .eventually(runner::close)
                    .onComplete(stopped);
        });
        return stopped.future();
    }

    /**
     * Stops as a process does that is killed: nothing is handed over or said. For tests of what others make of it.
     */
    Future<Void> die() {
        Promise<Void> dead = Promise.promise();
        context.runOnContext(now -> {
            ledger.close();
            runner.drop(run -> true);
            ownership.silence();
            runner.close().onComplete(dead);
        });
        return dead.future();
    }

    /**
     * Runs a workflow: {@code {"id": name, "input": …, "transactionId": …, "wait": true}}. The same transaction id is the
     * same run, however often it is asked for.
     *
     * @return {@code {"id", "transactionId", "state", "output", "error"}}, when the run has ended, or at once where
     *     {@code wait} is false; fails with {@code INVALID_DATA} before anything is written, and with
     *     {@code UNAVAILABLE} when its end could not be waited for here
     */
    public Future<JsonObject> run(JsonObject request) {
        return onContext(() -> begin(request));
    }

    /** Undoes what a run has done: {@code {"id": name, "transactionId": …}}; answers it when it has ended. */
    public Future<JsonObject> cancel(JsonObject request) {
        return onContext(() -> {
            RunKey key = RunKey.of(workflow(request), request);
            Optional<Future<JsonObject>> here = runner.cancel(key.id()).map(ended -> ended.map(Coordinator::shown));
            return here.orElseGet(() -> ownership.epoch(key.shard()).isPresent()
                    ? runs.one(key.id()).map(Coordinator::notEnded)
                    : forward(key, "cancel", request));
        });
    }

    private static JsonObject notEnded(JsonObject run) {
        throw new Failure(
                FailureCode.UNEXPECTED_STATE,
                "the run " + run.getString("transactionId") + " of " + run.getString("id") + " is "
                        + run.getString("state") + " already, so it cannot be cancelled");
    }

    /** One run with the timeline of its steps: {@code {"id": name, "transactionId": …}}. */
    public Future<JsonObject> retrieve(JsonObject request) {
        return Future.succeededFuture(request)
                .map(asked -> RunKey.of(workflow(asked), asked))
                .compose(key -> runs.withSteps(key.id()));
    }

    /** The latest runs, newest first: {@code {"id": name, "state": …, "take": 20}}, each optional. */
    public Future<List<JsonObject>> list(JsonObject request) {
        return Future.succeededFuture(request).compose(runs::list);
    }

    /** Whether this node has a workflow. */
    public boolean has(String workflow) {
        return workflows.containsKey(workflow);
    }

    private Future<JsonObject> onContext(Supplier<Future<JsonObject>> work) {
        Promise<JsonObject> answer = Promise.promise();
        context.runOnContext(now -> {
            try {
                work.get().onComplete(answer);
            } catch (RuntimeException thrown) {
                answer.fail(thrown);
            }
        });
        return answer.future();
    }

    private Workflow<?, ?> workflow(JsonObject request) {
        Object name = request.getValue("id");
        Workflow<?, ?> workflow = name instanceof String text ? workflows.get(text) : null;
        if (workflow == null) {
            throw Failure.notFound("there is no workflow '" + name + "'"
                    + Nearest.hint(String.valueOf(name), List.copyOf(workflows.keySet())));
        }
        return workflow;
    }

    private Future<JsonObject> begin(JsonObject request) {
        Workflow<?, ?> workflow = workflow(request);
        RunKey key = RunKey.of(workflow, request);
        String json = RunKey.json(request.getValue("input"));
        Object input = Codec.readStrictly(json, workflow.input(), "the input of " + workflow.name());
        if (input == null) {
            throw Failure.invalid("the workflow " + workflow.name() + " takes an input");
        }
        boolean wait = request.getBoolean("wait", true);
        Optional<Long> epoch = ownership.epoch(key.shard());
        if (epoch.isEmpty()) {
            return forward(key, "run", request.copy().put("transactionId", key.transactionId()));
        }
        Optional<Future<Run>> known = runner.find(key.id());
        if (known.isPresent()) {
            return wait ? known.get().map(Coordinator::shown) : runs.one(key.id());
        }
        Ledger.Op start = new Ledger.Op.Start(
                key.shard(), epoch.get(), key.id(), workflow.name(), key.transactionId(), workflow.fingerprint(), json);
        return ledger.write(start)
                .compose(made ->
                        made ? driven(new Run(key.id(), workflow, input, epoch.get()), wait) : again(key, wait));
    }

    private Future<JsonObject> driven(Run run, boolean wait) {
        Future<Run> ended = runner.drive(run);
        return wait ? ended.map(Coordinator::shown) : runs.one(run.id());
    }

    /** The run is there already: under way here, about to be, or ended. */
    private Future<JsonObject> again(RunKey key, boolean wait) {
        Optional<Future<Run>> known = runner.find(key.id());
        if (known.isPresent() && wait) {
            return known.get().map(Coordinator::shown);
        }
        return runs.one(key.id()).compose(run -> {
            if (!wait || run.getValue("finished_at") != null) {
                return Future.succeededFuture(run);
            }
            return vertx.timer(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)
                    .compose(fired -> onContext(() -> again(key, true)));
        });
    }

    private static JsonObject shown(Run run) {
        RunKey key = RunKey.of(run);
        JsonObject shown = new JsonObject()
                .put("id", run.workflow().name())
                .put("transactionId", key.transactionId())
                .put("state", run.state().shown())
                .put("output", Runs.parsed(Codec.write(run.output(), "the output")));
        run.error().ifPresent(error -> shown.put("error", Runs.error(error)));
        return shown;
    }

    private Future<JsonObject> forward(RunKey key, String action, JsonObject request) {
        return runs.owner(key.shard())
                .compose(owner -> owner.equals(ownership.node())
                        ? Future.failedFuture(
                                new Failure(FailureCode.UNAVAILABLE, "the run's owner is changing; try again"))
                        : vertx.eventBus()
                                .<JsonObject>request(
                                        address(owner),
                                        new JsonObject().put("action", action).put("request", request),
                                        new DeliveryOptions().setSendTimeout(LONGEST_WAIT_MILLIS))
                                .map(Message::body));
    }

    private void answerForwarded(Message<JsonObject> message) {
        JsonObject request = message.body().getJsonObject("request");
        boolean cancelling = "cancel".equals(message.body().getString("action"));
        (cancelling ? cancel(request) : run(request))
                .onSuccess(message::reply)
                .onFailure(cause -> BusFailure.reply(message, cause));
    }

    /** Goes on with the runs of shards that are this node's now; a database that goes away meanwhile is asked again. */
    private void recover(List<Integer> shards) {
        runs.live(shards)
                .onSuccess(found -> context.runOnContext(now -> found.forEach(this::resume)))
                .onFailure(cause -> {
                    LOG.warn("runs of {} shards could not be read yet: {}", shards.size(), cause.getMessage());
                    vertx.timer(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)
                            .onSuccess(fired -> context.runOnContext(now -> recover(shards)));
                });
    }

    private void resume(Runs.Live live) {
        Workflow<?, ?> workflow = workflows.get(live.workflow());
        Optional<Long> epoch = ownership.epoch(live.shard());
        if (workflow == null) {
            LOG.error("run {} waits for a node that has the workflow '{}'", live.id(), live.workflow());
        } else if (epoch.isPresent() && runner.find(live.id()).isEmpty()) {
            try {
                runner.drive(live.rebuilt(workflow, epoch.get()));
            } catch (Failure changed) {
                LOG.error("run {} waits for a node that has its definition: {}", live.id(), changed.getMessage());
            }
        }
    }

    private void lost() {
        LOG.warn("this node was silent for longer than its lease; others go on with its runs");
        runner.drop(run -> true);
    }
}
