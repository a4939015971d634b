/**
 * Answers selections that cross modules. {@code Planner} turns a selection into a {@link Plan} of few statements, cached by
 * shape; {@code Execution} binds the values of a request and runs the statements in one snapshot; {@link Answer} writes
 * their rows as JSON. Start at {@link Query}.
 */
@NullMarked
package io.vinculum.query;

import org.jspecify.annotations.NullMarked;
