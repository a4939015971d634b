package io.vinculum.selection;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import io.vinculum.json.JsonText;
import io.vinculum.selection.Ordering.Direction;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads an order: an object whose key order counts, or a list of one-key objects. */
public final class OrderParser {
    /** More keys than any screen sorts by; each may be a join. */
    private static final int MOST_KEYS = 32;

    private final QueryLimits limits;

    public OrderParser(QueryLimits limits) {
        this.limits = limits;
    }

    /** The keys to sort by, as asked; {@link #complete} adds the tie breaker. */
    public List<Ordering> parse(Entity entity, @Nullable Object node) {
        List<Ordering> orderings = new ArrayList<>();
        if (node == null) {
            return orderings;
        }
        if (node instanceof Map<?, ?> map) {
            object(entity, map, List.of(), orderings);
            return orderings;
        }
        if (!(node instanceof List<?> list)) {
            throw wrong(node);
        }
        for (Object element : list) {
            if (!(element instanceof Map<?, ?> map) || map.size() != 1) {
                throw wrong(element);
            }
            object(entity, map, List.of(), orderings);
        }
        return orderings;
    }

    private static Failure wrong(@Nullable Object node) {
        return Failure.invalid(
                "order takes an object like {\"title\": \"ASC\"}, or a list of objects with one key each, was "
                        + JsonText.shown(node));
    }

    private void object(Entity entity, Map<?, ?> map, List<Relation> path, List<Ordering> into) {
        map.forEach((key, value) -> {
            String name = String.valueOf(key);
            Field field = entity.fields().get(name);
            Relation relation = entity.relations().get(name);
            if (into.size() == MOST_KEYS) {
                throw new Failure(FailureCode.TOO_COMPLEX, "order takes at most " + MOST_KEYS + " keys");
            }
            if (field != null) {
                into.add(new Ordering(path, sortable(entity, field), direction(entity, field, value)));
            } else if (relation != null) {
                object(relation.target(), through(relation, value), longer(path, relation), into);
            } else {
                throw entity.noField(name);
            }
        });
    }

    private static Field sortable(Entity entity, Field field) {
        if (field.type().list() || field.type().scalar() == Scalar.JSON) {
            throw Failure.invalid(entity.name() + "." + field.name() + " has no order, it is "
                    + (field.type().list() ? "a list" : "JSON"));
        }
        return field;
    }

    private static Direction direction(Entity entity, Field field, @Nullable Object value) {
        String name = value instanceof String text ? text : JsonText.shown(value);
        return Direction.named(name)
                .orElseThrow(() -> Failure.invalid("order." + entity.name() + "." + field.name()
                        + " has an unknown direction '" + Nearest.shown(name) + "'"
                        + Nearest.hint(
                                name,
                                Arrays.stream(Direction.values())
                                        .map(Enum::name)
                                        .toList())));
    }

    private static Map<?, ?> through(Relation relation, @Nullable Object value) {
        if (relation.list()) {
            throw Failure.invalid("order cannot go through " + relation + ", which leads to many; order those by "
                    + "relations: {\"" + relation.name() + "\": {\"order\": …}}");
        }
        if (relation.target().remote()) {
            throw new Failure(
                    FailureCode.NOT_ALLOWED,
                    "order cannot go through " + relation + ", whose rows are not in this database");
        }
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw Failure.invalid("order." + relation.name() + " takes an object like {\""
                + relation.target().keys().get(0).name() + "\": \"ASC\"}, was " + JsonText.shown(value));
    }

    private List<Relation> longer(List<Relation> path, Relation relation) {
        if (path.size() == limits.hops()) {
            throw new Failure(FailureCode.TOO_COMPLEX, "order goes more than " + limits.hops() + " hops away");
        }
        List<Relation> longer = new ArrayList<>(path);
        longer.add(relation);
        return longer;
    }

    /** The same order with the primary key as tie breaker; the key alone when nothing was asked. */
    public static List<Ordering> complete(Entity entity, List<Ordering> asked) {
        List<Ordering> complete = new ArrayList<>(asked);
        for (Field key : entity.keys()) {
            boolean there = asked.stream()
                    .anyMatch(ordering ->
                            ordering.path().isEmpty() && ordering.field().equals(key));
            if (!there) {
                complete.add(new Ordering(List.of(), key, Direction.ASC));
            }
        }
        return complete;
    }
}
