package io.vinculum.plan;

import io.vinculum.catalog.Entity;
import io.vinculum.condition.Slot;
import io.vinculum.selection.Selection.Paging;
import java.util.List;

/**
 * How one shape of selection is answered: a tree of levels, decided and immutable.
 *
 * @param keySlots the slots of keys that are asked for by name at the top level and must be answered
 * @param keyColumn the root row's column that holds its key, -1 when it is not read for itself
 */
public record Plan(Entity entity, Level root, Paging paging, List<Slot> keySlots, int keyColumn) {

    public Plan {
        keySlots = List.copyOf(keySlots);
    }

    /** Whether one statement answers it, which is a snapshot by itself. */
    public boolean single() {
        return root instanceof Level.Read && root.children().isEmpty();
    }

    /** The plan for people: what {@code explain} answers and tests compare. */
    @Override
    public String toString() {
        return new PlanText().of(root);
    }
}
