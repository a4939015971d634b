/**
 * One verticle for each module, which alone writes the rows of its tables. {@link Modules} is the client that everyone
 * uses; {@code ModuleVerticle} answers it.
 */
@NullMarked
package io.vinculum.module;

import org.jspecify.annotations.NullMarked;
