/**
 * Answers selections that cross modules. A {@link Selection} says what is wanted, without values; {@code Planner} turns
 * it into a {@link Plan} of few statements, cached by shape; {@code Execution} binds the values of a request, runs the
 * statements in one snapshot and {@link Answer} writes their rows as JSON. Start at {@link Query}.
 */
@NullMarked
package io.vinculum.query;

import org.jspecify.annotations.NullMarked;
