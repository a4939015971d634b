package io.vinculum.plan;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition;
import io.vinculum.condition.Operator;
import io.vinculum.plan.Node.LookUp.Match;
import java.util.List;
import java.util.Optional;

/**
 * Tells which statements are short whatever is in the tables: one record by its key, with what its to-one relations lead
 * to, and with one list of which only some rows are read. Adopted tables may be views that compute anything, so nothing
 * is known of them.
 */
public final class ShortRead {
    /** How many rows of its list are read at most. */
    public static final int ROWS = 256;

    /** The schema of the link tables that Vinculum makes. */
    private static final String LINKS = "link";

    private ShortRead() {}

    /** The same as a level, as a short statement that answers one row more than {@link #ROWS} at most; empty when it may be long. */
    public static Optional<Level.Read> of(Level.Read level) {
        if (!level.children().isEmpty() || level.parentColumn() >= 0 || !isShort(level.rows())) {
            return Optional.empty();
        }
        return Optional.of(level.atMostOf(ROWS + 1));
    }

    private static boolean isShort(Node node) {
        if (node instanceof Node.LookUp lookUp) {
            return lookUp.match() == Match.OPTIONAL && isOwn(lookUp.relation()) && isShort(lookUp.source());
        }
        if (node instanceof Node.Scan scan) {
            return scan.entity().managed() && isByKey(scan.entity(), scan.filters());
        }
        return node instanceof Node.WithList with
                && isOwn(with.relation())
                && isShort(with.source())
                && isPlainList(with.list());
    }

    private static boolean isPlainList(Node node) {
        if (node instanceof Node.Sort sort) {
            return isPlainList(sort.source());
        }
        if (node instanceof Node.Page page) {
            return isPlainList(page.source());
        }
        if (node instanceof Node.LookUp lookUp) {
            return lookUp.match() == Match.OPTIONAL && isOwn(lookUp.relation()) && isPlainList(lookUp.source());
        }
        return node instanceof Node.Related related && related.filters().isEmpty();
    }

    private static boolean isByKey(Entity entity, List<Condition> filters) {
        return filters.size() == 1
                && filters.get(0) instanceof Condition.Compare compare
                && compare.operator() == Operator.EQ
                && List.of(compare.field()).equals(entity.keys());
    }

    private static boolean isOwn(Relation relation) {
        boolean between = !(relation.join() instanceof Join.Through through)
                || relation.pivot() != null
                || through.via().schema().equals(LINKS);
        return between && relation.target().managed();
    }
}
