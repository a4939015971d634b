package io.vinculum.selection;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition;
import io.vinculum.condition.Slot;
import java.util.List;
import java.util.Optional;

/**
 * What is wanted of an entity: which fields under which keys, which rows, in which order. It holds no values, only
 * {@link Slot}s for them, so that one plan serves all requests of one shape.
 */
public record Selection(
        Entity entity, List<Item> items, Condition filter, List<Ordering> order, Paging paging, boolean withDeleted) {

    public Selection {
        items = List.copyOf(items);
        order = List.copyOf(order);
    }

    /** One member of the answer's objects. */
    public sealed interface Item {
        String key();
    }

    /** A field's value. */
    public record Column(String key, Field field) implements Item {}

    /** A constant text: GraphQL's {@code __typename}. */
    public record Constant(String key, String text) implements Item {}

    /** The rows that a relation leads to; an object, or an array when the relation is a list. */
    public record Nested(String key, Relation relation, Selection selection) implements Item {}

    /** Which part of the ordered rows; per parent when it is nested. */
    public record Paging(Optional<Slot> skip, Optional<Slot> take) {
        public static final Paging ALL = new Paging(Optional.empty(), Optional.empty());

        public boolean all() {
            return skip.isEmpty() && take.isEmpty();
        }
    }
}
