package io.vinculum.plan;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.selection.Selection;
import io.vinculum.selection.Selection.Nested;
import io.vinculum.value.ScalarWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides a level whose rows a module elsewhere answers over the event bus. */
final class AskPlanner {
    private final Planner planner;
    private final Selection selection;
    private final List<Field> fields;
    private final List<Level> children = new ArrayList<>();

    private AskPlanner(Planner planner, Selection selection, Field match) {
        this.planner = planner;
        this.selection = selection;
        Set<Field> needed = new LinkedHashSet<>(Planner.fieldsNeeded(selection));
        needed.add(match);
        needed.addAll(compared(selection.filter()));
        this.fields = new ArrayList<>(needed);
    }

    static Level.Ask root(Planner planner, Selection selection, boolean counted) {
        checkOrder(selection);
        Field key = selection.entity().keys().get(0);
        // The key stands first, behind the place of a parent key.
        AskPlanner asking = new AskPlanner(planner, selection, key);
        asking.fields.remove(key);
        asking.fields.add(0, key);
        return asking.level(-1, Optional.empty(), Optional.empty(), key, counted);
    }

    static Level.Ask below(Planner planner, Nested nested, int parentColumn) {
        checkOrder(nested.selection());
        Relation relation = nested.relation();
        Field match = Planner.farField(relation);
        Optional<Join.Through> pairs =
                relation.join() instanceof Join.Through through ? Optional.of(through) : Optional.empty();
        return new AskPlanner(planner, nested.selection(), match)
                .level(parentColumn, Optional.of(relation), pairs, match, false);
    }

    private Level.Ask level(
            int parentColumn, Optional<Relation> relation, Optional<Join.Through> pairs, Field match, boolean counted) {
        ObjectShape shape = shape();
        return new Level.Ask(parentColumn, relation, selection, fields, pairs, match, counted, shape, children);
    }

    private static void checkOrder(Selection selection) {
        selection.order().stream()
                .filter(ordering -> !ordering.path().isEmpty())
                .findFirst()
                .ifPresent(ordering -> {
                    throw new Failure(
                            FailureCode.NOT_ALLOWED,
                            "order cannot go through " + ordering.path().get(0) + ": the rows of "
                                    + selection.entity().name() + " are answered by a module elsewhere; order them by "
                                    + "fields of their own");
                });
    }

    /** The fields that a filter compares, so that what comes back can be checked. */
    private static Set<Field> compared(Condition condition) {
        Set<Field> fields = new LinkedHashSet<>();
        if (condition instanceof Condition.All all) {
            all.conditions().forEach(one -> fields.addAll(compared(one)));
        } else if (condition instanceof Condition.Compare compare) {
            fields.add(compare.field());
        } else if (condition instanceof Condition.Empty empty) {
            fields.add(empty.field());
        }
        return fields;
    }

    /** Rows are the parent key, then the fields in order. */
    private ObjectShape shape() {
        List<ObjectShape.Member> members = new ArrayList<>();
        for (Selection.Item item : selection.items()) {
            if (item instanceof Selection.Column column) {
                members.add(new ObjectShape.Value(
                        item.key(),
                        position(column.field()),
                        ScalarWriter.plain(column.field().type())));
            } else if (item instanceof Selection.Constant constant) {
                members.add(new ObjectShape.Text(item.key(), constant.text()));
            } else if (item instanceof Nested nested) {
                members.add(nested(nested));
            }
        }
        return new ObjectShape(members);
    }

    private int position(Field field) {
        return fields.indexOf(field) + 1;
    }

    private ObjectShape.Member nested(Nested nested) {
        int parentColumn = position(Planner.parentField(nested.relation()));
        children.add(planner.below(nested, parentColumn));
        int child = children.size() - 1;
        return nested.relation().list()
                ? new ObjectShape.ListBelow(nested.key(), child, parentColumn)
                : new ObjectShape.OneBelow(nested.key(), child, parentColumn);
    }
}
