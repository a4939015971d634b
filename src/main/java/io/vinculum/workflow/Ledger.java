package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
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

    private static final String WRITE = """
            with fence as materialized (
              select s.shard from vinculum.workflow_shard s
              join unnest($1::int4[], $2::int8[]) f(shard, epoch) on s.shard = f.shard and s.epoch = f.epoch
              where s.node = $3::uuid for share of s),
            started as (
              insert into vinculum.workflow_run (id, shard, workflow, transaction_id, definition, state, input)
              select r.id, r.shard, r.workflow, r.transaction_id, r.definition, 'invoking', r.input::jsonb
              from unnest($4::text[], $5::int4[], $6::text[], $7::text[], $8::text[], $9::text[])
                r(id, shard, workflow, transaction_id, definition, input)
              join fence on fence.shard = r.shard
              on conflict (id) do nothing returning id),
            recorded as (
              insert into vinculum.workflow_step
                (run, node, item, undo, state, attempt, place, output, undo_data, error)
              select t.run, t.node, t.item, t.undo, t.state, t.attempt, t.place, t.output::jsonb, t.undo_data::jsonb,
                t.error::jsonb
              from unnest($10::text[], $11::int4[], $12::text[], $13::int4[], $14::bool[], $15::text[], $16::int4[],
                $17::int4[], $18::text[], $19::text[], $20::text[])
                t(run, shard, node, item, undo, state, attempt, place, output, undo_data, error)
              join fence on fence.shard = t.shard
              on conflict (run, node, item, undo) do nothing),
            changed as (
              update vinculum.workflow_run w set state = c.state, output = c.output::jsonb, error = c.error::jsonb,
                finished_at = case when c.state = 'compensating' then null else now() end
              from unnest($21::text[], $22::int4[], $23::text[], $24::text[], $25::text[])
                c(run, shard, state, output, error)
              join fence on fence.shard = c.shard
              where w.id = c.run and w.finished_at is null)
            select (select array_agg(shard) from fence) as kept, (select array_agg(id) from started) as started
            """;

    /** Something to write, for a shard under an epoch. */
    sealed interface Op {
        int shard();

        long epoch();

        record Start(
                int shard,
                long epoch,
                String id,
                String workflow,
                String transactionId,
                String definition,
                @Nullable String input)
                implements Op {}

        record Step(
                int shard,
                long epoch,
                String run,
                String node,
                int item,
                boolean undo,
                String state,
                int attempt,
                int place,
                @Nullable String output,
                @Nullable String undoData,
                @Nullable String error)
                implements Op {}

        record Change(
                int shard,
                long epoch,
                String run,
                String state,
                @Nullable String output,
                @Nullable String error) implements Op {}
    }

    private record Waiting(Op op, Promise<Boolean> done) {}

    private final Vertx vertx;
    private final Context context;
    private final Database database;
    private final UUID node;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private boolean writing;
    private boolean closed;

    Ledger(Vertx vertx, Context context, Database database, UUID node) {
        this.vertx = vertx;
        this.context = context;
        this.database = database;
        this.node = node;
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
        while (batch.size() < BATCH && !queue.isEmpty()) {
            Waiting one = queue.remove();
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

    private static void answer(List<Waiting> batch, Row row) {
        Set<Object> kept = setOf(row.getArrayOfIntegers(0));
        Set<Object> started = setOf(row.getArrayOfStrings(1));
        for (Waiting one : batch) {
            if (!kept.contains(one.op().shard())) {
                one.done().fail(new Fenced());
            } else {
                // Of several starts of one run in a batch, one made it.
                one.done().complete(!(one.op() instanceof Op.Start start) || started.remove(start.id()));
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
        Map<Integer, Long> epochs = new LinkedHashMap<>();
        List<Op.Start> starts = new ArrayList<>();
        List<Op.Step> steps = new ArrayList<>();
        List<Op.Change> changes = new ArrayList<>();
        for (Waiting one : batch) {
            Op op = one.op();
            epochs.put(op.shard(), op.epoch());
            if (op instanceof Op.Start start) {
                starts.add(start);
            } else if (op instanceof Op.Step step) {
                steps.add(step);
            } else if (op instanceof Op.Change change) {
                changes.add(change);
            }
        }
        return Statement.of(
                WRITE,
                epochs.keySet().toArray(Integer[]::new),
                epochs.values().toArray(Long[]::new),
                node,
                column(starts, Op.Start::id, String[]::new),
                column(starts, Op.Start::shard, Integer[]::new),
                column(starts, Op.Start::workflow, String[]::new),
                column(starts, Op.Start::transactionId, String[]::new),
                column(starts, Op.Start::definition, String[]::new),
                column(starts, Op.Start::input, String[]::new),
                column(steps, Op.Step::run, String[]::new),
                column(steps, Op.Step::shard, Integer[]::new),
                column(steps, Op.Step::node, String[]::new),
                column(steps, Op.Step::item, Integer[]::new),
                column(steps, Op.Step::undo, Boolean[]::new),
                column(steps, Op.Step::state, String[]::new),
                column(steps, Op.Step::attempt, Integer[]::new),
                column(steps, Op.Step::place, Integer[]::new),
                column(steps, Op.Step::output, String[]::new),
                column(steps, Op.Step::undoData, String[]::new),
                column(steps, Op.Step::error, String[]::new),
                column(changes, Op.Change::run, String[]::new),
                column(changes, Op.Change::shard, Integer[]::new),
                column(changes, Op.Change::state, String[]::new),
                column(changes, Op.Change::output, String[]::new),
                column(changes, Op.Change::error, String[]::new));
    }

    private static <T, V> V[] column(List<T> rows, Function<T, @Nullable V> value, IntFunction<V[]> array) {
        return rows.stream().map(value).toArray(array);
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
