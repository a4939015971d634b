/**
 * How long a request may take, and whether its caller still waits for the answer. One {@link Deadline} travels with a
 * request through every stage; all that works for it stops when it ends.
 */
@NullMarked
package io.vinculum.deadline;

import org.jspecify.annotations.NullMarked;
