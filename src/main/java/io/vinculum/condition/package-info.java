/**
 * Filter trees over entities, and their reader. A {@link Condition} holds no values, only a {@link Slot} for each;
 * {@link FilterParser} reads one from JSON or from typed GraphQL arguments.
 */
@NullMarked
package io.vinculum.condition;

import org.jspecify.annotations.NullMarked;
