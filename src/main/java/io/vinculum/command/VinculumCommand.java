package io.vinculum.command;

import io.vinculum.Settings;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line; without a command it serves. */
@Command(
        name = "vinculum",
        mixinStandardHelpOptions = true,
        version = "Vinculum 0.1.0",
        description = "Joins isolated modules: modules write their own tables, queries read across links.",
        footer = {"", "Example: vinculum serve --port 8080", "Each command explains itself: vinculum load --help"})
public final class VinculumCommand {
    /** What went wrong is not the command line. */
    private static final int FAILED = 1;

    private static final List<Class<?>> COMMANDS = List.of(
            ServeCommand.class,
            InitCommand.class,
            MigrateCommand.class,
            LoadCommand.class,
            PurgeCommand.class,
            SchemaCommand.class,
            QueryCommand.class,
            WorkflowCommand.class,
            DoctorCommand.class,
            ConfigCommand.class,
            CompletionCommand.class);

    private static final int HELP_WIDTH = 130;
    /** They say themselves what is wrong with the settings. */
    private static final Set<String> LENIENT = Set.of("doctor", "config", "completion");

    private final SettingOptions options;

    private VinculumCommand(SettingOptions options) {
        this.options = options;
    }

    /** Runs one command with the settings of this process, and ends the process unless it serves. */
    public static void run(String[] arguments) {
        if (!served(arguments)) {
            hasten();
        }
        int status = run(arguments, System.getenv(), Path.of("vinculum.yaml"), writer(System.out), writer(System.err));
        if (status != 0 || !served(arguments)) {
            System.exit(status);
        }
    }

    /** Leaves out what takes longer to load than a short command runs. */
    private static void hasten() {
        // Netty's events for the flight recorder, and a resolver of names beside the JDK's own.
        for (String property : List.of("io.netty.jfr.enabled=false", "vertx.disableDnsResolver=true")) {
            String[] parts = property.split("=", 2);
            System.getProperties().putIfAbsent(parts[0], parts[1]);
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private static boolean served(String[] arguments) {
        return arguments.length == 0 || arguments[0].startsWith("-") || arguments[0].equals("serve");
    }

    /** Runs one command; 0 when it worked, 1 when it failed, 2 when the command line or a setting is wrong. */
    public static int run(
            String[] arguments, Map<String, String> environment, Path settings, PrintWriter out, PrintWriter err) {
        SettingOptions options = new SettingOptions(environment, settings);
        String[] words = isServing(arguments) ? withServe(arguments) : arguments;
        CommandLine line = line(options, needed(words[0]))
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((wrong, given) -> refused(wrong))
                .setExecutionExceptionHandler((cause, command, parsed) -> failed(command, cause))
                .setExecutionStrategy(parsed -> execute(options, parsed));
        return line.execute(words);
    }

    /** The command line with all its commands and flags. */
    static CommandLine line(SettingOptions options) {
        return line(options, COMMANDS);
    }

    /**
     * The command of a name alone, since reading the annotations of all takes a while; all of them for any other word,
     * and for the command that tells a shell about all.
     */
    private static List<Class<?>> needed(String word) {
        List<Class<?>> named = COMMANDS.stream()
                .filter(command -> command.getAnnotation(Command.class).name().equals(word))
                .toList();
        return named.isEmpty() || word.equals("completion") ? COMMANDS : named;
    }

    private static CommandLine line(SettingOptions options, List<Class<?>> commands) {
        CommandLine line = new CommandLine(new VinculumCommand(options));
        commands.forEach(line::addSubcommand);
        SettingOptions.addTo(line);
        line.setUsageHelpWidth(HELP_WIDTH);
        line.registerConverter(Duration.class, SettingOptions::duration);
        shorten(line);
        return line;
    }

    private static void shorten(CommandLine line) {
        // A line of all flags wraps inside of their values.
        line.getCommandSpec().usageMessage().abbreviateSynopsis(true);
        line.getSubcommands().values().forEach(VinculumCommand::shorten);
    }

    /** The settings of the command that runs, of whichever command of this line. */
    static Settings settings(CommandSpec command) {
        return ((VinculumCommand) command.root().userObject()).options.settings();
    }

    private static int execute(SettingOptions options, ParseResult parsed) {
        options.parsed(parsed);
        List<String> problems =
                isLenient(parsed) ? List.of() : options.settings().problems();
        if (problems.isEmpty()) {
            return new CommandLine.RunLast().execute(parsed);
        }
        CommandLine line = parsed.commandSpec().commandLine();
        problems.forEach(line.getErr()::println);
        return parsed.commandSpec().exitCodeOnInvalidInput();
    }

    private static boolean isLenient(ParseResult parsed) {
        ParseResult leaf = parsed;
        while (leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        return leaf.isUsageHelpRequested()
                || leaf.isVersionHelpRequested()
                || LENIENT.contains(leaf.commandSpec().name());
    }

    private static boolean isServing(String[] arguments) {
        return arguments.length == 0 || (arguments[0].startsWith("-") && !isAbout(arguments[0]));
    }

    private static boolean isAbout(String argument) {
        return Set.of("--help", "-h", "--version", "-V").contains(argument);
    }

    private static String[] withServe(String[] arguments) {
        List<String> serving = new ArrayList<>(List.of("serve"));
        serving.addAll(Arrays.asList(arguments));
        return serving.toArray(String[]::new);
    }

    /** Two lines: what is wrong with what was right, and where help is. */
    private static int refused(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        String hint = wrong instanceof UnmatchedArgumentException unmatched ? hint(unmatched) : "";
        command.getErr().println(wrong.getMessage() + hint);
        command.getErr().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String hint(UnmatchedArgumentException unmatched) {
        CommandSpec command = unmatched.getCommandLine().getCommandSpec();
        String given = unmatched.getUnmatched().get(0).replaceFirst("=.*", "");
        List<String> known = given.startsWith("-")
                ? command.options().stream()
                        .flatMap(option -> Arrays.stream(option.names()))
                        .filter(name -> name.startsWith("--"))
                        .toList()
                : List.copyOf(command.subcommands().keySet());
        return known.isEmpty() ? "" : Nearest.hint(given, known);
    }

    private static int failed(CommandLine command, Exception cause) {
        Failure failure = Failure.of(cause);
        command.getErr().println(failure.code() + ": " + failure.getMessage());
        return FAILED;
    }
}
