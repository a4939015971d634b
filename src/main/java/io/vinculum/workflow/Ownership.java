package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Which shards this node owns. One statement a second, on PostgreSQL's clock, says that the node is alive and takes the
 * shards of nodes that are not; each taking raises the shard's epoch, which shuts the former owner out of the
 * {@link Ledger}. The node's name is new at every start, so that two of them are never taken for one.
 */
final class Ownership {
    static final int SHARDS = 1_024;

    /** A node is given up for dead so long after its last word. */
    static final Duration LEASE = Duration.ofSeconds(5);

    private static final long BEAT_MILLIS = 1_000;

    private static final String BEAT = """
            with beat as (
              insert into vinculum.workflow_node (node, lease_until) values ($1::uuid, now() + $2::int8 * interval '1 ms')
              on conflict (node) do update set lease_until = excluded.lease_until),
            taken as (
              update vinculum.workflow_shard s set node = $1::uuid, epoch = s.epoch + 1
              where case when s.node = $1::uuid then $3::bool else not exists (
                select from vinculum.workflow_node n where n.node = s.node and n.lease_until >= now()) end
              returning s.shard, s.epoch)
            select (select array_agg(shard) from taken) as shards, (select array_agg(epoch) from taken) as epochs
            """;

    private static final String LEAVE = """
            with gone as (delete from vinculum.workflow_node where node = $1::uuid)
            update vinculum.workflow_shard set node = null where node = $1::uuid
            """;

    private final UUID node = UUID.randomUUID();
    private final Vertx vertx;
    private final Context context;
    private final Database database;
    private final Consumer<List<Integer>> taken;
    private final Runnable lost;
    private final Map<Integer, Long> epochs = new HashMap<>();
    private long lastBeat = System.nanoTime();
    /** Whether what is still this node's by name has to be taken anew. */
    private boolean silent;

    private boolean stopped;

    /**
     * Makes it; nothing is owned before {@link #start}.
     *
     * @param taken is told of shards that are this node's now
     * @param lost is called when the node has been silent for longer than its lease, so that nothing may be its any more
     */
    Ownership(Vertx vertx, Context context, Database database, Consumer<List<Integer>> taken, Runnable lost) {
        this.vertx = vertx;
        this.context = context;
        this.database = database;
        this.taken = taken;
        this.lost = lost;
    }

    UUID node() {
        return node;
    }

    static int shardOf(String runId) {
        return Math.floorMod(runId.hashCode(), SHARDS);
    }

    /** The epoch under which this node owns a shard; empty when it does not. */
    Optional<Long> epoch(int shard) {
        return Optional.ofNullable(epochs.get(shard));
    }

    Future<Void> start() {
        return beat().onComplete(first -> again());
    }

    private void again() {
        vertx.timer(BEAT_MILLIS, TimeUnit.MILLISECONDS)
                .onSuccess(fired -> context.runOnContext(now -> {
                    if (!stopped) {
                        beat().onComplete(done -> again());
                    }
                }));
    }

    private Future<Void> beat() {
        long sent = System.nanoTime();
        giveUpWhenSilent(sent);
        return database.write(Statement.of(BEAT, node, LEASE.toMillis(), silent))
                .map(rows -> {
                    context.runOnContext(now -> heard(sent, rows.get(0)));
                    return (Void) null;
                })
                .recover(cause -> {
                    context.runOnContext(now -> giveUpWhenSilent(System.nanoTime()));
                    return Future.succeededFuture();
                });
    }

    private void giveUpWhenSilent(long now) {
        if (now - lastBeat > LEASE.toNanos() && !epochs.isEmpty()) {
            epochs.clear();
            silent = true;
            lost.run();
        }
    }

    private void heard(long sent, Row row) {
        lastBeat = sent;
        silent = false;
        Integer[] shards = row.getArrayOfIntegers(0);
        Long[] numbers = row.getArrayOfLongs(1);
        if (shards == null || numbers == null) {
            return;
        }
        for (int i = 0; i < shards.length; i++) {
            epochs.put(shards[i], numbers[i]);
        }
        taken.accept(Arrays.asList(shards));
    }

    /** Says nothing more, as a process that was killed. */
    void silence() {
        stopped = true;
        epochs.clear();
    }

    /** Hands the shards over: others need not wait for the lease to end. */
    Future<Void> stop() {
        stopped = true;
        epochs.clear();
        return database.write(Statement.of(LEAVE, node)).mapEmpty();
    }
}
