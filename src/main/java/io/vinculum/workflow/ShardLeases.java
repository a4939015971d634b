package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which shards this node owns. One statement a second, on PostgreSQL's clock, says that the node is alive and takes shards
 * of nodes that are not, up to its share; each taking raises the shard's epoch, which shuts the former owner out of the
 * {@link Ledger}. The node's name is new at every start, so that two of them are never taken for one. A node with more
 * than its share lets go of shards in which nothing is under way.
 */
final class ShardLeases {
    private static final Logger LOG = LoggerFactory.getLogger(ShardLeases.class);

    static final int SHARDS = 1_024;

    /** A node is given up for dead so long after its last word. */
    static final Duration LEASE = Duration.ofSeconds(5);

    private static final long BEAT_MILLIS = 1_000;

    /** So many shards take what is new at a time. */
    private static final int IN_USE = 4;

    private static final String BEAT = """
            with others as (
              select count(*) as number from vinculum.workflow_node where lease_until >= now() and node <> $1::uuid),
            beat as (
              insert into vinculum.workflow_node (node, lease_until) values ($1::uuid, now() + $2::int8 * interval '1 ms')
              on conflict (node) do update set lease_until = excluded.lease_until),
            mine as (
              select count(*) as number, array_agg(shard) as shards from vinculum.workflow_shard where node = $1::uuid),
            free as (
              select s.shard, s.node is not null and s.node <> $1::uuid as crashed from vinculum.workflow_shard s
              where case when s.node = $1::uuid then $3::bool else not exists (
                select from vinculum.workflow_node n where n.node = s.node and n.lease_until >= now()) end
              order by s.shard
              limit (select greatest(0, ceil($4::int4 / (others.number + 1.0))
                - case when $3::bool then 0 else mine.number end) from others, mine)
              for update of s skip locked),
            taken as (
              update vinculum.workflow_shard s set node = $1::uuid, epoch = s.epoch + 1 from free
              where s.shard = free.shard
              returning s.shard, s.epoch, free.crashed)
            select (select array_agg(shard order by shard) from taken) as shards,
              (select array_agg(epoch order by shard) from taken) as epochs,
              (select array_agg(crashed order by shard) from taken) as crashed,
              (select number from others) as others,
              (extract(epoch from clock_timestamp()) * 1000)::int8 as clock,
              (select shards from mine where number <> $5::int4) as mine
            """;

    private static final String RELEASE = """
            update vinculum.workflow_shard set node = null where node = $1::uuid and shard = any($2::int4[])
            """;

    private static final String LEAVE = """
            with gone as (delete from vinculum.workflow_node where node = $1::uuid)
            update vinculum.workflow_shard set node = null where node = $1::uuid
            """;

    /**
     * A shard that is this node's now.
     *
     * @param crashed whether its former owner fell silent, rather than letting it go
     */
    record Taken(int shard, long epoch, boolean crashed) {}

    /** What follows from owning. */
    interface Listener {
        /** These are this node's now. */
        void taken(List<Taken> shards);

        /** The shards in which something is under way here. */
        Set<Integer> busy();

        /** The node lets go of shards in which nothing is under way, or has lost them. */
        void released(Set<Integer> shards);

        /** The node was silent for longer than its lease, so that nothing may be its any more. */
        void lost();

        /** PostgreSQL's clock has come so far. */
        void clock(Instant now);
    }

    private final UUID node = UUID.randomUUID();
    private final Vertx vertx;
    private final Context context;
    private final Database database;
    private final Listener listener;
    private final TreeMap<Integer, Long> epochs = new TreeMap<>();
    private List<Integer> inUse = List.of();
    private int lastInUse = -1;
    private int next;
    private long lastBeat = System.nanoTime();
    /** Whether what is still this node's by name has to be taken anew. */
    private boolean silent;

    private boolean stopped;
    private Future<Void> beating = Future.succeededFuture();

    /** Makes it; nothing is owned before {@link #start}. */
    ShardLeases(Vertx vertx, Context context, Database database, Listener listener) {
        this.vertx = vertx;
        this.context = context;
        this.database = database;
        this.listener = listener;
    }

    UUID node() {
        return node;
    }

    /** The shard of whatever has a name. */
    static int shardOf(String name) {
        return Math.floorMod(name.hashCode(), SHARDS);
    }

    /** The epoch under which this node owns a shard; empty when it does not. */
    Optional<Long> epoch(int shard) {
        return Optional.ofNullable(epochs.get(shard));
    }

    /**
     * A shard of this node's for something new; empty when it has none. For a second it is one of a few, so that one
     * write has few shards to lock; then the next ones follow.
     */
    Optional<Integer> any() {
        if (epochs.isEmpty()) {
            return Optional.empty();
        }
        if (inUse.isEmpty() || !epochs.keySet().containsAll(inUse)) {
            chooseInUse();
        }
        next = (next + 1) % inUse.size();
        return Optional.of(inUse.get(next));
    }

