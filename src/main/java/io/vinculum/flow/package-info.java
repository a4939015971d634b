/**
 * Composes workflows. A {@link Workflow} is composed once, through {@link Flow}, of {@link Step}s into a fixed graph of
 * {@link Node}s; a {@link Value} stands for what a run will hold there. {@link Codec} turns values into JSON and back.
 * Start at {@link Workflow}. Knows no module: a step is a function that was given its clients.
 */
@NullMarked
package io.vinculum.flow;

import org.jspecify.annotations.NullMarked;
