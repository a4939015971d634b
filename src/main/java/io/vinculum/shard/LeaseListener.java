package io.vinculum.shard;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Reacts to the leases of a node. */
public interface LeaseListener {
    /** This node owns these shards now. */
    void acquired(List<AcquiredShard> shards);

    /** The shards in which something is in flight here. */
    Set<Integer> busy();

    /** This node has released these shards, or has lost them. */
    void released(Set<Integer> shards);

    /** The node's lease has ended, so that it owns nothing any more. */
    void expired();

    /** PostgreSQL's clock, about once a second. */
    void clock(Instant now);
}
