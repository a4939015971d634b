/**
 * Loads a file into a model or a link, all of it or nothing. {@code RowSource} reads CSV or NDJSON row by row,
 * {@link Loader} checks every cell against the catalog and writes thousands of rows as one statement.
 */
@NullMarked
package io.vinculum.load;

import org.jspecify.annotations.NullMarked;
