package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vinculum.database.Database;
import io.vinculum.execute.Journal;
import io.vinculum.execute.LedgerJournal;
import io.vinculum.execute.Runner;
import io.vinculum.execute.Timers;
import io.vinculum.execute.Turn;
import io.vinculum.flow.Workflow;
import io.vinculum.ledger.Definitions;
import io.vinculum.ledger.Ledger;
import io.vinculum.ledger.Outbox;
import io.vinculum.ledger.Retention;
import io.vinculum.ledger.RunListing;
import io.vinculum.ledger.RunLoader;
import io.vinculum.ledger.RunLocator;
import io.vinculum.run.Run;
import io.vinculum.run.RunKey;
import io.vinculum.run.RunState;
import io.vinculum.shard.AcquiredShard;
import io.vinculum.shard.LeaseListener;
import io.vinculum.shard.ShardLeases;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs workflows so that a run survives the node it runs on: each start, each result and each end is in PostgreSQL before
 * it is announced, and another node resumes the run from there. A step's body runs at least once, its result counts once.
 *
 * <p>Each method takes a JSON object; any node answers for any run, by asking the one that owns it.
 */
public final class Coordinator {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

    /** One connection for the ledger, one for the heartbeat. */
    private static final int LANE = 2;

    /** The owner of this shard deletes expired runs. */
    private static final int RETENTION_SHARD = 0;

    private final Vertx vertx;
    private final Context context;
    private final WorkflowRegistry registry;
    private final Database lane;
    private final ShardLeases leases;
    private final Ledger ledger;
    private final Runner runner;
    private final RunListing listing;
    private final Definitions definitions;
    private final Outbox outbox;
    private final RecentRuns recent = new RecentRuns();
    private final RunAnswers answers;
    private final OwnerCalls owners;
    private final RunStarter starter;
    private final CommandRouter router;
    private final RunForks forks;
    private final Recovery recovery;
    private final Scheduler scheduler;
    private final Retention retention;

    /**
     * Makes a coordinator; it does nothing before {@link #start}.
     *
     * @throws io.vinculum.failure.Failure {@code INVALID_DATA} when two workflows have one name
     */
    public Coordinator(Vertx vertx, Database database, Collection<Workflow<?, ?>> workflows) {
        this(vertx, database, workflows, UnaryOperator.identity());
    }

