/**
 * One run as a value. A {@link Run} holds its input and a {@link StepState} for each step; {@link Decision} says what it
 * does next. {@link StepRecord} and {@link StoredRun} are the same as rows, from which a run is restored. Start at
 * {@link Decision}. Everything is pure: nothing here waits, writes or asks a clock.
 */
@NullMarked
package io.vinculum.run;

import org.jspecify.annotations.NullMarked;
