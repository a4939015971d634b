package io.vinculum.catalog;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** How names follow from names: {@code ProductVariant}, {@code product_variant}, {@code product_variants}. */
public final class Names {
    /** What PostgreSQL keeps of an identifier, in bytes. */
    static final int MAX_LENGTH = 63;

    private static final Pattern WORD_END = Pattern.compile("([a-z0-9])([A-Z])");
    private static final Pattern CAPITALS_END = Pattern.compile("([A-Z]+)([A-Z][a-z])");

    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("person", "people"),
            Map.entry("child", "children"),
            Map.entry("man", "men"),
            Map.entry("woman", "women"),
            Map.entry("foot", "feet"),
            Map.entry("tooth", "teeth"),
            Map.entry("goose", "geese"),
            Map.entry("mouse", "mice"),
            Map.entry("leaf", "leaves"),
            Map.entry("life", "lives"),
            Map.entry("knife", "knives"),
            Map.entry("shelf", "shelves"),
            Map.entry("half", "halves"),
            Map.entry("wolf", "wolves"),
            Map.entry("datum", "data"),
            Map.entry("medium", "media"),
            Map.entry("criterion", "criteria"),
            Map.entry("analysis", "analyses"),
            Map.entry("basis", "bases"),
            Map.entry("crisis", "crises"),
            Map.entry("axis", "axes"),
            Map.entry("index", "indices"),
            Map.entry("matrix", "matrices"),
            Map.entry("quiz", "quizzes"),
            Map.entry("hero", "heroes"),
            Map.entry("potato", "potatoes"),
            Map.entry("tomato", "tomatoes"),
            Map.entry("echo", "echoes"));

    private static final Set<String> SIBILANTS = Set.of("s", "x", "z", "ch", "sh");

    private Names() {}

    /** {@code ProductVariant} to {@code product_variant}; {@code SKUCode} to {@code sku_code}. */
    public static String snake(String name) {
        String words = WORD_END.matcher(name).replaceAll("$1_$2");
        return CAPITALS_END.matcher(words).replaceAll("$1_$2").toLowerCase(Locale.ROOT);
    }

    /** {@code product_variant} to {@code productVariant}. */
    public static String camel(String snake) {
        StringBuilder camel = new StringBuilder();
        boolean upper = false;
        for (int i = 0; i < snake.length(); i++) {
            char c = snake.charAt(i);
            if (c == '_' && i > 0) {
                upper = true;
            } else {
                camel.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return camel.toString();
    }

    /** {@code product_variant} to {@code ProductVariant}. */
    public static String pascal(String snake) {
        String camel = camel(snake);
        return Character.toUpperCase(camel.charAt(0)) + camel.substring(1);
    }

    /** The English plural of a snake_case name; only its last word changes. */
    public static String plural(String snake) {
        int cut = snake.lastIndexOf('_') + 1;
        return snake.substring(0, cut) + pluralWord(snake.substring(cut));
    }

    private static String pluralWord(String word) {
        String irregular = IRREGULAR.get(word);
        if (irregular != null) {
            return irregular;
        }
        if (word.endsWith("y") && word.length() > 1 && "aeiou".indexOf(word.charAt(word.length() - 2)) < 0) {
            return word.substring(0, word.length() - 1) + "ies";
        }
        return SIBILANTS.stream().anyMatch(word::endsWith) ? word + "es" : word + "s";
    }
}
