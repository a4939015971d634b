/**
 * Executes runs. {@link Runner} carries out what a run's decision says: it starts attempts of steps, retries and
 * compensates them, lets runs wait, and writes each outcome to a {@link Journal} before it continues.
 * {@link LedgerJournal} is the journal of durable runs. Start at {@link Runner}.
 */
@NullMarked
package io.vinculum.execute;

import org.jspecify.annotations.NullMarked;
