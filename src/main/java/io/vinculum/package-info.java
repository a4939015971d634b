/**
 * Vinculum: modules write their own tables, queries read across links. {@link Main} is the command line,
 * {@link Vinculum} wires the parts of one node by constructor and is also how an application embeds it.
 */
@NullMarked
package io.vinculum;

import org.jspecify.annotations.NullMarked;
