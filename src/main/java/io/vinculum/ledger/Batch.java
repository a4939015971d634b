package io.vinculum.ledger;

import io.vinculum.database.Statement;
import io.vinculum.run.StepRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one statement that writes a batch of operations: it locks the shards that the node still owns, then writes the
 * operations that belong to them. It has a part for each kind of operation that there is, so that a small write is a small statement.
 */
final class Batch {
    /** Each {@code #} is the next parameter. */
    private static final String FENCE = """
            with fence as materialized (
              select s.shard from vinculum.workflow_shard s
              join unnest(#::int4[], #::int8[]) f(shard, epoch) on s.shard = f.shard and s.epoch = f.epoch
              where s.node = #::uuid for share of s)""";

    private static final String STARTS = """
            , started as (
              insert into vinculum.workflow_run
                (id, shard, workflow, transaction_id, definition, state, input, priority, created_at)
              select r.id, r.shard, r.workflow, r.transaction_id, r.definition, 'invoking', r.input::json, r.priority,
                now() - r.age * interval '1 ms'
              from unnest(#::text[], #::int4[], #::text[], #::text[], #::text[], #::text[], #::int4[], #::int8[])
                r(id, shard, workflow, transaction_id, definition, input, priority, age)
              join fence on fence.shard = r.shard
              on conflict (id) do nothing returning id, shard),
            alive as (insert into vinculum.workflow_live (shard, run) select shard, id from started)""";

    private static final String STEPS = """
            , recorded as (
              insert into vinculum.workflow_step as known
                (run, node, item, undo, state, attempt, place, input, output, undo_data, error, started_at, wake_at,
                evaluated)
              select t.run, t.node, t.item, t.undo, t.state, t.attempt, t.place, t.input::json, t.output::json,
                t.undo_data::json, t.error::jsonb, now() - t.elapsed * interval '1 ms',
                now() + t.wake * interval '1 ms', t.evaluated::json
              from unnest(#::text[], #::int4[], #::text[], #::int4[], #::bool[], #::text[], #::int4[], #::int4[],
                #::text[], #::text[], #::text[], #::text[], #::int8[], #::int8[], #::text[])
                t(run, shard, node, item, undo, state, attempt, place, input, output, undo_data, error, elapsed, wake,
                  evaluated)
              join fence on fence.shard = t.shard
              on conflict (run, node, item, undo) do update set state = excluded.state, attempt = excluded.attempt,
                place = excluded.place, input = coalesce(excluded.input, known.input), output = excluded.output,
                undo_data = coalesce(excluded.undo_data, known.undo_data), error = excluded.error,
                recorded_at = now(), wake_at = excluded.wake_at,
                evaluated = coalesce(excluded.evaluated, known.evaluated)
              where known.state not in ('ok', 'skipped'))""";

    private static final String CHANGES = """
            , changed as (
              update vinculum.workflow_run w set state = c.state, output = c.output::json, error = c.error::jsonb,
                finished_at = case when c.finished then now() end
              from unnest(#::text[], #::int4[], #::text[], #::text[], #::text[], #::bool[])
                c(run, shard, state, output, error, finished)
              join fence on fence.shard = c.shard
              where w.id = c.run and w.finished_at is null returning w.id, w.shard, c.finished),
            ended as (
              delete from vinculum.workflow_live l using changed
              where changed.finished and l.shard = changed.shard and l.run = changed.id)""";

    private static final String EVENTS = """
            , events as (
              insert into vinculum.workflow_outbox (run, number, shard, address, payload)
              select o.run, o.number, o.shard, o.address, o.payload::json
              from unnest(#::text[], #::int4[], #::int4[], #::text[], #::text[])
                o(run, number, shard, address, payload)
              join changed on changed.id = o.run on conflict do nothing)""";

    private static final Pattern PARAMETER = Pattern.compile("#");
    private static final Map<List<String>, String> SQL = new ConcurrentHashMap<>();

    private final List<LedgerOp.Start> starts = new ArrayList<>();
    private final Map<List<Object>, LedgerOp.Step> steps = new LinkedHashMap<>();
    private final Map<String, LedgerOp.Change> changes = new LinkedHashMap<>();
    private final Map<Integer, Long> epochs = new LinkedHashMap<>();
    private final List<String> parts = new ArrayList<>();
    private final List<@Nullable Object> values = new ArrayList<>();

    private Batch(List<LedgerOp> ops) {
        ops.forEach(this::add);
    }

    /** Answers one row: the shards that are still the node's, and the runs that were started. */
    static Statement of(UUID node, List<LedgerOp> ops) {
        return new Batch(ops).statement(node);
    }

