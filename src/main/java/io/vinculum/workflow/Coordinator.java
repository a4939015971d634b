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
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs workflows so that a run survives the node it runs on: each start, each result and each end is in PostgreSQL before
 * anybody hears of it, and another node goes on from there. A step's body runs at least once, its result counts once.
 *
 * <p>Each method takes a JSON object; any node answers for any run, by asking the one that owns it.
 */
public final class Coordinator {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final long LONGEST_WAIT_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long LOOK_AGAIN_MILLIS = 200;

    /** One for what is written, one for the node's word that it lives. */
    private static final int LANE = 2;
    /** The lease of a node that died, and time to notice its end. */
    private static final Duration TAKEOVER = ShardLeases.LEASE.plusSeconds(3);

    private static final List<String> RUN = List.of("id", "input", "transactionId", "wait", "priority");

    private final Vertx vertx;
    private final Context context;
    private final Map<String, Workflow<?, ?>> workflows = new LinkedHashMap<>();
    private final Database lane;
    private final ShardLeases ownership;
    private final Ledger ledger;
    private final Journal journal;
    private final Runner runner;
    private final RunListing runs;
    private final RunLoader kept;
    private final Outbox outbox;
    private final Recovery recovery;
    private final Scheduler scheduler;
    private final Retention retention;
    private final ConcurrencyGate slots = new ConcurrencyGate();
    private final RecentRuns remembered = new RecentRuns();
    private final RunCommands interventions;
    private @Nullable MessageConsumer<JsonObject> forwarded;
    private boolean stopping;

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
        this.lane = database.byKey(LANE);
        this.ownership = new ShardLeases(vertx, context, lane, new Owning());
        this.ledger =
                new Ledger(vertx, context, lane, ownership.node(), op -> ownership.forget(op.shard(), op.epoch()));
        this.journal = around.apply(new LedgerJournal(ledger));
        this.runner = new Runner(vertx, context, StepExecutor.timers(vertx), journal, this::tell);
        this.runs = new RunListing(database);
        this.kept = new RunLoader(database);
        this.outbox = new Outbox(vertx, context, database);
        this.recovery = new Recovery(vertx, context, kept, outbox, ownership, this.workflows, this::goOn);
        this.scheduler = new Scheduler(
                this.workflows.values(), shard -> ownership.epoch(shard).isPresent(), this::startScheduled);
        this.retention = new Retention(runs, this.workflows.values(), ownership);
        this.interventions = new RunCommands(runner, kept, ledger, ownership, remembered);
    }

    private static String address(UUID node) {
        return "workflow.node." + node;
    }

    /** Takes part: takes shards that nobody owns, and goes on with the runs in them. */
    public Future<Void> start() {
        MessageConsumer<JsonObject> consumer =
                vertx.eventBus().consumer(address(ownership.node()), this::answerForwarded);
        forwarded = consumer;
        return consumer.completion()
                .compose(registered -> runs.keepDefinitions(List.copyOf(workflows.values())))
                .compose(kept -> ownership.start());
    }

    /** Stops taking part; others take the shards at once, and go on with what was under way. */
    public Future<Void> stop() {
        Promise<Void> stopped = Promise.promise();
        context.runOnContext(now -> {
            stopping = true;
            ledger.close();
            runner.drop(run -> true);
            Future<Void> unregistered = forwarded == null ? Future.succeededFuture() : forwarded.unregister();
            unregistered
                    .compose(done -> ownership.stop())
                    .eventually(runner::close)
                    .eventually(lane::close)
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
            stopping = true;
            ledger.close();
            runner.drop(run -> true);
            ownership.silence();
            runner.close().eventually(lane::close).onComplete(dead);
        });
        return dead.future();
    }

    /**
     * Runs a workflow: {@code {"id": name, "input": …, "transactionId": …, "wait": true, "priority": 0}}. The same
     * transaction id is the same run, however often it is asked for.
     *
     * @return {@code {"id", "transactionId", "state", "output", "error"}}, when the run has ended or waits for somebody
     *     outside, or at once where {@code wait} is false; fails with {@code INVALID_DATA} before anything is written,
     *     and with {@code UNAVAILABLE} when its end could not be waited for here
     */
    public Future<JsonObject> run(JsonObject request) {
        return patiently(() -> begin(request, false), until());
    }

    /** Does something with a run; answers it afterwards, as {@link #run} does. */
    public Future<JsonObject> change(RunAction action, JsonObject request) {
        return switch (action) {
            case RUN -> run(request);
            case FORK ->
                onContext(() -> interventions
                        .fork(workflow(request), request)
                        .compose(forked -> onContext(() -> driven(forked, true))));
            default -> patiently(() -> intervene(action, request, false), until());
        };
    }

    /** One run with the timeline of its steps: {@code {"id": name, "transactionId": …}}. */
    public Future<JsonObject> retrieve(JsonObject request) {
        return onContext(() -> {
            RunKey key = RunKey.existing(workflow(request), request);
            Optional<Run> here = runner.active().find(key.id()).or(() -> remembered.find(key.id()));
            return here.filter(run -> !run.isDurable())
                    .map(run -> Future.succeededFuture(RunView.withSteps(run)))
                    .orElseGet(() -> runs.withSteps(key.id()));
        });
    }

    /** The latest runs, newest first: {@code {"id": name, "state": …, "take": 20}}, each optional. */
    public Future<List<JsonObject>> list(JsonObject request) {
        return Future.succeededFuture(request).compose(runs::list);
    }

    /** The graphs of the workflows that this node has, or of one, as {@link Workflow#graph} and in words. */
    public List<JsonObject> definitions(Optional<String> name) {
        return (name.isPresent() ? List.<Workflow<?, ?>>of(named(name.get())) : List.copyOf(workflows.values()))
                .stream()
                        .map(workflow -> new JsonObject()
                                .put("id", workflow.name())
                                .put("graph", workflow.graph())
                                .put("text", workflow.describe()))
                        .toList();
    }

    /** Whether this node has a workflow. */
    public boolean has(String workflow) {
        return workflows.containsKey(workflow);
    }

    private <T> Future<T> onContext(Supplier<Future<T>> work) {
        return Turn.of(context, work);
    }

    private Workflow<?, ?> workflow(JsonObject request) {
        Object key = request.getValue("key");
        return named(key instanceof String text ? StepKey.parse(text).workflow() : request.getValue("id"));
    }

    private Workflow<?, ?> named(@Nullable Object name) {
        Workflow<?, ?> workflow = name instanceof String text ? workflows.get(text) : null;
        if (workflow == null) {
            throw Failure.notFound("there is no workflow '" + name + "'"
                    + Nearest.hint(String.valueOf(name), List.copyOf(workflows.keySet())));
        }
        return workflow;
    }

    private Future<JsonObject> begin(JsonObject request, boolean asked) {
        request.fieldNames().stream()
                .filter(name -> !RUN.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Failure.invalid("a run takes no '" + name + "'" + Nearest.hint(name, RUN));
                });
        Workflow<?, ?> workflow = workflow(request);
        RunKey key = RunKey.of(workflow, request);
        String json = RunKey.json(request.getValue("input"));
        Object input = Codec.readStrictly(json, workflow.input(), "the input of " + workflow.name());
        if (input == null) {
            throw Failure.invalid("the workflow " + workflow.name() + " takes an input");
        }
        boolean wait = RunKey.member(request, "wait", Boolean.class).orElse(true);
        int priority = RunKey.member(request, "priority", Integer.class).orElse(0);
        Optional<Run> known = runner.active().find(key.id()).or(() -> remembered.find(key.id()));
        if (known.isPresent()) {
            return answered(known.get(), wait);
        }
        Optional<Integer> shard = shard(workflow, key, request);
        if (shard.isEmpty()) {
            return asked ? changing() : forwardStart(workflow, key, request);
        }
        long epoch = ownership.epoch(shard.get()).orElseThrow();
        Run run = new Run(new Run.Start(key.id(), shard.get(), epoch, priority, Duration.ZERO), workflow, input);
        return journal.started(run)
                .recover(cause -> cause instanceof Ledger.Fenced ? changing() : Future.failedFuture(cause))
                .compose(made -> made ? driven(run, wait) : again(key, wait));
    }

    private static long until() {
        return System.nanoTime() + TAKEOVER.toNanos();
    }

    /** Asks again while the owner of a run is changing; asking twice does no harm. */
    private Future<JsonObject> patiently(Supplier<Future<JsonObject>> work, long until) {
        return onContext(work).recover(cause -> {
            if (!(cause instanceof Changing)) {
                return Future.failedFuture(cause);
            }
            if (System.nanoTime() > until) {
                return Future.failedFuture(new Failure(
                        FailureCode.UNAVAILABLE,
                        "the node that owns the run does not answer; nodes of one database join with --cluster"));
            }
            return vertx.timer(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS).compose(fired -> patiently(work, until));
        });
    }

    /** Nobody owns the run now who can be reached; soon somebody will. */
    static final class Changing extends RuntimeException {
        private static final long serialVersionUID = 1;

        Changing() {
            super("the run's owner is changing", null, false, false);
        }
    }

    private static <T> Future<T> changing() {
        return Future.failedFuture(new Changing());
    }

    /**
     * A shard of this node's for a new run: any will do, since its id alone keeps it from being started twice. But the
     * runs of one concurrency key must be in one, and so must those of one transaction id that are not written down.
     */
    private Optional<Integer> shard(Workflow<?, ?> workflow, RunKey key, JsonObject request) {
        int near = ShardLeases.shardOf(home(workflow, key, request));
        boolean bound = workflow.options().concurrency().isPresent()
                || (!workflow.options().durable() && request.getValue("transactionId") != null);
        return bound ? ownership.epoch(near).map(epoch -> near) : ownership.any();
    }

    private static String home(Workflow<?, ?> workflow, RunKey key, JsonObject request) {
        return workflow.options()
                .concurrency()
                .map(limit -> slot(workflow, limit, request.getValue("input")))
                .orElse(key.id());
    }

    private static String slot(Workflow<?, ?> workflow, Concurrency limit, @Nullable Object input) {
        Object json = RunListing.parsed(RunKey.json(input));
        return workflow.name() + "|" + limit.key().apply(json instanceof JsonObject object ? object : new JsonObject());
    }

    private Future<JsonObject> forwardStart(Workflow<?, ?> workflow, RunKey key, JsonObject request) {
        JsonObject named = request.copy().put("transactionId", key.transactionId());
        return runs.owner(ShardLeases.shardOf(home(workflow, key, request)))
                .compose(owner -> owner.equals(ownership.node()) ? changing() : forward(owner, RunAction.RUN, named));
    }

    /** Takes a run on, now or when its concurrency key has a place. */
    private Future<Run> admitted(Run run) {
        Optional<Concurrency> limit = run.workflow().options().concurrency();
        Future<Run> ended = runner.active().add(run);
        if (limit.isEmpty()) {
            runner.begin(run);
            return remembering(run, ended);
        }
        String key = slot(run.workflow(), limit.get(), RunListing.parsed(Codec.write(run.input(), "the input")));
        slots.enter(key, limit.get().most(), run, next -> {
            if (runner.active().has(next)) {
                runner.active().end(next).onComplete(done -> slots.leave(key));
                runner.begin(next);
            } else {
                context.runOnContext(now -> slots.leave(key));
            }
        });
        return remembering(run, ended);
    }

    private Future<Run> remembering(Run run, Future<Run> ended) {
        if (!run.isDurable()) {
            ended.onSuccess(remembered::keep);
        }
        return ended;
    }

    private Future<JsonObject> driven(Run run, boolean wait) {
        admitted(run);
        return answered(run, wait);
    }

    private Future<JsonObject> answered(Run run, boolean wait) {
        return wait && runner.active().has(run)
                ? runner.active()
                        .settled(run.id())
                        .map(RunView::of)
                        .recover(cause -> run.isDurable() ? again(RunKey.of(run), true) : Future.failedFuture(cause))
                : Future.succeededFuture(RunView.of(run));
    }

    /** The run is there already: under way here or elsewhere, or ended. */
    private Future<JsonObject> again(RunKey key, boolean wait) {
        if (stopping) {
            return Future.failedFuture(ActiveRuns.lost());
        }
        Optional<Run> known = runner.active().find(key.id());
        if (known.isPresent()) {
            return answered(known.get(), wait);
        }
        return runs.one(key.id()).compose(run -> {
            boolean over = run.getValue("finished_at") != null
                    || List.of("waiting", "paused", "stuck").contains(run.getString("state"));
            if (!wait || over) {
                return Future.succeededFuture(run);
            }
            return adopted(key)
                    .compose(done -> vertx.timer(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS))
                    .compose(fired -> onContext(() -> again(key, true)));
        });
    }

    /** Goes on with a run of this node's own that nobody looks after: the answer to what began it was lost. */
    private Future<Void> adopted(RunKey key) {
        return kept.one(key.id())
                .compose(found -> onContext(() -> {
                    Optional<RunLoader.StoredRun> orphan = found.filter(written -> !written.hasEnded());
                    Optional<Long> epoch = orphan.flatMap(written -> ownership.epoch(written.shard()));
                    if (epoch.isPresent() && !runner.active().isKnown(key.id())) {
                        RunLoader.StoredRun written = orphan.orElseThrow();
                        goOn(written.rebuilt(named(key.workflow()), epoch.get()), written);
                    }
                    return Future.<Void>succeededFuture();
                }));
    }

    private Future<JsonObject> intervene(RunAction what, JsonObject request, boolean asked) {
        RunKey key = RunKey.existing(workflow(request), request);
        Optional<Run> here = runner.active().find(key.id());
        if (here.isPresent()) {
            return interventions.inActive(what, here.get(), request).map(RunView::of);
        }
        Optional<Run> ended = remembered.find(key.id());
        if (ended.isPresent()) {
            return interventions.inRemembered(what, ended.get()).map(RunView::of);
        }
        return runs.place(key.id())
                .compose(place -> onContext(() -> {
                    Optional<UUID> owner = place.flatMap(RunListing.Place::owner);
                    if (place.isEmpty()) {
                        throw RunListing.notThere(key.id());
                    }
                    boolean own = owner.equals(Optional.of(ownership.node()));
                    if (own && !place.get().ended()) {
                        return adopted(key).compose(done -> changing());
                    }
                    if (own) {
                        return interventions
                                .inKept(what, workflow(request), place.get(), request)
                                .map(RunView::of);
                    }
                    return asked || owner.isEmpty() ? changing() : forward(owner.get(), what, request);
                }));
    }

    private Future<JsonObject> forward(UUID owner, RunAction action, JsonObject request) {
        return vertx.eventBus()
                .<JsonObject>request(
                        address(owner),
                        new JsonObject().put("action", action.name()).put("request", request),
                        new DeliveryOptions().setSendTimeout(LONGEST_WAIT_MILLIS))
                .map(Message::body)
                .recover(cause -> {
                    Failure failure = Failure.of(cause);
                    return failure.code() == FailureCode.UNAVAILABLE ? changing() : Future.failedFuture(failure);
                });
    }

    private void answerForwarded(Message<JsonObject> message) {
        JsonObject request = message.body().getJsonObject("request");
        RunAction asked = RunAction.valueOf(message.body().getString("action"));
        onContext(() -> asked == RunAction.RUN ? begin(request, true) : intervene(asked, request, true))
                .onSuccess(message::reply)
                .onFailure(cause -> BusFailure.reply(
                        message,
                        cause instanceof Changing
                                ? new Failure(FailureCode.UNAVAILABLE, "the run's owner is changing")
                                : cause));
    }

    /** Goes on with a run that was taken over, unless it is here already. */
    private void goOn(Run run, RunLoader.StoredRun written) {
        if (runner.active().isKnown(run.id())
                || !ownership
                        .epoch(run.start().shard())
                        .equals(Optional.of(run.start().epoch()))) {
            return;
        }
        admitted(run);
        written.waits(run).forEach((position, left) -> runner.waitOn(run, position, left));
        if (run.shownState() == RunState.STUCK) {
            runner.park(run);
        }
    }

    private Future<?> startScheduled(JsonObject request) {
        return run(request)
                .onFailure(cause -> LOG.error(
                        "the scheduled run {} of {} did not start: {}",
                        request.getString("transactionId"),
                        request.getString("id"),
                        cause.getMessage()));
    }

    /** Tells the cluster of a run's new state, and of what it emits when it has ended well. */
    private void tell(Run run, RunState state) {
        vertx.eventBus().publish("event.workflow." + run.workflow().name(), RunView.event(run, state));
        if (state == RunState.DONE) {
            outbox.leave(run);
        }
    }

    /** What follows from owning shards. */
    private final class Owning implements ShardLeases.Listener {
        @Override
        public void taken(List<ShardLeases.Taken> shards) {
            recovery.recover(shards);
        }

        @Override
        public Set<Integer> busy() {
            return runner.active().all().stream()
                    .filter(run -> !run.isDurable() || !run.isIdle())
                    .map(run -> run.start().shard())
                    .collect(Collectors.toSet());
        }

        @Override
        public void released(Set<Integer> shards) {
            runner.drop(run -> run.isDurable() && shards.contains(run.start().shard()));
        }

        @Override
        public void lost() {
            LOG.warn("this node was silent for longer than its lease; others go on with its runs");
            runner.drop(Run::isDurable);
        }

        @Override
        public void clock(Instant now) {
            scheduler.clock(now);
            retention.clock(now);
        }
    }
}
