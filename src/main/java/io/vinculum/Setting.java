package io.vinculum;

import io.vinculum.failure.Failure;
import java.util.List;
import java.util.Locale;

/**
 * One line of the table of {@link Settings}.
 *
 * @param name lower-case with dashes, and dots between groups
 * @param fallback the text of its default, empty where there is none
 * @param what one sentence about it
 * @param commands which commands take it
 */
public record Setting<T>(String name, SettingType<T> type, String fallback, String what, List<String> commands) {

    public Setting {
        commands = List.copyOf(commands);
    }

    /** Its variable in the environment. */
    public String variable() {
        return "VINCULUM_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Whether it is on or off; such a setting may also be given as {@code --no-<name>}. */
    public boolean isSwitch() {
        return type.label().equals("BOOL");
    }

    /** Whether the help of a command lists it; limits are listed by {@code config} only. */
    public boolean isLimit() {
        return name.startsWith("limits.");
    }

    T read(String text) {
        return type.read(text)
                .orElseThrow(() -> Failure.invalid("the setting '" + name + "' takes " + type.right() + ", was '"
                        + SettingType.shown(text) + "'"));
    }

    /** A row of the table of settings, as Markdown. */
    String row() {
        String shown = fallback.isEmpty() ? "" : "`" + fallback + "`";
        return "| `%s` | %s | %s | %s |\n".formatted(name, shown, what, String.join(", ", commands));
    }
}
