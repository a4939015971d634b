package io.vinculum.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a script that completes commands and flags in a shell. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a script for bash or zsh that completes commands and flags of 'vinculum'.",
        footer = {"", "Example: vinculum completion > ~/.vinculum-completion && source ~/.vinculum-completion"})
public final class CompletionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .print(AutoComplete.bash("vinculum", spec.root().commandLine()));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
