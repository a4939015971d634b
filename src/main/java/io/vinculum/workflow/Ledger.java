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
import java.time.Duration;
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
import java.util.concurrent.atomic.AtomicBoolean;
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
              insert into vinculum.workflow_run
                (id, shard, workflow, transaction_id, definition, state, input, priority, created_at)
              select r.id, r.shard, r.workflow, r.transaction_id, r.definition, 'invoking', r.input::json, r.priority,
                now() - r.age * interval '1 ms'
              from unnest($4::text[], $5::int4[], $6::text[], $7::text[], $8::text[], $9::text[], $10::int4[],
                $11::int8[])
                r(id, shard, workflow, transaction_id, definition, input, priority, age)
              join fence on fence.shard = r.shard
              on conflict (id) do nothing returning id, shard),
            alive as (insert into vinculum.workflow_live (shard, run) select shard, id from started),
            recorded as (
              insert into vinculum.workflow_step as known
                (run, node, item, undo, state, attempt, place, input, output, undo_data, error, started_at, wake_at)
              select t.run, t.node, t.item, t.undo, t.state, t.attempt, t.place, t.input::json, t.output::json,
                t.undo_data::json, t.error::jsonb, now() - t.elapsed * interval '1 ms',
                now() + t.wake * interval '1 ms'
              from unnest($12::text[], $13::int4[], $14::text[], $15::int4[], $16::bool[], $17::text[], $18::int4[],
                $19::int4[], $20::text[], $21::text[], $22::text[], $23::text[], $24::int8[], $25::int8[])
                t(run, shard, node, item, undo, state, attempt, place, input, output, undo_data, error, elapsed, wake)
              join fence on fence.shard = t.shard
              on conflict (run, node, item, undo) do update set state = excluded.state, attempt = excluded.attempt,
                place = excluded.place, input = coalesce(excluded.input, known.input), output = excluded.output,
                undo_data = coalesce(excluded.undo_data, known.undo_data), error = excluded.error,
                recorded_at = now(), wake_at = excluded.wake_at
              where known.state not in ('ok', 'skipped')),
            changed as (
              update vinculum.workflow_run w set state = c.state, output = c.output::json, error = c.error::jsonb,
                finished_at = case when c.finished then now() end
              from unnest($26::text[], $27::int4[], $28::text[], $29::text[], $30::text[], $31::bool[])
                c(run, shard, state, output, error, finished)
              join fence on fence.shard = c.shard
              where w.id = c.run and w.finished_at is null returning w.id, w.shard, c.finished),
            ended as (
              delete from vinculum.workflow_live l using changed
              where changed.finished and l.shard = changed.shard and l.run = changed.id),
            told as (
              insert into vinculum.workflow_outbox (run, number, shard, address, payload)
              select o.run, o.number, o.shard, o.address, o.payload::json
              from unnest($32::text[], $33::int4[], $34::int4[], $35::text[], $36::text[])
                o(run, number, shard, address, payload)
              join changed on changed.id = o.run on conflict do nothing)
            select (select array_agg(shard) from fence) as kept, (select array_agg(id) from started) as started
            """;

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

        record Step(int shard, long epoch, String run, Recorded recorded) implements Op {}

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
        AtomicBoolean fenced = new AtomicBoolean();
        return database.transaction(session -> work.apply(session)
                        .compose(result -> session.run(statement(List.of(waiting(written.apply(result)))))
                                .map(rows -> {
                                    if (rows.get(0).getArrayOfIntegers(0) == null) {
                                        fenced.set(true);
                                        throw new Failure(FailureCode.CONFLICT, "the shard is another node's");
                                    }
                                    return result;
                                })))
                .recover(cause -> Future.failedFuture(fenced.get() ? new Fenced() : cause));
    }

    private static Waiting waiting(Op op) {
        return new Waiting(op, Promise.promise());
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
        Map<Integer, Long> epochs = new LinkedHashMap<>();
        List<Op.Start> starts = new ArrayList<>();
        Map<List<Object>, Op.Step> steps = new LinkedHashMap<>();
        Map<String, Op.Change> changes = new LinkedHashMap<>();
        for (Waiting one : batch) {
            Op op = one.op();
            epochs.put(op.shard(), op.epoch());
            if (op instanceof Op.Start start) {
                starts.add(start);
            } else if (op instanceof Op.Step step) {
                // One statement changes a row once: the later word counts.
                Recorded row = step.recorded();
                steps.put(List.of(step.run(), row.node(), row.item(), row.undo()), step);
            } else if (op instanceof Op.Change change) {
                changes.put(change.run(), change);
            }
        }
        List<@Nullable Object> values = new ArrayList<>();
        values.add(epochs.keySet().toArray(Integer[]::new));
        values.add(epochs.values().toArray(Long[]::new));
        values.add(node);
        addStarts(starts, values);
        addSteps(List.copyOf(steps.values()), values);
        addChanges(List.copyOf(changes.values()), values);
        return Statement.of(WRITE, values.toArray());
    }

    private static void addStarts(List<Op.Start> starts, List<@Nullable Object> values) {
        values.add(column(starts, op -> op.start().id(), String[]::new));
        values.add(column(starts, Op.Start::shard, Integer[]::new));
        values.add(column(starts, op -> op.key().workflow(), String[]::new));
        values.add(column(starts, op -> op.key().transactionId(), String[]::new));
        values.add(column(starts, Op.Start::definition, String[]::new));
        values.add(column(starts, Op.Start::input, String[]::new));
        values.add(column(starts, op -> op.start().priority(), Integer[]::new));
        values.add(column(starts, op -> op.start().age().toMillis(), Long[]::new));
    }

    private static void addSteps(List<Op.Step> steps, List<@Nullable Object> values) {
        values.add(column(steps, Op.Step::run, String[]::new));
        values.add(column(steps, Op.Step::shard, Integer[]::new));
        values.add(column(steps, op -> op.recorded().node(), String[]::new));
        values.add(column(steps, op -> op.recorded().item(), Integer[]::new));
        values.add(column(steps, op -> op.recorded().undo(), Boolean[]::new));
        values.add(column(steps, op -> op.recorded().state().shown(), String[]::new));
        values.add(column(steps, op -> op.recorded().attempt(), Integer[]::new));
        values.add(column(steps, op -> op.recorded().place(), Integer[]::new));
        values.add(column(steps, op -> op.recorded().input(), String[]::new));
        values.add(column(steps, op -> op.recorded().output(), String[]::new));
        values.add(column(steps, op -> op.recorded().undoData(), String[]::new));
        values.add(column(steps, op -> op.recorded().error(), String[]::new));
        values.add(column(steps, op -> op.recorded().elapsed().toMillis(), Long[]::new));
        values.add(
                column(steps, op -> op.recorded().wake().map(Duration::toMillis).orElse(null), Long[]::new));
    }

    private static void addChanges(List<Op.Change> changes, List<@Nullable Object> values) {
        values.add(column(changes, Op.Change::run, String[]::new));
        values.add(column(changes, Op.Change::shard, Integer[]::new));
        values.add(column(changes, op -> op.state().shown(), String[]::new));
        values.add(column(changes, Op.Change::output, String[]::new));
        values.add(column(changes, Op.Change::error, String[]::new));
        values.add(column(changes, op -> op.state().isEnd(), Boolean[]::new));
        List<Told> told = new ArrayList<>();
        changes.forEach(change -> {
            for (int number = 0; number < change.events().size(); number++) {
                told.add(new Told(change, number));
            }
        });
        values.add(column(told, one -> one.change().run(), String[]::new));
        values.add(column(told, Told::number, Integer[]::new));
        values.add(column(told, one -> one.change().shard(), Integer[]::new));
        values.add(column(told, one -> one.event().address(), String[]::new));
        values.add(column(told, one -> one.event().payload(), String[]::new));
    }

    /** One of the events of an end. */
    private record Told(Op.Change change, int number) {
        Event event() {
            return change.events().get(number);
        }
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
