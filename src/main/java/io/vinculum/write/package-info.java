/**
 * Changes rows and links. {@link Removal} deletes records with what hangs on them and restores them; {@link LinkSql} and
 * {@link RecordSql} write many rows as one statement.
 */
@NullMarked
package io.vinculum.write;

import org.jspecify.annotations.NullMarked;
