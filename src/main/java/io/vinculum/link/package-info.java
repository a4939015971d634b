/**
 * The doors of links: {@link Links} creates, dismisses, deletes, restores and lists them; {@link LinkVerticle} answers the
 * event bus.
 */
@NullMarked
package io.vinculum.link;

import org.jspecify.annotations.NullMarked;
