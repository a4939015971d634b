package io.vinculum.command;

import io.vinculum.failure.Failure;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line; without a command it serves. */
@Command(
        name = "vinculum",
        mixinStandardHelpOptions = true,
        version = "Vinculum 0.1.0",
        description = "Joins isolated modules: modules write their own tables, queries read across links.",
        subcommands = {
            ServeCommand.class,
            MigrateCommand.class,
            LoadCommand.class,
            SchemaCommand.class,
            QueryCommand.class,
            DoctorCommand.class,
            WorkflowCommand.class
        },
        footer = {"", "Example: vinculum serve --port 8080", "Each command explains itself: vinculum load --help"})
public final class VinculumCommand {
    /** What went wrong is not the command line. */
    private static final int FAILED = 1;

    private VinculumCommand() {}

    /** Runs one command with the settings of this process, and ends the process unless it serves. */
    public static void run(String[] arguments) {
        int status = run(arguments, System.getenv(), Path.of("vinculum.yaml"), writer(System.out), writer(System.err));
        if (status != 0 || !served(arguments)) {
            System.exit(status);
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private static boolean served(String[] arguments) {
        return arguments.length == 0 || arguments[0].startsWith("-") || arguments[0].equals("serve");
    }

    /** Runs one command; 0 when it worked, 1 when it failed, 2 when the command line is wrong. */
    public static int run(
            String[] arguments, Map<String, String> environment, Path settings, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new VinculumCommand())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((cause, command, parsed) -> failed(command, cause));
        try {
            line.setDefaultValueProvider(new Defaults(environment, settings, line.getCommandSpec()));
        } catch (Failure failure) {
            err.println(failure.getMessage());
            return line.getCommandSpec().exitCodeOnInvalidInput();
        }
        boolean bare = arguments.length == 0 || (arguments[0].startsWith("-") && !isAbout(arguments[0]));
        return line.execute(bare ? withServe(arguments) : arguments);
    }

    private static boolean isAbout(String argument) {
        return argument.equals("--help")
                || argument.equals("-h")
                || argument.equals("--version")
                || argument.equals("-V");
    }

    private static String[] withServe(String[] arguments) {
        String[] serving = new String[arguments.length + 1];
        serving[0] = "serve";
        System.arraycopy(arguments, 0, serving, 1, arguments.length);
        return serving;
    }

    private static int failed(CommandLine command, Exception cause) {
        Failure failure = Failure.of(cause);
        command.getErr().println(failure.code() + ": " + failure.getMessage());
        return FAILED;
    }
}
