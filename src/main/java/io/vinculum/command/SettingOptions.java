package io.vinculum.command;

import io.vinculum.Setting;
import io.vinculum.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Makes each setting a flag of the commands that take it, and reads what the flags say. */
final class SettingOptions {
    private final Map<String, String> environment;
    private final Path file;
    private @Nullable ParseResult parsed;
    private @Nullable Settings read;

    SettingOptions(Map<String, String> environment, Path file) {
        this.environment = environment;
        this.file = file;
    }

    /** Adds the flags to a command line and its commands. */
    static void addTo(CommandLine line) {
        line.getSubcommands().forEach((name, command) -> add(name, command));
    }

    private static void add(String name, CommandLine command) {
        if (!command.getSubcommands().isEmpty()) {
            command.getSubcommands().values().forEach(inner -> add(name, inner));
            return;
        }
        CommandSpec spec = command.getCommandSpec();
        for (Setting<?> setting : Settings.all()) {
            String flag = (setting.fallback().equals("true") ? "--no-" : "--") + setting.name();
            if (setting.commands().contains(name) && spec.findOption(flag) == null) {
                spec.addOption(option(setting, flag));
            }
        }
    }

    private static OptionSpec option(Setting<?> setting, String flag) {
        boolean negative = flag.startsWith("--no-");
        List<String> names = new ArrayList<>(List.of(flag));
        if (negative) {
            names.add("--" + setting.name());
        }
        OptionSpec.Builder option = OptionSpec.builder(names.toArray(String[]::new))
                .type(String.class)
                .paramLabel(setting.type().label())
                .hidden(setting.isLimit())
                .description(description(setting, negative));
        return setting.isSwitch()
                ? option.arity("0..1").fallbackValue("true").build()
                : option.arity("1").build();
    }

    private static String description(Setting<?> setting, boolean negative) {
        if (negative) {
            return "Do not: " + setting.what();
        }
        String what = setting.what().replace("%", "%%");
        return setting.fallback().isEmpty() || setting.isSwitch()
                ? what
                : what.substring(0, what.length() - 1) + " (default: " + setting.fallback() + ").";
    }

    /** Keeps what a command line was read as. */
    void parsed(ParseResult result) {
        this.parsed = result;
        this.read = null;
    }

    /** The settings of the command that runs. */
    Settings settings() {
        Settings settings = read == null ? Settings.read(flags(), environment, file) : read;
        read = settings;
        return settings;
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>();
        ParseResult leaf = parsed;
        while (leaf != null && leaf.hasSubcommand()) {
            leaf = leaf.subcommand();
        }
        if (leaf == null) {
            return flags;
        }
        for (OptionSpec option : leaf.matchedOptions()) {
            List<String> texts = option.stringValues();
            String name = used(option, leaf);
            if (!texts.isEmpty() && isSetting(name)) {
                flags.put(name, texts.get(texts.size() - 1));
            }
        }
        return flags;
    }

    /** A switch that is on by default has two names; the one on the command line counts. */
    private static String used(OptionSpec option, ParseResult leaf) {
        String first = option.names()[0].replaceFirst("^--", "");
        boolean positive = option.names().length > 1
                && leaf.originalArgs().stream()
                        .anyMatch(word -> word.equals(option.names()[1]) || word.startsWith(option.names()[1] + "="));
        return positive ? option.names()[1].substring(2) : first;
    }

    private static boolean isSetting(String name) {
        return Settings.all().stream()
                .anyMatch(setting -> setting.name().equals(name) || ("no-" + setting.name()).equals(name));
    }

    /** Reads {@code 2s} and the like where a command has a time of its own. */
    static Duration duration(String text) {
        return Settings.DRAIN
                .type()
                .read(text)
                .orElseThrow(() -> new CommandLine.TypeConversionException(
                        "takes " + Settings.DRAIN.type().right() + ", was '" + text + "'"));
    }
}
