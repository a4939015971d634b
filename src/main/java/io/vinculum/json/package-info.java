/**
 * Reads JSON strictly and writes it fast. {@link JsonText} turns text into plain maps and lists and back;
 * {@link JsonBytes} is the growing array that answers are written into.
 */
@NullMarked
package io.vinculum.json;

import org.jspecify.annotations.NullMarked;
