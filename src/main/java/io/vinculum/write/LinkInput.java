package io.vinculum.write;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.database.Violation;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pair to tie, as it was given: checked and bound.
 *
 * @param data the custom columns that were given, bound or null
 */
public record LinkInput(Link link, Object first, Object second, Map<Field, @Nullable Object> data) {

    /** The most links of one call. */
    static final int MOST = 100_000;

    /** What two inputs of the same pair have in common. */
    record Pair(Link link, Object first, Object second) {}

    Pair pair() {
        return new Pair(link, first, second);
    }

    /** Fills in the defaults of columns that were not given, for a link that is made. */
    @Nullable
    Object valueForInsert(Field column) {
        if (data.containsKey(column)) {
            return data.get(column);
        }
        return column.defaultText() == null ? null : column.type().parse(column.defaultText(), column.name());
    }

    /** The same pair with the later data over the earlier. */
    LinkInput with(LinkInput later) {
        Map<Field, @Nullable Object> both = new LinkedHashMap<>(data);
        both.putAll(later.data());
        return new LinkInput(link, first, second, both);
    }

    /** Reads both sides and the data of one input. */
    static LinkInput pair(Catalog catalog, @Nullable Object raw) {
        LinkSides sides = LinkSides.read(catalog, raw, true);
        Link link = sides.link();
        if (link.readOnly()) {
            throw readOnly(link);
        }
        return new LinkInput(link, sides.key(link.first()), sides.key(link.second()), data(link, sides.data()));
    }

    static Failure readOnly(Link link) {
        return new Failure(
                FailureCode.NOT_ALLOWED,
                "the link '" + link.name() + "' is read-only: it follows a field of "
                        + link.first().model().name() + "; write that record instead");
    }

    private static Map<Field, @Nullable Object> data(Link link, @Nullable Object raw) {
        Map<Field, @Nullable Object> data = new LinkedHashMap<>();
        if (raw == null) {
            return data;
        }
        Given.object("data", raw).forEach((name, value) -> {
            Field column = link.custom().stream()
                    .filter(field -> field.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> Failure.invalid("the link '" + link.name() + "' has no custom column '"
                            + Nearest.shown(name) + "'"
                            + Nearest.hint(
                                    name,
                                    link.custom().stream().map(Field::name).toList())));
            if (value == null && column.required()) {
                throw Failure.invalid("data." + name + " is required, so it cannot be null");
            }
            data.put(column, value == null ? null : column.type().read(Given.value(value), "data." + name));
        });
        return data;
    }

    /** The failure of a link that is not there yet and lacks a required column. */
    static Throwable incomplete(Link link, Throwable cause) {
        return Violation.of(cause)
                .filter(violation -> violation.kind() == Violation.Kind.REQUIRED)
                .<Throwable>map(violation -> Failure.invalid(
                        "data." + violation.columns().get(0) + " is required by the link '" + link.name() + "'"))
                .orElse(cause);
    }

    /** An input as its sender would write it, for messages. */
    static String shown(Link link) {
        return shown(link, link.first(), link.second());
    }

    static String shown(Link link, Side one, Side other) {
        return link.namedByModules() ? byModules(link, one, other) : byName(link, one, other);
    }

    private static String byModules(Link link, Side one, Side other) {
        return "{\"" + one.model().module() + "\": {\"" + one.inputKey(link) + "\": …}, \""
                + other.model().module() + "\": {\"" + other.inputKey(link) + "\": …}}";
    }

    private static String byName(Link link, Side one, Side other) {
        return "{\"link\": \"" + link.name() + "\", \"" + one.field() + "\": {\"" + one.inputKey(link) + "\": …}, \""
                + other.field() + "\": {\"" + other.inputKey(link) + "\": …}}";
    }

    /** Every link as its input would be written. */
    static List<String> all(Catalog catalog) {
        return catalog.links().values().stream()
                .filter(link -> !link.readOnly())
                .map(LinkInput::shown)
                .toList();
    }

    /** Reads one pair or many. */
    static List<LinkInput> pairs(Catalog catalog, @Nullable Object links) {
        List<?> many = many(links);
        if (many.size() > MOST) {
            throw new Failure(FailureCode.TOO_LARGE, "one call takes at most " + MOST + " links, was " + many.size());
        }
        List<LinkInput> pairs = new ArrayList<>(many.size());
        many.forEach(one -> pairs.add(pair(catalog, one)));
        return pairs;
    }

    /** Reads one or many. */
    static List<? extends @Nullable Object> many(@Nullable Object links) {
        Object raw = Given.value(links);
        if (raw instanceof List<?> list) {
            return list;
        }
        return List.of(Optional.ofNullable(raw).orElseThrow(() -> Failure.invalid("links are missing")));
    }
}
