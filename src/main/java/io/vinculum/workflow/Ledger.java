package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes what happens to runs, many at once: while one statement is under way the next ones gather. Each statement first
 * locks the shards it writes for, as its node owns them; what belongs to a shard that was taken over is refused, so a
 * node that has been given up for dead changes nothing. Writing the same twice does no harm. For one event loop.
 */
final class Ledger {
    private static final int BATCH = 512;
    private static final int WAITING = 100_000;
    private static final long AGAIN_MILLIS = 200;

    /**
     * An event that leaves with a run's end.
     *
     * @param payload as JSON
     */
    record Event(String address, @Nullable String payload) {}

    /** Something to write, for a shard under an epoch. */
    sealed interface Op {
        int shard();

        long epoch();

        record Start(
                Run.Start start,
                RunKey key,
                String definition,
                @Nullable String input) implements Op {
            @Override
            public int shard() {
                return start.shard();
            }

            @Override
            public long epoch() {
                return start.epoch();
            }
        }

        record Step(int shard, long epoch, String run, StepRecord recorded) implements Op {}

        record Change(
                int shard,
                long epoch,
                String run,
                RunState state,
                @Nullable String output,
                @Nullable String error,
                List<Event> events)
                implements Op {}
    }

    private record Waiting(Op op, Promise<Boolean> done) {}

    private final Vertx vertx;
    private final Context context;
    private final Database database;
    private final UUID node;
    private final Consumer<Op> lost;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private boolean writing;
    private boolean closed;

    /** A ledger that tells of each shard that turns out to be another node's. */
    Ledger(Vertx vertx, Context context, Database database, UUID node, Consumer<Op> lost) {
        this.vertx = vertx;
        this.context = context;
        this.database = database;
        this.node = node;
        this.lost = lost;
    }

    /**
     * Writes it with whatever else waits.
     *
     * @return whether it made a row, for a start; true otherwise. Fails with {@code UNAVAILABLE} when too much waits, and
     *     with {@link Fenced} when another node owns the shard now
     */
    Future<Boolean> write(Op op) {
        if (closed || (op instanceof Op.Start && queue.size() >= WAITING)) {
            return Future.failedFuture(
                    new Failure(FailureCode.UNAVAILABLE, "more runs are started than can be kept now; try again"));
        }
        Promise<Boolean> done = Promise.promise();
        queue.add(new Waiting(op, done));
        if (!writing) {
            // What the same turn of the event loop adds goes along.
            writing = true;
            context.runOnContext(now -> next());
        }
        return done.future();
    }

    private void next() {
        List<Waiting> batch = new ArrayList<>();
        Map<Integer, Long> newest = new HashMap<>();
        Set<String> started = new HashSet<>();
        while (batch.size() < BATCH
                && !queue.isEmpty()
                && !changesOneOf(started, queue.element().op())) {
            Waiting one = queue.remove();
            if (one.op() instanceof Op.Start start) {
                started.add(start.start().id());
            }
            newest.merge(one.op().shard(), one.op().epoch(), Math::max);
            batch.add(one);
        }
        batch.removeIf(one -> one.op().epoch() < newest.getOrDefault(one.op().shard(), 0L)
                && one.done().tryFail(new Fenced()));
        writing = !batch.isEmpty();
        if (writing) {
            send(batch).onComplete(sent -> context.runOnContext(now -> next()));
        }
    }

    /** A statement does not see the rows that it makes itself, so what is made is changed by the next one. */
    private static boolean changesOneOf(Set<String> started, Op op) {
        return op instanceof Op.Change change && started.contains(change.run());
    }

    /**
     * Does some work and writes what came of it in one transaction.
     *
     * @return what came of it; fails as the work does, and with {@link Fenced} when another node owns the shard now
     */
    <T> Future<T> within(Function<Session, Future<T>> work, Function<T, Op> written) {
        AtomicReference<@Nullable Op> fenced = new AtomicReference<>();
        return database.transaction(session -> work.apply(session)
                        .compose(result ->
                                kept(session, written.apply(result), fenced).map(kept -> result)))
                .recover(cause -> {
                    Op op = fenced.get();
                    if (op == null) {
                        return Future.failedFuture(cause);
                    }
                    context.runOnContext(now -> lost.accept(op));
                    return Future.failedFuture(new Fenced());
                });
    }

    private Future<Void> kept(Session session, Op op, AtomicReference<@Nullable Op> fenced) {
        return session.run(statement(List.of(new Waiting(op, Promise.promise()))))
                .map(rows -> {
                    if (rows.get(0).getArrayOfIntegers(0) == null) {
                        fenced.set(op);
                        throw new Failure(FailureCode.CONFLICT, "the shard is another node's");
                    }
                    return null;
                });
    }

    /** Reads what is written. */
    <T> Future<T> read(Function<Session, Future<T>> work) {
        return database.snapshot(work);
    }

    private Future<Void> send(List<Waiting> batch) {
        Promise<Void> sent = Promise.promise();
        database.write(statement(batch))
                .onSuccess(rows -> context.runOnContext(now -> {
                    answer(batch, rows.get(0));
                    sent.complete();
                }))
                .onFailure(cause ->
                        context.runOnContext(now -> failed(batch, cause).onComplete(sent)));
        return sent.future();
    }

    private void answer(List<Waiting> batch, Row row) {
        Set<Object> kept = setOf(row.getArrayOfIntegers(0));
        Set<Object> started = setOf(row.getArrayOfStrings(1));
        for (Waiting one : batch) {
            if (!kept.contains(one.op().shard())) {
                lost.accept(one.op());
                one.done().fail(new Fenced());
            } else {
                // Of several starts of one run in a batch, one made it.
                one.done()
                        .complete(!(one.op() instanceof Op.Start start)
                                || started.remove(start.start().id()));
            }
        }
    }

    private static Set<Object> setOf(Object @Nullable [] some) {
        return some == null ? new HashSet<>() : new HashSet<>(Arrays.asList(some));
    }

    /** A database that is away is waited for; what it refuses is found by halving. */
    private Future<Void> failed(List<Waiting> batch, Throwable cause) {
        Failure failure = Failure.of(cause);
        boolean away = failure.code() == FailureCode.UNAVAILABLE || failure.code() == FailureCode.TIMEOUT;
        if (away && !closed) {
            return vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS).compose(fired -> send(batch));
        }
        if (batch.size() == 1 || closed) {
            batch.forEach(one -> one.done().fail(failure));
            return Future.succeededFuture();
        }
        int half = batch.size() / 2;
        return send(batch.subList(0, half)).compose(done -> send(batch.subList(half, batch.size())));
    }

    private Statement statement(List<Waiting> batch) {
        return Batch.of(node, batch.stream().map(Waiting::op).toList());
    }

    /** Writes nothing more. */
    void close() {
        closed = true;
        queue.forEach(one -> one.done().fail(new Fenced()));
        queue.clear();
    }

    /** Another node owns the shard now, so this one has no say in its runs. */
    static final class Fenced extends RuntimeException {
        private static final long serialVersionUID = 1;

        Fenced() {
            super("another node has taken the run over", null, false, false);
        }
    }
}
