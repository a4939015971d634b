/**
 * Says in one vocabulary why something could not be done, in memory and over the event bus.
 * {@link Failure} is the only exception that Vinculum throws on purpose; {@link FailureCode} is its vocabulary and
 * {@link BusFailure} carries it between nodes. {@link Nearest} finds the name somebody probably meant.
 */
@NullMarked
package io.vinculum.failure;

import org.jspecify.annotations.NullMarked;
