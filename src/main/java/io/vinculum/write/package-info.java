/**
 * The one way to write. A {@link io.vinculum.write.Write} says what is to be changed, read strictly from JSON;
 * {@link io.vinculum.write.Writes} carries one or several out in one transaction and answers what was
 * {@link io.vinculum.write.Written}. {@code WriteLocks} holds the order in which all writes lock. The {@code …Sql}
 * classes, {@code Closure} and {@code Journal} are pure.
 */
@NullMarked
package io.vinculum.write;

import org.jspecify.annotations.NullMarked;
