/**
 * Runs compositions of steps so that a run undoes itself when a step fails. A {@link Workflow} is composed once, through
 * {@link Flow}, into a fixed graph of nodes; {@link Decision} says what a {@link Run} does next, {@link Runner} does it and
 * {@link Ledger} writes it down, for the shards that {@link ShardLeases} says are this node's. Start at {@link Coordinator}.
 * Knows no module: a step is a function that was given its clients.
 */
@NullMarked
package io.vinculum.workflow;

import org.jspecify.annotations.NullMarked;
