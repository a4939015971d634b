package io.vinculum.plan;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition;
import io.vinculum.condition.Operator;
import io.vinculum.condition.Slot;
import io.vinculum.selection.QueryLimits;
import io.vinculum.selection.Selection;
import io.vinculum.selection.Selection.Nested;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Decides how a selection is answered. Pure: the same selection gives the same plan. */
public final class Planner {
    private final int mostRows;

    private Planner(int mostRows) {
        this.mostRows = mostRows;
    }

    /** What is asked of a plan beside its rows. */
    public enum Need {
        /** How many rows there are without paging. */
        COUNT,
        /** A failure when keys that are asked for by name are not there. */
        ALL_KEYS,
        /** The key of each root row, in its first column. */
        KEYS
    }

    /**
     * Plans a selection.
     *
     * @throws io.vinculum.failure.Failure {@code NOT_ALLOWED} for what a module elsewhere cannot do
     */
    public static Plan plan(Selection selection, QueryLimits limits, Set<Need> needs) {
        Planner planner = new Planner(limits.rows());
        List<Slot> keySlots = needs.contains(Need.ALL_KEYS) ? keySlots(selection) : List.of();
        boolean counted = needs.contains(Need.COUNT);
        if (selection.entity().remote()) {
            Level root = AskPlanner.root(planner, selection, counted);
            return new Plan(selection.entity(), root, selection.paging(), keySlots, 1);
        }
        boolean keyNeeded = needs.contains(Need.KEYS) || counted || !keySlots.isEmpty();
        Level.Read root = oneRecord(selection) && selection.paging().all() && !counted
                ? planner.record(selection, keyNeeded)
                : new LevelPlanner(planner, selection).page(keyNeeded, counted);
        return new Plan(selection.entity(), root, selection.paging(), keySlots, keyNeeded ? 0 : -1);
    }

    private Level.Read record(Selection selection, boolean keyNeeded) {
        return lists(selection) == 1
                ? new LevelPlanner(this, selection).recordWithList(keyNeeded)
                : new LevelPlanner(this, selection).record(keyNeeded);
    }

    /** As many rows as one statement may answer, and one more to notice that there are too many. */
    int mostRows() {
        return mostRows + 1;
    }

    Level below(Nested nested, int parentColumn) {
        return nested.relation().target().remote()
                ? AskPlanner.below(this, nested, parentColumn)
                : new LevelPlanner(this, nested.selection()).below(nested.relation(), parentColumn);
    }

    /** Whether there is one root row at most, because its key is asked for. */
    private static boolean oneRecord(Selection selection) {
        return selection.entity().keys().size() == 1
                && keySlots(selection).stream().anyMatch(slot -> slot.use() == Slot.Use.ONE);
    }

    /** How many lists are selected at any depth; rows of another store count as many. */
    private static int lists(Selection selection) {
        int lists = 0;
        for (Selection.Item item : selection.items()) {
            if (item instanceof Nested nested) {
                boolean remote = nested.relation().target().remote();
                lists += (nested.relation().list() ? 1 : 0) + (remote ? 2 : 0) + lists(nested.selection());
            }
        }
        return lists;
    }

    /** The conditions that all have to hold. */
    static List<Condition> conditions(Selection selection) {
        return selection.filter() instanceof Condition.All all ? all.conditions() : List.of(selection.filter());
    }

    /** The keys that are asked for by equality at the top level. */
    private static List<Slot> keySlots(Selection selection) {
        Field key = selection.entity().keys().get(0);
        List<Slot> slots = new ArrayList<>();
        for (Condition condition : conditions(selection)) {
            if (condition instanceof Condition.Compare compare
                    && compare.field().equals(key)
                    && (compare.operator() == Operator.EQ || compare.operator() == Operator.IN)) {
                slots.add(compare.value());
            }
        }
        return slots;
    }

    /** The fields that a list of items needs of its own rows. */
    static Set<Field> fieldsNeeded(Selection selection) {
        Set<Field> needed = new LinkedHashSet<>();
        for (Selection.Item item : selection.items()) {
            if (item instanceof Selection.Column column) {
                needed.add(column.field());
            } else if (item instanceof Nested nested) {
                needed.add(parentField(nested.relation()));
            }
        }
        return needed;
    }

    /** The target's field that a relation matches. */
    static Field farField(Relation relation) {
        return relation.join() instanceof Join.Through through ? through.far() : ((Join.ByKey) relation.join()).far();
    }

    /** The field whose value groups the rows of a relation by their owner. */
    static Field parentField(Relation relation) {
        Field near = relation.join().near();
        return near.type().list() ? relation.owner().keys().get(0) : near;
    }

    /** Whether one owner may meet several rows of a to-one relation, so that one has to be chosen. */
    static boolean ambiguous(Relation relation, boolean withDeleted) {
        if (withDeleted) {
            return true;
        }
        return relation.join() instanceof Join.Through through
                ? !through.exclusive()
                : !((Join.ByKey) relation.join())
                        .far()
                        .equals(relation.target().keys().get(0));
    }
}
