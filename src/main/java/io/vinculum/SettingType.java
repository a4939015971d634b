package io.vinculum;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How the text of a setting is read, and what to say when it cannot be. */
public final class SettingType<T> {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)?");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Map<String, Integer> SHIFT = Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30);
    private static final Pattern PASSWORD = Pattern.compile("(?<=//)([^/@:]*):[^/@]*@|([?&]password=)[^&]*");

    private final String label;
    private final String right;
    private final Function<String, Optional<T>> reader;

    private SettingType(String label, String right, Function<String, Optional<T>> reader) {
        this.label = label;
        this.right = right;
        this.reader = reader;
    }

    static SettingType<String> text(String label, String right) {
        return new SettingType<>(label, right, text -> text.isBlank() ? Optional.empty() : Optional.of(text.strip()));
    }

    /** The address of a database; its password is never shown. */
    static SettingType<String> address() {
        return text("URI", "an address like postgresql://user:password@host:5432/name");
    }

    static SettingType<Path> folder() {
        return new SettingType<>("DIR", "a folder", text -> {
            try {
                return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        });
    }

    static SettingType<Boolean> flag() {
        return new SettingType<>("BOOL", "true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> Optional.of(true);
            case "false", "no", "off" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    static SettingType<Integer> whole(int least, int most) {
        String range = most == Integer.MAX_VALUE ? "of at least " + least : "from " + least + " to " + most;
        return new SettingType<>("N", "a whole number " + range, text -> {
            try {
                return Optional.of(Integer.parseInt(text.replace("_", ""))).filter(n -> n >= least && n <= most);
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        });
    }

    static SettingType<Duration> duration() {
        return new SettingType<>("TIME", "a time like 500ms, 2s, 1m, 12h or 30d", text -> {
            Matcher matcher = DURATION.matcher(text);
            return matcher.matches()
                    ? Optional.of(Duration.ofMillis(Math.multiplyExact(
                            Long.parseLong(matcher.group(1)), Objects.requireNonNull(MILLIS.get(matcher.group(2))))))
                    : Optional.empty();
        });
    }

    static SettingType<Long> bytes() {
        return new SettingType<>("SIZE", "a size like 512KiB or 32MiB", text -> {
            Matcher matcher = SIZE.matcher(text);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            String unit = matcher.group(2) == null ? "B" : matcher.group(2);
            return Optional.of(Long.parseLong(matcher.group(1)) << Objects.requireNonNull(SHIFT.get(unit)));
        });
    }

    static SettingType<List<String>> list(String label, String right) {
        return new SettingType<>(label, right, text -> {
            List<String> items = Stream.of(text.split(",", -1))
                    .map(String::strip)
                    .filter(item -> !item.isEmpty())
                    .toList();
            return items.isEmpty() ? Optional.empty() : Optional.of(items);
        });
    }

    /** What stands for a value in the help. */
    public String label() {
        return label;
    }

    /** What would be right, as a message says it. */
    public String right() {
        return right;
    }

    /** The value; empty when the text is not of this type. */
    public Optional<T> read(String text) {
        return reader.apply(text);
    }

    /** The value as it may be printed: without a password. */
    static String shown(String value) {
        return PASSWORD.matcher(value)
                .replaceAll(found -> found.group(1) != null ? found.group(1) + ":***@" : found.group(2) + "***");
    }
}
