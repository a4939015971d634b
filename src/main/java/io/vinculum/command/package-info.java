/**
 * The command line, one class a command with its options. Start at {@link VinculumCommand}; {@code Defaults} reads settings
 * from the environment and {@code vinculum.yaml}.
 */
@NullMarked
package io.vinculum.command;

import org.jspecify.annotations.NullMarked;
