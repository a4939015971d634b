/**
 * Says which shards this node owns. {@link ShardLeases} sends the heartbeat, acquires and releases shards, and tells a
 * {@link LeaseListener} of each change. Start at {@link ShardLeases}. Knows nothing of workflows.
 */
@NullMarked
package io.vinculum.shard;

import org.jspecify.annotations.NullMarked;
