/**
 * The embedded PostgreSQL server: its binaries, its account, its start and stop. Start at {@link EmbeddedPostgres}.
 */
@NullMarked
package io.vinculum.postgres;

import org.jspecify.annotations.NullMarked;
