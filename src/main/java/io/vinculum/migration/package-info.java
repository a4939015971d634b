/**
 * Brings the tables in line with the catalog: {@code TableSpec} says what should be, {@code DatabaseState} what is,
 * {@code Comparison} lists the changes between them and {@link Migration} shows or applies them, all or nothing.
 */
@NullMarked
package io.vinculum.migration;

import org.jspecify.annotations.NullMarked;
