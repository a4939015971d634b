/**
 * Reads declarations in SDL into a catalog. {@link GraphFolder} reads a folder and reports all of its errors at once.
 */
@NullMarked
package io.vinculum.declare;

import org.jspecify.annotations.NullMarked;
