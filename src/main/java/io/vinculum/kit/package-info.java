/**
 * Tests workflows without a database: {@link WorkflowKit} runs one, lets its waits pass at once, and lets its owner crash
 * where a test asks for it. Start at {@link WorkflowKit}.
 */
@NullMarked
package io.vinculum.kit;

import org.jspecify.annotations.NullMarked;
