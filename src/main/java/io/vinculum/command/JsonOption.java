package io.vinculum.command;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether a command prints its data as JSON, for other programs, instead of text for people. */
final class JsonOption {
    /** The codec that Vert.x would choose loads a data binder, which takes a tenth of a second and is not needed. */
    private static final JacksonCodec CODEC = new JacksonCodec();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(names = "--json", description = "Print JSON, on one line.")
    private boolean json;

    /** Reads the bytes of one JSON object. */
    static JsonObject object(Buffer bytes) {
        return (JsonObject) CODEC.fromBuffer(bytes, Object.class);
    }

    /** A value as JSON on several lines, for people. */
    static String pretty(Object value) {
        return CODEC.toString(value, true);
    }

    /** The command that prints. */
    CommandSpec command() {
        return command;
    }

    /** Where it prints. */
    PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** Prints the value as JSON, or lets the command print its text. */
    void print(Object value, Runnable text) {
        if (json) {
            out().println(CODEC.toString(value, false));
            out().flush();
        } else {
            text.run();
        }
    }
}
