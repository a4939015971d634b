/**
 * What is asked for, with values apart from shape. A {@link Selection} is a tree of fields, conditions, orders and pages;
 * {@link GraphRequest} reads one from JSON.
 */
@NullMarked
package io.vinculum.selection;

import org.jspecify.annotations.NullMarked;
