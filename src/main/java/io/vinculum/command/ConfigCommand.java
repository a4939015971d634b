package io.vinculum.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.Setting;
import io.vinculum.Settings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the settings. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = {
            "Prints each setting, its value and where it came from; passwords are masked.",
            "A flag wins over VINCULUM_… in the environment, that over vinculum.yaml, that over the default."
        },
        footer = {"", "Example: vinculum config --json"})
public final class ConfigCommand implements Callable<Integer> {
    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        Settings settings = VinculumCommand.settings(spec);
        JsonArray rows = new JsonArray();
        for (Setting<?> setting : Settings.all()) {
            rows.add(new JsonObject()
                    .put("name", setting.name())
                    .put("value", settings.shown(setting).isEmpty() ? null : settings.shown(setting))
                    .put("source", settings.source(setting).toString())
                    .put("variable", setting.variable())
                    .put("description", setting.what()));
        }
        json.print(rows, () -> print(rows));
        settings.problems().forEach(spec.commandLine().getErr()::println);
        return settings.problems().isEmpty() ? 0 : spec.exitCodeOnInvalidInput();
    }

    private void print(JsonArray rows) {
        PrintWriter out = spec.commandLine().getOut();
        for (Object row : rows) {
            JsonObject setting = (JsonObject) row;
            out.printf(
                    "%-26s %-28s %-14s %s%n",
                    setting.getString("name"),
                    setting.getString("value", "(unset)"),
                    setting.getString("source"),
                    setting.getString("description"));
        }
        out.flush();
    }
}
