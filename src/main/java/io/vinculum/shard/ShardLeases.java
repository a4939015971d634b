package io.vinculum.shard;

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
 * The shards that this node owns. A heartbeat a second, on PostgreSQL's clock, renews the node's lease and acquires shards
 * of nodes whose lease has ended, up to its share; each acquisition raises the shard's epoch, which fences off the former
 * owner. The node's id is new at every start, so that no two nodes share one. A node with more than its share releases
 * shards in which nothing is in flight.
 */
public final class ShardLeases {
    private static final Logger LOG = LoggerFactory.getLogger(ShardLeases.class);

    /** A node whose last heartbeat is older than this loses its shards. */
    public static final Duration LEASE = Duration.ofSeconds(5);

    private static final long HEARTBEAT_MILLIS = 1_000;

    /** So many shards get new runs at a time. */
    private static final int IN_USE = 4;

    private static final String HEARTBEAT = """
            with others as (
              select count(*) as number from vinculum.workflow_node where lease_until >= now() and node <> $1::uuid),
            heartbeat as (
              insert into vinculum.workflow_node (node, lease_until) values ($1::uuid, now() + $2::int8 * interval '1 ms')
              on conflict (node) do update set lease_until = excluded.lease_until),
            owned as (
              select count(*) as number, array_agg(shard) as shards from vinculum.workflow_shard where node = $1::uuid),
            free as (
              select s.shard, s.node is not null and s.node <> $1::uuid as crashed from vinculum.workflow_shard s
              where case when s.node = $1::uuid then $3::bool else not exists (
                select from vinculum.workflow_node n where n.node = s.node and n.lease_until >= now()) end
              order by s.shard
              limit (select greatest(0, ceil($4::int4 / (others.number + 1.0))
                - case when $3::bool then 0 else owned.number end) from others, owned)
              for update of s skip locked),
            acquired as (
              update vinculum.workflow_shard s set node = $1::uuid, epoch = s.epoch + 1 from free
              where s.shard = free.shard
              returning s.shard, s.epoch, free.crashed)
            select (select array_agg(shard order by shard) from acquired) as shards,
              (select array_agg(epoch order by shard) from acquired) as epochs,
              (select array_agg(crashed order by shard) from acquired) as crashed,
              (select number from others) as others,
              (extract(epoch from clock_timestamp()) * 1000)::int8 as clock,
              (select shards from owned where number <> $5::int4) as owned
            """;

    private static final String RELEASE = """
            update vinculum.workflow_shard set node = null where node = $1::uuid and shard = any($2::int4[])
            """;

    private static final String RELEASE_ALL = """
            with gone as (delete from vinculum.workflow_node where node = $1::uuid)
            update vinculum.workflow_shard set node = null where node = $1::uuid
            """;

    private final UUID node = UUID.randomUUID();
    private final Vertx vertx;
    private final Context context;
    private final Database database;
    private final LeaseListener listener;
    private final TreeMap<Integer, Long> epochs = new TreeMap<>();
    private List<Integer> inUse = List.of();
    private int lastInUse = -1;
    private int next;
    private long lastHeartbeat = System.nanoTime();
    /** Whether the lease has ended, so that shards still under this node's id must be acquired again. */
    private boolean expired;

    private boolean stopped;
    private Future<Void> heartbeat = Future.succeededFuture();

    /** The leases of a node; it owns nothing before {@link #start}. */
    public ShardLeases(Vertx vertx, Context context, Database database, LeaseListener listener) {
        this.vertx = vertx;
        this.context = context;
        this.database = database;
        this.listener = listener;
    }

    public UUID node() {
        return node;
    }

    /** The epoch under which this node owns a shard; empty when it does not. */
    public Optional<Long> epoch(int shard) {
        return Optional.ofNullable(epochs.get(shard));
    }

