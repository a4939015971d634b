/**
 * How a selection is answered. {@link Planner} decides it: a {@link Plan} is a tree of {@link Level}s, each the rows of
 * one statement as a tree of {@link Node}s. {@code PlanSql} prints a level as SQL and {@code PlanText} for people. Pure:
 * nothing here touches the database, and nothing is changed once it is made.
 */
@NullMarked
package io.vinculum.plan;

import org.jspecify.annotations.NullMarked;
