package io.vinculum.selection;

import io.vinculum.condition.Leaf;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Separates the shape of a request from its values in one walk, for JSON and for typed arguments alike. The shape becomes
 * a key to find a plan by, the values a list to bind. Asked to keep it, the walk also leaves the filters with
 * {@link Leaf leaves} in place of values, which is all that the planner ever sees.
 *
 * <p>Two shapes have the same key only if they are the same: every text is written with its length, every structure with
 * its brackets, and nothing that is absent looks like something that is there.
 */
public final class Shape {
    private static final Set<String> STRUCTURE = Set.of("$and", "$or", "$not", "$some", "$every", "$none");
    private static final int LONGEST_TEXT = 4_096;

    private final StringBuilder key = new StringBuilder(128);
    private final List<@Nullable Object> values = new ArrayList<>();
    private final boolean keeping;
    private int nodesLeft;

    private Shape(boolean keeping, int mostNodes) {
        this.keeping = keeping;
        this.nodesLeft = mostNodes;
    }

    /** Only finds the key and the values. */
    public static Shape ofValues(QueryLimits limits) {
        return new Shape(false, limits.nodes());
    }

    /** Also keeps the walked structures. */
    static Shape keeping(QueryLimits limits) {
        return new Shape(true, limits.nodes());
    }

    public String key() {
        return key.toString();
    }

    public List<@Nullable Object> values() {
        return values;
    }

    /** A text that belongs to the shape. */
    public void text(String text) {
        if (text.length() > LONGEST_TEXT) {
            throw Failure.invalid(
                    "the request holds a name of " + text.length() + " characters: '" + text.substring(0, 60) + "…'");
        }
        key.append(text.length()).append(':').append(text);
    }

    /** One character that belongs to the shape: a bracket, or something that has few forms. */
    public void mark(char mark) {
        key.append(mark);
    }

    /** Counts one part of the request, so that a huge one is refused before its key is. */
    public void count() {
        if (--nodesLeft < 0) {
            throw new Failure(
                    FailureCode.TOO_COMPLEX, "the request has more parts than its fields and conditions may have");
        }
    }

    /** Texts that belong to the shape, like directions of an order; kept as they are. */
    void fixed(@Nullable Object node) {
        count();
        if (node instanceof Map<?, ?> map) {
            mark('{');
            map.forEach((name, value) -> {
                text(String.valueOf(name));
                fixed(value);
            });
            mark('}');
        } else if (node instanceof List<?> list) {
            mark('[');
            list.forEach(this::fixed);
            mark(']');
        } else if (node instanceof String text) {
            text(text);
        } else {
            mark(node == null ? '~' : '=');
            text(String.valueOf(node));
        }
    }

    /** Filters: the names and the kinds of values are shape, the values are not. */
    @Nullable
    Object filters(@Nullable Object node) {
        if (!(node instanceof Map<?, ?> map)) {
            return leaf(node);
        }
        count();
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
        return leaf(raw, Leaf.Kind.of(raw));
    }

    /** One value of a kind that is known. */
    public Leaf leaf(@Nullable Object raw, Leaf.Kind kind) {
        count();
        mark(kind.name().charAt(0));
        if (kind == Leaf.Kind.NULL) {
            return new Leaf(-1, kind, null);
        }
        values.add(raw);
        return new Leaf(values.size() - 1, kind, keeping ? raw : null);
    }
}
