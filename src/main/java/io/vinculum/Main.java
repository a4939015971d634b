package io.vinculum;

import io.vinculum.command.VinculumCommand;

/** Where the process begins; everything it takes is in {@link VinculumCommand}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        VinculumCommand.run(arguments);
    }
}
