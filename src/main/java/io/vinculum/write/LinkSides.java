package io.vinculum.write;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sides of an input, by the link it means: keys are module names in the order of the link's definition, or, where
 * {@code link} names it, the link's field names.
 *
 * @param keys the bound keys of the sides that were given
 */
record LinkSides(
        Link link, Map<Side, Object> keys, @Nullable Object data) {

    /** One side as written: {@code "product": {"product_id": "prod_1"}}. */
    private record Written(
            String name, String key, @Nullable Object value) {}

    /** The bound key of a side. */
    Object key(Side side) {
        return Objects.requireNonNull(keys.get(side));
    }

    /**
     * Reads one input.
     *
     * @param both whether both sides must be there; one is enough to list by
     * @throws Failure {@code LINK_DIRECTION} with the right order when only the order is wrong, {@code INVALID_DATA} with
     *     the nearest link otherwise
     */
    static LinkSides read(Catalog catalog, @Nullable Object raw, boolean both) {
        Map<String, @Nullable Object> input = Given.object("a link", raw);
        List<Written> written = new ArrayList<>();
        input.forEach((name, side) -> {
            if (!name.equals("data") && !name.equals("link")) {
                written.add(written(name, side));
            }
        });
        if (written.size() > 2 || (both && written.size() != 2) || written.isEmpty()) {
            throw Failure.invalid("a link has two sides, was " + written.size() + " ("
                    + String.join(
                            ", ",
                            written.stream()
                                    .map(Written::name)
                                    .map(Nearest::shown)
                                    .toList())
                    + "); like " + example(catalog));
        }
        Object name = input.get("link");
        Link link = name == null ? byModules(catalog, written) : catalog.link(String.valueOf(name));
        return new LinkSides(link, keys(link, written), input.get("data"));
    }

    private static Written written(String name, @Nullable Object side) {
        Map<String, @Nullable Object> map = Given.object("'" + Nearest.shown(name) + "'", side);
        if (map.size() != 1) {
            throw Failure.invalid("'" + Nearest.shown(name) + "' takes one key and its value, like {\""
                    + Nearest.shown(name) + "_id\": \"…\"}, was "
                    + map.keySet().stream().map(Nearest::shown).toList());
        }
        Map.Entry<String, @Nullable Object> entry = map.entrySet().iterator().next();
        return new Written(name, entry.getKey(), entry.getValue());
    }

    private static String example(Catalog catalog) {
        return LinkInput.all(catalog).stream().findFirst().orElse("{\"product\": {\"product_id\": …}, \"brand\": …}");
    }

    private static Link byModules(Catalog catalog, List<Written> written) {
        List<Link> found = catalog.links().values().stream()
                .filter(Link::namedByModules)
                .filter(link -> matches(link, written))
                .toList();
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.size() > 1) {
            throw Failure.invalid("several links join these sides: "
                    + String.join(", ", found.stream().map(Link::name).toList()) + "; name one, like "
                    + byName(found.get(0)));
        }
        throw unknown(catalog, written);
    }

    private static String byName(Link link) {
        return "{\"link\": \"" + link.name() + "\", \"" + link.first().field() + "\": {\""
                + link.first().inputKey(link) + "\": …}, \"" + link.second().field() + "\": {\""
                + link.second().inputKey(link) + "\": …}}";
    }

    private static boolean matches(Link link, List<Written> written) {
        if (written.size() == 1) {
            return link.sides().stream().anyMatch(side -> is(link, side, written.get(0)));
        }
        return is(link, link.first(), written.get(0)) && is(link, link.second(), written.get(1));
    }

    private static boolean is(Link link, Side side, Written written) {
        return side.model().module().equals(written.name())
                && (side.inputKey(link).equals(written.key())
                        || side.key().name().equals(written.key()));
    }

    private static Failure unknown(Catalog catalog, List<Written> written) {
        if (written.size() == 2) {
            List<Written> turned = List.of(written.get(1), written.get(0));
            for (Link link : catalog.links().values()) {
                if (link.namedByModules() && matches(link, turned)) {
                    return new Failure(
                            FailureCode.LINK_DIRECTION,
                            "the link '" + link.name() + "' goes from "
                                    + link.first().model().module() + " to "
                                    + link.second().model().module() + "; write the sides in that order: "
                                    + LinkInput.shown(link));
                }
            }
        }
        String given = String.join(
                ", ",
                written.stream()
                        .map(side ->
                                "\"" + Nearest.shown(side.name()) + "\": {\"" + Nearest.shown(side.key()) + "\": …}")
                        .toList());
        return Failure.invalid(
                "no link joins {" + given + "}" + Nearest.hint("{" + given + "}", LinkInput.all(catalog)));
    }

    private static Map<Side, Object> keys(Link link, List<Written> written) {
        Map<Side, Object> keys = new LinkedHashMap<>();
        for (Written one : written) {
            Side side = link.sides().stream()
                    .filter(candidate -> candidate.field().equals(one.name()) || is(link, candidate, one))
                    .findFirst()
                    .orElseThrow(() -> noSide(link, one));
            if (!side.inputKey(link).equals(one.key()) && !side.key().name().equals(one.key())) {
                throw Failure.invalid("the side '" + one.name() + "' of the link '" + link.name() + "' has the key '"
                        + side.inputKey(link) + "', not '" + Nearest.shown(one.key()) + "'");
            }
            Object value = side.key().type().read(one.value(), one.name() + "." + one.key());
            if (keys.put(side, value) != null) {
                throw noSide(link, one);
            }
        }
        checkOrder(link, List.copyOf(keys.keySet()));
        return keys;
    }

    private static void checkOrder(Link link, List<Side> given) {
        if (given.size() == 2 && !given.get(0).equals(link.first())) {
            throw new Failure(
                    FailureCode.LINK_DIRECTION,
                    "the link '" + link.name() + "' goes from '" + link.first().field() + "' to '"
                            + link.second().field() + "'; write the sides in that order: " + byName(link));
        }
    }

    private static Failure noSide(Link link, Written one) {
        return Failure.invalid("the link '" + link.name() + "' has no side '" + Nearest.shown(one.name()) + "'"
                + Nearest.hint(
                        one.name(), link.sides().stream().map(Side::field).toList()) + "; like "
                + byName(link));
    }
}
