package io.vinculum.shard;

/**
 * A shard that this node has acquired.
 *
 * @param crashed whether the lease of its former owner ended, rather than the owner releasing it
 */
public record AcquiredShard(int shard, long epoch, boolean crashed) {}
