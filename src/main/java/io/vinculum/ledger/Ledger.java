package io.vinculum.ledger;

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
import io.vinculum.run.Fenced;
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
 * Writes the operations of runs in batches: while one statement is in flight, the next operations queue up. Each statement
 * first locks the shards it writes for, as its node owns them; operations of a shard that was taken over are refused, so a
 * node whose lease has ended changes nothing. Writing an operation twice has no effect. For one event loop.
 */
public final class Ledger {
    private static final int BATCH = 512;
    private static final int WAITING = 100_000;
    private static final long RETRY_MILLIS = 200;

    private record Waiting(LedgerOp op, Promise<Boolean> done) {}

    private final Vertx vertx;
    private final Context context;
    private final Database database;
    private final UUID node;
    private final Consumer<LedgerOp> lost;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private boolean writing;
    private boolean closed;

    /** A ledger that reports each operation whose shard another node owns. */
    public Ledger(Vertx vertx, Context context, Database database, UUID node, Consumer<LedgerOp> lost) {
        this.vertx = vertx;
        this.context = context;
        this.database = database;
        this.node = node;
        this.lost = lost;
    }

    /**
     * Queues an operation for the next batch.
     *
     * @return whether it made a row, for a start; true otherwise. Fails with {@code UNAVAILABLE} when the queue is full, and
     *     with {@link Fenced} when another node owns the shard now
     */
    public Future<Boolean> write(LedgerOp op) {
        if (closed || (op instanceof LedgerOp.Start && queue.size() >= WAITING)) {
            return Future.failedFuture(
                    new Failure(FailureCode.UNAVAILABLE, "more runs are started than can be written now; try again"));
        }
        Promise<Boolean> done = Promise.promise();
        queue.add(new Waiting(op, done));
        if (!writing) {
            // Operations of the same turn of the event loop join the batch.
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
            if (one.op() instanceof LedgerOp.Start start) {
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

    /** A statement does not see the rows that it makes itself, so a change of a new row waits for the next one. */
    private static boolean changesOneOf(Set<String> started, LedgerOp op) {
        return op instanceof LedgerOp.Change change && started.contains(change.run());
    }

    /**
     * Does some work and writes its result in one transaction.
     *
     * @return the result; fails as the work does, and with {@link Fenced} when another node owns the shard now
     */
    public <T> Future<T> inTransaction(Function<Session, Future<T>> work, Function<T, LedgerOp> op) {
        AtomicReference<@Nullable LedgerOp> fenced = new AtomicReference<>();
        return database.transaction(session -> work.apply(session)
                        .compose(result ->
                                written(session, op.apply(result), fenced).map(done -> result)))
                .recover(cause -> {
                    LedgerOp refused = fenced.get();
                    if (refused == null) {
                        return Future.failedFuture(cause);
                    }
                    context.runOnContext(now -> lost.accept(refused));
                    return Future.failedFuture(new Fenced());
                });
    }

    private Future<Void> written(Session session, LedgerOp op, AtomicReference<@Nullable LedgerOp> fenced) {
        return session.run(statement(List.of(new Waiting(op, Promise.promise()))))
                .map(rows -> {
                    if (rows.get(0).getArrayOfIntegers(0) == null) {
                        fenced.set(op);
                        throw new Failure(FailureCode.CONFLICT, "another node owns the shard");
                    }
                    return null;
                });
    }

    /** Reads what has been written. */
    public <T> Future<T> read(Function<Session, Future<T>> work) {
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
                        .complete(!(one.op() instanceof LedgerOp.Start start)
                                || started.remove(start.start().id()));
            }
        }
    }

    private static Set<Object> setOf(Object @Nullable [] some) {
        return some == null ? new HashSet<>() : new HashSet<>(Arrays.asList(some));
    }

    /** A database that is away is waited for; an operation that it refuses is found by halving. */
    private Future<Void> failed(List<Waiting> batch, Throwable cause) {
        Failure failure = Failure.of(cause);
        boolean away = failure.code() == FailureCode.UNAVAILABLE || failure.code() == FailureCode.TIMEOUT;
        if (away && !closed) {
            return vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS).compose(fired -> send(batch));
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
    public void close() {
        closed = true;
        queue.forEach(one -> one.done().fail(new Fenced()));
        queue.clear();
    }
}