    private void chooseInUse() {
        int after = lastInUse;
        List<Integer> chosen = new ArrayList<>(epochs.tailMap(after, false).keySet());
        chosen.addAll(epochs.headMap(after, true).keySet());
        inUse = List.copyOf(chosen.subList(0, Math.min(IN_USE, chosen.size())));
        lastInUse = inUse.get(inUse.size() - 1);
        next = 0;
    }

    /** A shard turned out to be another node's under a later epoch. */
    void forget(int shard, long epoch) {
        if (epochs.remove(shard, epoch)) {
            listener.released(Set.of(shard));
        }
    }

    Future<Void> start() {
        beating = beat();
        return beating.onComplete(first -> again());
    }

    private void again() {
        vertx.timer(BEAT_MILLIS, TimeUnit.MILLISECONDS)
                .onSuccess(fired -> context.runOnContext(now -> {
                    if (!stopped) {
                        beating = beat();
                        beating.onComplete(done -> again());
                    }
                }));
    }

    private Future<Void> beat() {
        long sent = System.nanoTime();
        giveUpWhenSilent(sent);
        return database.write(Statement.of(BEAT, node, LEASE.toMillis(), silent, SHARDS, epochs.size()))
                .map(rows -> {
                    context.runOnContext(now -> heard(sent, rows.get(0)));
                    return (Void) null;
                })
                .recover(cause -> {
                    LOG.warn("no word of this node reached the database: {}", cause.getMessage());
                    context.runOnContext(now -> giveUpWhenSilent(System.nanoTime()));
                    return Future.succeededFuture();
                });
    }

    private void giveUpWhenSilent(long now) {
        if (now - lastBeat > LEASE.toNanos() && !epochs.isEmpty()) {
            epochs.clear();
            silent = true;
            listener.lost();
        }
    }

    private void heard(long sent, Row row) {
        if (stopped) {
            return;
        }
        boolean wasSilent = silent;
        lastBeat = sent;
        silent = false;
        Integer[] mine = row.getArrayOfIntegers(5);
        if (mine != null && !wasSilent) {
            keepOnly(Set.of(mine));
        }
        List<Taken> taken = taken(row);
        taken.forEach(one -> epochs.put(one.shard(), one.epoch()));
        if (!taken.isEmpty()) {
            listener.taken(taken);
        }
        inUse = List.of();
        release((int) Math.ceil(SHARDS / (row.getLong(3) + 1.0)));
        listener.clock(Instant.ofEpochMilli(row.getLong(4)));
    }

    /** What others have taken although this node was heard of in time is lost all the same. */
    private void keepOnly(Set<Integer> shards) {
        Set<Integer> gone = new HashSet<>(epochs.keySet());
        gone.removeAll(shards);
        epochs.keySet().removeAll(gone);
        listener.released(gone);
        // Taken by a word of this node's whose answer was lost: nobody serves them before they are taken anew.
        Set<Integer> unknown = new HashSet<>(shards);
        unknown.removeAll(epochs.keySet());
        letGo(unknown);
    }

    private static List<Taken> taken(Row row) {
        Integer[] shards = row.getArrayOfIntegers(0);
        Long[] numbers = row.getArrayOfLongs(1);
        Boolean[] crashed = row.getArrayOfBooleans(2);
        List<Taken> taken = new ArrayList<>();
        if (shards != null && numbers != null && crashed != null) {
            for (int i = 0; i < shards.length; i++) {
                taken.add(new Taken(shards[i], numbers[i], crashed[i]));
            }
        }
        return taken;
    }

    /** Lets others have what is more than this node's share, as far as nothing is under way in it. */
    private void release(int share) {
        if (epochs.size() <= share) {
            return;
        }
        Set<Integer> busy = listener.busy();
        Set<Integer> free = epochs.keySet().stream()
                .filter(shard -> !busy.contains(shard))
                .limit(epochs.size() - share)
                .collect(Collectors.toSet());
        epochs.keySet().removeAll(free);
        listener.released(free);
        letGo(free);
    }

    /** What could not be said is said again: nobody else may have the shards before. */
    private void letGo(Set<Integer> shards) {
        if (shards.isEmpty()) {
            return;
        }
        database.write(Statement.of(RELEASE, node, shards.toArray(Integer[]::new)))
                .onFailure(
                        cause -> vertx.timer(BEAT_MILLIS, TimeUnit.MILLISECONDS).onSuccess(fired -> letGo(shards)));
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
        // A beat that arrived later would take everything again.
        return beating.transform(done -> database.write(Statement.of(LEAVE, node)))
                .mapEmpty();
    }
}
