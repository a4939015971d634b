package io.vinculum.run;

import org.jspecify.annotations.Nullable;

/**
 * A message to a run.
 *
 * @param number of the signals of its run, from one
 * @param value as JSON
 */
public record Signal(String name, int number, @Nullable String value) {}
