/**
 * The command line, one class a command with its options. Start at {@link VinculumCommand}; {@code SettingOptions}
 * makes each line of {@link io.vinculum.Settings} a flag of the commands that take it.
 */
@NullMarked
package io.vinculum.command;

import org.jspecify.annotations.NullMarked;
