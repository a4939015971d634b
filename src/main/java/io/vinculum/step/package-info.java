/**
 * Ready-made steps of workflows over modules, links and queries, each with its compensation. Start at {@link Steps}; each
 * reaches the others as anybody does, through their clients.
 */
@NullMarked
package io.vinculum.step;

import org.jspecify.annotations.NullMarked;
