/**
 * How a scalar travels: from JSON to Java to PostgreSQL and back. {@link ColumnType} is the type of a field and checks its
 * values, {@link ScalarWriter} writes them as JSON and {@link Unnest} binds many rows as one parameter a column.
 */
@NullMarked
package io.vinculum.value;

import org.jspecify.annotations.NullMarked;
