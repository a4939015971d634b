package io.vinculum.command;

import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What an option is when no flag gives it: {@code VINCULUM_PORT} of the environment, then {@code port} of
 * {@code vinculum.yaml}, then its own default. A setting that no command knows is an error.
 */
public final class Defaults implements IDefaultValueProvider {
    private static final String PREFIX = "VINCULUM_";
    /** Read by the tests, not by a command. */
    private static final String TEST_DATABASE = "VINCULUM_TEST_DATABASE";

    private final Map<String, String> settings = new LinkedHashMap<>();

    /**
     * Reads both sources.
     *
     * @throws Failure {@code INVALID_DATA} that names an unknown setting and the nearest known one
     */
    public Defaults(Map<String, String> environment, Path file, CommandSpec root) {
        Set<String> known = new TreeSet<>();
        collect(root, known);
        yaml(file).forEach((name, value) -> {
            check(file.getFileName() + ": " + name, name, known);
            settings.put(name, value);
        });
        environment.forEach((variable, value) -> {
            if (variable.startsWith(PREFIX) && !variable.equals(TEST_DATABASE)) {
                String name = variable.substring(PREFIX.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-');
                check(variable, name, known);
                settings.put(name, value);
            }
        });
    }

    private static void collect(CommandSpec command, Set<String> known) {
        for (OptionSpec option : command.options()) {
            name(option, known);
        }
        command.subcommands().values().forEach(sub -> collect(sub.getCommandSpec(), known));
    }

    private static void name(OptionSpec option, Set<String> known) {
        String name = option.longestName();
        if (name.startsWith("--") && !option.usageHelp() && !option.versionHelp()) {
            known.add(name.substring(2));
        }
    }

    private static void check(String where, String name, Set<String> known) {
        if (!known.contains(name)) {
            throw Failure.invalid("the setting " + where + " is unknown" + Nearest.hint(name, known));
        }
    }

    private static Map<String, String> yaml(Path file) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (!Files.isRegularFile(file)) {
            return settings;
        }
        try {
            Object parsed = new Load(
                            LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
            if (parsed instanceof Map<?, ?> map) {
                map.forEach((name, value) -> settings.put(String.valueOf(name), String.valueOf(value)));
            } else if (parsed != null) {
                throw Failure.invalid(file + " must hold settings like 'port: 8080'");
            }
            return settings;
        } catch (IOException | YamlEngineException e) {
            throw Failure.invalid(file + " cannot be read: " + e.getMessage());
        }
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || !option.longestName().startsWith("--")) {
            return null;
        }
        return settings.get(option.longestName().substring(2));
    }
}
