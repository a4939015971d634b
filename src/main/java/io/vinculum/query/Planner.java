package io.vinculum.query;

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
final class Planner {
    private final int mostRows;

    private Planner(int mostRows) {
        this.mostRows = mostRows;
    }

    static Plan plan(
            Selection selection, QueryLimits limits, boolean count, boolean throwIfKeyNotFound, boolean withKeys) {
        Planner planner = new Planner(limits.rows());
        List<Slot> keySlots = throwIfKeyNotFound ? keySlots(selection) : List.of();
        if (selection.entity().remote()) {
            Level root = RemotePlanner.root(planner, selection);
            return new Plan(selection.entity(), root, selection.paging(), false, List.of(), -1);
        }
        boolean keyNeeded = withKeys || count || !keySlots.isEmpty();
        LevelPlanner level = new LevelPlanner(planner, selection);
        boolean oneRecord = oneRecord(selection) && selection.paging().all() && !count;
        Level.Sql root = oneRecord ? level.record(keyNeeded, lists(selection)) : level.page(keyNeeded, count);
        return new Plan(selection.entity(), root, selection.paging(), throwIfKeyNotFound, keySlots, keyNeeded ? 0 : -1);
    }

    /** A number in the text: PostgreSQL takes a parameter for a tenth of the rows, and would scan for so many. */
    String mostRows() {
        return " limit " + (mostRows + 1L);
    }

    Level below(Nested nested, int parentColumn) {
        return nested.relation().target().remote()
                ? RemotePlanner.below(this, nested, parentColumn)
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
                needed.add(SqlWriter.parentField(nested.relation()));
            }
        }
        return needed;
    }

    /** The target's field that a relation matches. */
    static Field farField(Relation relation) {
        return relation.join() instanceof Join.Through through ? through.far() : ((Join.ByKey) relation.join()).far();
    }
}
