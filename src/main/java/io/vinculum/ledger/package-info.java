/**
 * Runs in PostgreSQL. {@link Ledger} writes {@link LedgerOp}s in batches, behind the fence of the shards; {@link RunLoader}
 * loads runs to resume them, {@link RunListing} reads them for queries, {@link RunLocator} finds their owner. {@link Outbox}
 * publishes their events, {@link Retention} deletes expired ones. Start at {@link Ledger}.
 */
@NullMarked
package io.vinculum.ledger;

import org.jspecify.annotations.NullMarked;
