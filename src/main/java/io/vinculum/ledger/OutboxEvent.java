package io.vinculum.ledger;

import org.jspecify.annotations.Nullable;

/**
 * An event that is published once its run has ended.
 *
 * @param payload as JSON
 */
record OutboxEvent(String address, @Nullable String payload) {}