    private void add(LedgerOp op) {
        epochs.put(op.shard(), op.epoch());
        if (op instanceof LedgerOp.Start start) {
            starts.add(start);
        } else if (op instanceof LedgerOp.Step step) {
            // One statement changes a row once: the later operation counts.
            StepRecord row = step.row();
            steps.put(List.of(step.run(), row.node(), row.item(), row.undo()), step);
        } else if (op instanceof LedgerOp.Change change) {
            changes.put(change.run(), change);
        }
    }

    private Statement statement(UUID node) {
        parts.add(FENCE);
        values.add(epochs.keySet().toArray(Integer[]::new));
        values.add(epochs.values().toArray(Long[]::new));
        values.add(node);
        if (!starts.isEmpty()) {
            addStarts();
        }
        if (!steps.isEmpty()) {
            addSteps(List.copyOf(steps.values()));
        }
        if (!changes.isEmpty()) {
            addChanges(List.copyOf(changes.values()));
        }
        return Statement.of(SQL.computeIfAbsent(List.copyOf(parts), Batch::joined), values.toArray());
    }

    private static String joined(List<String> parts) {
        String started = parts.contains(STARTS) ? "(select array_agg(id) from started)" : "null::text[]";
        String text = String.join("", parts) + " select (select array_agg(shard) from fence) as kept, " + started
                + " as started";
        AtomicInteger number = new AtomicInteger();
        return PARAMETER.matcher(text).replaceAll(found -> "\\$" + number.incrementAndGet());
    }

    private void addStarts() {
        parts.add(STARTS);
        column(starts, op -> op.start().id(), String[]::new);
        column(starts, LedgerOp.Start::shard, Integer[]::new);
        column(starts, op -> op.key().workflow(), String[]::new);
        column(starts, op -> op.key().transactionId(), String[]::new);
        column(starts, LedgerOp.Start::definition, String[]::new);
        column(starts, LedgerOp.Start::input, String[]::new);
        column(starts, op -> op.start().priority(), Integer[]::new);
        column(starts, op -> op.start().age().toMillis(), Long[]::new);
    }

    private void addSteps(List<LedgerOp.Step> some) {
        parts.add(STEPS);
        column(some, LedgerOp.Step::run, String[]::new);
        column(some, LedgerOp.Step::shard, Integer[]::new);
        column(some, op -> op.row().node(), String[]::new);
        column(some, op -> op.row().item(), Integer[]::new);
        column(some, op -> op.row().undo(), Boolean[]::new);
        column(some, op -> op.row().state().shown(), String[]::new);
        column(some, op -> op.row().attempt(), Integer[]::new);
        column(some, op -> op.row().order(), Integer[]::new);
        column(some, op -> op.row().input(), String[]::new);
        column(some, op -> op.row().output(), String[]::new);
        column(some, op -> op.row().undoData(), String[]::new);
        column(some, op -> op.row().error(), String[]::new);
        column(some, op -> op.row().elapsed().toMillis(), Long[]::new);
        column(some, op -> op.row().wake().map(Duration::toMillis).orElse(null), Long[]::new);
        column(some, op -> op.row().evaluated(), String[]::new);
    }

    private void addChanges(List<LedgerOp.Change> some) {
        parts.add(CHANGES);
        column(some, LedgerOp.Change::run, String[]::new);
        column(some, LedgerOp.Change::shard, Integer[]::new);
        column(some, op -> op.state().shown(), String[]::new);
        column(some, LedgerOp.Change::output, String[]::new);
        column(some, LedgerOp.Change::error, String[]::new);
        column(some, op -> op.state().isEnd(), Boolean[]::new);
        List<Numbered> events = new ArrayList<>();
        some.forEach(change -> {
            for (int number = 0; number < change.events().size(); number++) {
                events.add(new Numbered(change, number));
            }
        });
        if (!events.isEmpty()) {
            addEvents(events);
        }
    }

    /** One of the events of an end, and its number. */
    private record Numbered(LedgerOp.Change change, int number) {
        OutboxEvent event() {
            return change.events().get(number);
        }
    }

    private void addEvents(List<Numbered> events) {
        parts.add(EVENTS);
        column(events, one -> one.change().run(), String[]::new);
        column(events, Numbered::number, Integer[]::new);
        column(events, one -> one.change().shard(), Integer[]::new);
        column(events, one -> one.event().address(), String[]::new);
        column(events, one -> one.event().payload(), String[]::new);
    }

    private <T, V> void column(List<T> rows, Function<T, @Nullable V> value, IntFunction<V[]> array) {
        values.add(rows.stream().map(value).toArray(array));
    }
}
