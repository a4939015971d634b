package io.vinculum;

import io.vinculum.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads {@code vinculum.yaml}: nested groups and dotted names mean the same. */
final class SettingsReader {
    private SettingsReader() {}

    /**
     * The texts by dotted name; nothing where the file is not there.
     *
     * @throws Failure {@code INVALID_DATA} when it is no YAML, or a name stands twice
     */
    static Map<String, String> yaml(Path file) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (!Files.isRegularFile(file)) {
            return texts;
        }
        try {
            Object parsed = new Load(
                            LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
            if (parsed instanceof Map<?, ?> map) {
                flatten(file, "", map, texts);
            } else if (parsed != null) {
                throw Failure.invalid(file + " must hold settings like 'port: 8080'");
            }
            return texts;
        } catch (IOException | YamlEngineException e) {
            throw Failure.invalid(file + " cannot be read: " + e.getMessage());
        }
    }

    private static void flatten(Path file, String prefix, Map<?, ?> map, Map<String, String> texts) {
        map.forEach((key, value) -> {
            String name = prefix + key;
            if (value instanceof Map<?, ?> inner) {
                flatten(file, name + ".", inner, texts);
            } else if (texts.put(name, text(value)) != null) {
                throw Failure.invalid(file + " gives '" + name + "' twice");
            }
        });
    }

    private static String text(@Nullable Object value) {
        return value instanceof Collection<?> items
                ? items.stream().map(String::valueOf).collect(Collectors.joining(","))
                : value == null ? "" : String.valueOf(value);
    }
}
