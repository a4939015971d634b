package io.vinculum.load;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a file.
 *
 * @param line where it begins, from 1
 * @param cells by column; text from CSV, any JSON value from NDJSON, null where there is none
 */
record SourceRow(long line, Map<String, @Nullable Object> cells) {}
