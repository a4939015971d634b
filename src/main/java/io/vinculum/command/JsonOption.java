package io.vinculum.command;

import io.vertx.core.json.Json;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether a command prints its data as JSON, for other programs, instead of text for people. */
final class JsonOption {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(names = "--json", description = "Print JSON, on one line.")
    private boolean json;

    /** Prints the value as JSON, or lets the command print its text. */
    void print(Object value, Runnable text) {
        if (json) {
            PrintWriter out = command.commandLine().getOut();
            out.println(Json.encode(value));
            out.flush();
        } else {
            text.run();
        }
    }
}
