/**
 * The only door to PostgreSQL. {@link Database} runs a {@link Statement}, alone, in a transaction or in a snapshot, and
 * turns what PostgreSQL refuses into a failure.
 */
@NullMarked
package io.vinculum.database;

import org.jspecify.annotations.NullMarked;
