/**
 * Tables as a catalog wants them, and each change that leads there: its words, its SQL and the locks that it takes. Pure.
 * Start at {@link io.vinculum.ddl.Change}.
 */
@NullMarked
package io.vinculum.ddl;

import org.jspecify.annotations.NullMarked;
