/**
 * Writes and reads rows in bulk, one statement however many they are: {@link Unnest} carries them in, {@link RowJson}
 * and {@link ScalarWriter} carry them out, and {@link Removal} takes records away with all that hangs on them and
 * brings them back.
 */
@NullMarked
package io.vinculum.rows;

import org.jspecify.annotations.NullMarked;
