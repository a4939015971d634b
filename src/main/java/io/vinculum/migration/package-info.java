/**
 * Brings the tables in line with the catalog: {@code TableSpec} says what should be, {@code DatabaseState} what is,
 * {@code Comparison} lists the {@code Change}s between them, {@code ChangeSql} writes those down and {@code Application}
 * makes them while others go on. Start at {@link Migration}. Comparison and SQL are pure.
 */
@NullMarked
package io.vinculum.migration;

import org.jspecify.annotations.NullMarked;