    /**
     * A shard of this node for a new run; empty when it has none. For a second it is one of a few, so that one write has
     * few shards to lock; then the next ones follow.
     */
    public Optional<Integer> any() {
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

    /** Releases a shard that another node owns under a later epoch. */
    public void release(int shard, long epoch) {
        if (epochs.remove(shard, epoch)) {
            listener.released(Set.of(shard));
        }
    }

    public Future<Void> start() {
        heartbeat = sendHeartbeat();
        return heartbeat.onComplete(first -> scheduleHeartbeat());
    }

    private void scheduleHeartbeat() {
        vertx.timer(HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS)
                .onSuccess(fired -> context.runOnContext(now -> {
                    if (!stopped) {
                        heartbeat = sendHeartbeat();
                        heartbeat.onComplete(done -> scheduleHeartbeat());
                    }
                }));
    }

    private Future<Void> sendHeartbeat() {
        long sent = System.nanoTime();
        expireWhenSilent(sent);
        return database.write(Statement.of(HEARTBEAT, node, LEASE.toMillis(), expired, Shards.COUNT, epochs.size()))
                .map(rows -> {
                    context.runOnContext(now -> renewed(sent, rows.get(0)));
                    return (Void) null;
                })
                .recover(cause -> {
                    LOG.warn("no heartbeat of this node reached the database: {}", cause.getMessage());
                    context.runOnContext(now -> expireWhenSilent(System.nanoTime()));
                    return Future.succeededFuture();
                });
    }

    private void expireWhenSilent(long now) {
        if (now - lastHeartbeat > LEASE.toNanos() && !epochs.isEmpty()) {
            epochs.clear();
            expired = true;
            listener.expired();
        }
    }

    private void renewed(long sent, Row row) {
        if (stopped) {
            return;
        }
        boolean hadExpired = expired;
        lastHeartbeat = sent;
        expired = false;
        Integer[] owned = row.getArrayOfIntegers(5);
        if (owned != null && !hadExpired) {
            keepOnly(Set.of(owned));
        }
        List<AcquiredShard> acquired = acquired(row);
        acquired.forEach(one -> epochs.put(one.shard(), one.epoch()));
        if (!acquired.isEmpty()) {
            listener.acquired(acquired);
        }
        inUse = List.of();
        releaseAbove((int) Math.ceil(Shards.COUNT / (row.getLong(3) + 1.0)));
        listener.clock(Instant.ofEpochMilli(row.getLong(4)));
    }

    /** Shards that another node has acquired although this node's heartbeat was in time are lost all the same. */
    private void keepOnly(Set<Integer> shards) {
        Set<Integer> lost = new HashSet<>(epochs.keySet());
        lost.removeAll(shards);
        epochs.keySet().removeAll(lost);
        listener.released(lost);
        // Acquired by a heartbeat whose answer was lost: no node serves them before they are acquired again.
        Set<Integer> unknown = new HashSet<>(shards);
        unknown.removeAll(epochs.keySet());
        writeRelease(unknown);
    }

    private static List<AcquiredShard> acquired(Row row) {
        Integer[] shards = row.getArrayOfIntegers(0);
        Long[] numbers = row.getArrayOfLongs(1);
        Boolean[] crashed = row.getArrayOfBooleans(2);
        List<AcquiredShard> acquired = new ArrayList<>();
        if (shards != null && numbers != null && crashed != null) {
            for (int i = 0; i < shards.length; i++) {
                acquired.add(new AcquiredShard(shards[i], numbers[i], crashed[i]));
            }
        }
        return acquired;
    }

    /** Releases the shards above this node's share, as far as nothing is in flight in them. */
    private void releaseAbove(int share) {
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
        writeRelease(free);
    }

    /** Sent again until it succeeds: no other node may own the shards before. */
    private void writeRelease(Set<Integer> shards) {
        if (shards.isEmpty()) {
            return;
        }
        database.write(Statement.of(RELEASE, node, shards.toArray(Integer[]::new)))
                .onFailure(cause ->
                        vertx.timer(HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS).onSuccess(fired -> writeRelease(shards)));
    }

    /** Sends nothing more, as a process that was killed. */
    public void silence() {
        stopped = true;
        epochs.clear();
    }

    /** Releases all shards: others need not wait for the lease to end. */
    public Future<Void> stop() {
        stopped = true;
        epochs.clear();
        // A heartbeat that arrived later would acquire everything again.
        return heartbeat
                .transform(done -> database.write(Statement.of(RELEASE_ALL, node)))
                .mapEmpty();
    }
}
