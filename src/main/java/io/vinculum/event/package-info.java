/** Tells the cluster that something happened, after it is committed. {@link Events} publishes on the event bus. */
@NullMarked
package io.vinculum.event;

import org.jspecify.annotations.NullMarked;
