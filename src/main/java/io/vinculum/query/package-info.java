/**
 * Answers selections that cross modules. {@link Query} returns the plan of a request, planning it first if needed;
 * {@code Answering} runs it with a share of the memory for answers, {@code Execution} binds its values and runs its
 * statements in one snapshot within a {@code RowBudget}, and {@link Answer} writes the rows as JSON. Start at
 * {@link Query}.
 */
@NullMarked
package io.vinculum.query;

import org.jspecify.annotations.NullMarked;
