/**
 * Answers selections that cross modules. {@link Query} finds or makes the plan of a request, {@code Execution} binds its
 * values and runs its statements in one snapshot, within a {@code RowBudget}, and {@link Answer} writes the rows as JSON.
 * Start at {@link Query}.
 */
@NullMarked
package io.vinculum.query;

import org.jspecify.annotations.NullMarked;