    /** The same with something around its journal, for tests that let it die there. */
    Coordinator(Vertx vertx, Database database, Collection<Workflow<?, ?>> workflows, UnaryOperator<Journal> around) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.registry = new WorkflowRegistry(workflows);
        this.lane = database.byKey(LANE);
        this.leases = new ShardLeases(vertx, context, lane, new Leases());
        this.ledger = new Ledger(vertx, context, lane, leases.node(), op -> leases.release(op.shard(), op.epoch()));
        Journal journal = around.apply(new LedgerJournal(ledger));
        this.runner = new Runner(vertx, context, Timers.of(vertx), journal, this::announce);
        this.listing = new RunListing(database);
        this.definitions = new Definitions(database);
        RunLoader loader = new RunLoader(database);
        RunLocator locator = new RunLocator(database);
        this.outbox = new Outbox(vertx, context, database);
        Admission admission = new Admission(context, runner, leases, recent);
        this.owners = new OwnerCalls(vertx, leases.node());
        this.answers = new RunAnswers(vertx, context, runner.active(), leases, listing, loader, registry, admission);
        this.starter = new RunStarter(registry, runner, journal, leases, locator, recent, admission, answers, owners);
        RunCommands commands = new RunCommands(runner, loader, leases, recent, ledger);
        this.router = new CommandRouter(
                context, registry, runner.active(), recent, commands, locator, leases, answers, owners);
        this.forks = new RunForks(loader, ledger, leases);
        this.recovery = new Recovery(vertx, context, loader, outbox, leases, registry, admission::resume);
        this.scheduler =
                new Scheduler(registry.all(), shard -> leases.epoch(shard).isPresent(), this::startScheduled);
        this.retention = new Retention(
                database, registry.all(), () -> leases.epoch(RETENTION_SHARD).isPresent());
    }

    /** Takes part: acquires shards that no node owns, and resumes the runs in them. */
    public Future<Void> start() {
        return owners.listen(this::forwarded)
                .compose(listening -> definitions.keep(registry.all()))
                .compose(kept -> leases.start());
    }

    /** Stops taking part; others acquire the shards at once, and resume what was in flight. */
    public Future<Void> stop() {
        Promise<Void> stopped = Promise.promise();
        context.runOnContext(now -> {
            halt();
            owners.close()
                    .compose(done -> leases.stop())
                    .eventually(runner::close)
                    .eventually(lane::close)
                    .onComplete(stopped);
        });
        return stopped.future();
    }

    /** Stops as a process that is killed: it releases and announces nothing. For tests of takeovers. */
    Future<Void> die() {
        Promise<Void> dead = Promise.promise();
        context.runOnContext(now -> {
            halt();
            leases.silence();
            runner.close().eventually(lane::close).onComplete(dead);
        });
        return dead.future();
    }

    private void halt() {
        answers.stop();
        ledger.close();
        runner.drop(run -> true);
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
        return owners.retried(() -> Turn.of(context, () -> starter.start(request, false)));
    }

    /** Carries out a command on a run; answers it afterwards, as {@link #run} does. */
    public Future<JsonObject> change(RunAction action, JsonObject request) {
        return switch (action) {
            case RUN -> run(request);
            case FORK -> fork(request);
            default -> owners.retried(() -> Turn.of(context, () -> router.command(action, request, false)));
        };
    }

    private Future<JsonObject> fork(JsonObject request) {
        return Turn.of(
                context,
                () -> forks.fork(registry.of(request), request)
                        .compose(forked -> Turn.of(context, () -> starter.admit(forked, true))));
    }

    private Future<JsonObject> forwarded(RunAction action, JsonObject request) {
        return Turn.of(
                context,
                () -> action == RunAction.RUN ? starter.start(request, true) : router.command(action, request, true));
    }

    /** One run with the timeline of its steps: {@code {"id": name, "transactionId": …}}. */
    public Future<JsonObject> retrieve(JsonObject request) {
        return Turn.of(context, () -> {
            RunKey key = Requests.existingKey(registry.of(request), request);
            Optional<Run> here = runner.active().find(key.id()).or(() -> recent.find(key.id()));
            return here.filter(run -> !run.isDurable())
                    .map(run -> Future.succeededFuture(RunView.withSteps(run)))
                    .orElseGet(() -> listing.withSteps(key.id()));
        });
    }

    /** The latest runs, newest first: {@code {"id": name, "state": …, "take": 20}}, each optional. */
    public Future<List<JsonObject>> list(JsonObject request) {
        return Future.succeededFuture(request).map(Requests::list).compose(listing::list);
    }

    /** The graphs of the workflows that this node has, or of one, as {@link Workflow#graph} and in words. */
    public List<JsonObject> definitions(Optional<String> name) {
        return registry.definitions(name);
    }

    /** Whether this node has a workflow. */
    public boolean has(String workflow) {
        return registry.find(workflow).isPresent();
    }

    private Future<?> startScheduled(JsonObject request) {
        return run(request)
                .onFailure(cause -> LOG.error(
                        "the scheduled run {} of {} did not start: {}",
                        request.getString("transactionId"),
                        request.getString("id"),
                        cause.getMessage()));
    }

    /** Publishes a run's new state, and its events when it has ended well. */
    private void announce(Run run, RunState state) {
        vertx.eventBus().publish("event.workflow." + run.workflow().name(), RunView.event(run, state));
        if (state == RunState.DONE) {
            outbox.publish(run);
        }
    }

    /** What follows from owning shards. */
    private final class Leases implements LeaseListener {
        @Override
        public void acquired(List<AcquiredShard> shards) {
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
        public void expired() {
            LOG.warn("the lease of this node has ended; other nodes resume its runs");
            runner.drop(Run::isDurable);
        }

        @Override
        public void clock(Instant now) {
            scheduler.clock(now);
            retention.clock(now);
        }
    }
}
