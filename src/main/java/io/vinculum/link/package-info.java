/**
 * Ties and unties records of two models in their link table. {@link Links} is the door; {@code LinkInput} finds the link
 * that an input means and checks it, {@code LinkSql} writes many of one link as one statement.
 */
@NullMarked
package io.vinculum.link;

import org.jspecify.annotations.NullMarked;
