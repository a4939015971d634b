/**
 * Coordinates the runs of a node with those of the others. {@link Coordinator} starts runs or forwards them to the owner,
 * carries out commands, recovers the runs of shards that this node acquires, and starts scheduled ones;
 * {@link WorkflowVerticle} answers for it on the event bus. Start at {@link Coordinator}.
 */
@NullMarked
package io.vinculum.workflow;

import org.jspecify.annotations.NullMarked;
