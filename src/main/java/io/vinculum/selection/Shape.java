package io.vinculum.selection;

import io.vinculum.condition.Leaf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Separates the shape of a request from its values in one walk: the shape becomes a key to find a plan by, the values a
 * list to bind. Asked to keep it, the walk also leaves the filters with {@link Leaf leaves} in place of values, which
 * is all that the planner ever sees.
 */
public final class Shape {
    private static final Set<String> STRUCTURE = Set.of("$and", "$or", "$not", "$some", "$every", "$none");

    private final StringBuilder key = new StringBuilder(128);
    private final List<@Nullable Object> values = new ArrayList<>();
    private final boolean keeping;

    private Shape(boolean keeping) {
        this.keeping = keeping;
    }

    /** Only finds the key and the values. */
    static Shape ofValues() {
        return new Shape(false);
    }

    /** Also keeps the walked structures. */
    static Shape keeping() {
        return new Shape(true);
    }

    String key() {
        return key.toString();
    }

    List<@Nullable Object> values() {
        return values;
    }

    /** A text that belongs to the shape; its length keeps two texts from reading like another two. */
    void text(@Nullable Object text) {
        String shown = String.valueOf(text);
        key.append(shown.length()).append(':').append(shown);
    }

    void mark(char mark) {
        key.append(mark);
    }

    /** Texts that belong to the shape, like directions of an order; kept as they are. */
    void fixed(@Nullable Object node) {
        if (node instanceof Map<?, ?> map) {
            mark('{');
            map.forEach((name, value) -> {
                text(name);
                fixed(value);
            });
            mark('}');
        } else if (node instanceof List<?> list) {
            mark('[');
            list.forEach(this::fixed);
            mark(']');
        } else {
            text(node);
        }
    }

    /** Filters: the names and the kinds of values are shape, the values are not. */
    @Nullable
    Object filters(@Nullable Object node) {
        if (!(node instanceof Map<?, ?> map)) {
            return leaf(node);
        }
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        mark('{');
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = String.valueOf(entry.getKey());
            text(name);
            Object value = filter(name, entry.getValue());
            if (keeping) {
                kept.put(name, value);
            }
        }
        mark('}');
        return kept;
    }

    private @Nullable Object filter(String name, @Nullable Object value) {
        boolean operator = name.startsWith("$");
        if (operator && !STRUCTURE.contains(name)) {
            return leaf(value);
        }
        if (operator && value instanceof List<?> list) {
            List<@Nullable Object> kept = new ArrayList<>();
            mark('[');
            list.forEach(element -> kept.add(filters(element)));
            mark(']');
            return kept;
        }
        return filters(value);
    }

    /** One value. */
    Leaf leaf(@Nullable Object raw) {
        Leaf.Kind kind = Leaf.Kind.of(raw);
        mark(kind.name().charAt(0));
        if (kind == Leaf.Kind.NULL) {
            mark('.');
            return new Leaf(-1, kind, null);
        }
        values.add(raw);
        return new Leaf(values.size() - 1, kind, keeping ? raw : null);
    }
}
