package io.vinculum.plan;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition;
import io.vinculum.plan.Node.LookUp.Match;
import io.vinculum.selection.Ordering;
import io.vinculum.selection.Selection;
import io.vinculum.selection.Selection.Nested;
import io.vinculum.value.Scalar;
import io.vinculum.value.ScalarWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides one level: its own columns and everything to-one in one statement, each list below it as a level of its own.
 * Where one record is asked for with a single list, that list is in the statement too, and its rows repeat the record's
 * columns; a level that reads the list separately stands by, for a record that is too large to repeat.
 *
 * <p>A page is taken before anything is looked up for its rows. A condition on a to-one relation that is also read is one
 * look-up for both.
 */
final class LevelPlanner {
    private static final String BASE = "t";
    private static final String LIST = "c";

    private final Planner planner;
    private final Selection selection;
    private final List<Ref> columns = new ArrayList<>();
    private final List<Level> children = new ArrayList<>();
    /** To-one relations that are read, in the order in which they are met. */
    private final List<Hop> hops = new ArrayList<>();
    /** The same for those of the one list inside. */
    private final List<Hop> listHops = new ArrayList<>();
    /** Conditions on to-one relations of the base rows, until such a relation turns out to be read. */
    private final Map<Relation, Condition> required = new LinkedHashMap<>();

    private final List<Hop> requiredHops = new ArrayList<>();
    private Optional<Nested> inside = Optional.empty();
    private String insideFrom = BASE;
    private boolean listInside;
    private boolean byParent;
    private int aliases;

    /** A to-one relation to look up. */
    private record Hop(Relation relation, String from, String alias, List<Condition> filters) {}

    LevelPlanner(Planner planner, Selection selection) {
        this.planner = planner;
        this.selection = selection;
    }

    /** The level of one root record, which its key names. */
    Level.Read record(boolean keyNeeded) {
        ObjectShape shape = rootShape(keyNeeded);
        Node rows = lookedUp(new Node.Scan(BASE, selection.entity(), Planner.conditions(selection)), hops);
        return read(-1, rows, -1, shape, Optional.empty());
    }

    /** The level of one root record with its one list. */
    Level.Read recordWithList(boolean keyNeeded) {
        listInside = true;
        ObjectShape shape = rootShape(keyNeeded);
        Nested nested = inside.orElseThrow();
        Node record = lookedUp(new Node.Scan(BASE, selection.entity(), Planner.conditions(selection)), hops);
        Node.Related related = new Node.Related(LIST, nested.relation(), Planner.conditions(nested.selection()));
        Node list = ordered(related, nested.selection(), LIST);
        if (!nested.selection().paging().all()) {
            list = new Node.Page(LIST, list, nested.selection().paging(), false);
        }
        Node rows = lookedUp(new Node.WithList(record, insideFrom, nested.relation(), LIST, list), listHops);
        Optional<Level.Read> separately = columns.stream().anyMatch(this::isRepeatedAndUnbounded)
                ? Optional.of(new LevelPlanner(planner, selection).record(keyNeeded))
                : Optional.empty();
        return read(-1, rows, planner.mostRows(), shape, separately);
    }

    private boolean isRepeatedAndUnbounded(Ref column) {
        boolean ofList = column.alias().equals(LIST)
                || listHops.stream().anyMatch(hop -> hop.alias().equals(column.alias()));
        var type = column.field().type();
        boolean text = type.scalar().isText() && type.values().isEmpty() && !type.key();
        return !ofList && (text || type.list() || type.scalar() == Scalar.JSON || type.scalar() == Scalar.BIG_DECIMAL);
    }

    /** The level of a page of root rows. */
    Level.Read page(boolean keyNeeded, boolean counted) {
        List<Condition> others = new ArrayList<>(Planner.conditions(selection));
        others.removeIf(this::require);
        ObjectShape shape = rootShape(keyNeeded);
        required.forEach((relation, condition) ->
                others.add(new Condition.Related(relation, Condition.Quantifier.SOME, condition)));
        Node filtered = lookedUp(new Node.Scan(BASE, selection.entity(), others), requiredHops);
        Node.Page page = new Node.Page(BASE, ordered(filtered, selection, BASE), selection.paging(), !hops.isEmpty());
        Node rows = counted
                ? new Node.Counted(page, new Node.Scan(BASE, selection.entity(), Planner.conditions(selection)))
                : page;
        return read(-1, lookedUp(rows, hops), -1, shape, Optional.empty());
    }

    /** The level of the rows that a list relation leads to from all parents. */
    Level.Read below(Relation relation, int parentColumn) {
        byParent = true;
        ObjectShape shape = shape(selection, BASE);
        List<Condition> conditions = Planner.conditions(selection);
        Node rows;
        if (selection.paging().all()) {
            rows = ordered(lookedUp(new Node.ListBelow(BASE, relation, conditions), hops), selection, BASE);
        } else {
            Node ordered = ordered(new Node.Related(BASE, relation, conditions), selection, BASE);
            Node.Page page = new Node.Page(BASE, ordered, selection.paging(), false);
            rows = lookedUp(new Node.PageBelow(BASE, relation, page), hops);
        }
        return read(parentColumn, rows, planner.mostRows(), shape, Optional.empty());
    }

    private Level.Read read(
            int parentColumn, Node rows, int atMost, ObjectShape shape, Optional<Level.Read> separately) {
        return new Level.Read(
                parentColumn, rows, columns, atMost, selection.withDeleted(), shape, children, listInside, separately);
    }

    private ObjectShape rootShape(boolean keyNeeded) {
        if (keyNeeded) {
            column(BASE, selection.entity().keys().get(0));
        }
        return shape(selection, BASE);
    }

    /** Takes a condition on a to-one relation aside, in case the relation is read too: one look-up then serves both. */
    private boolean require(Condition condition) {
        return condition instanceof Condition.Related related
                && related.quantifier() == Condition.Quantifier.SOME
                && !related.relation().list()
                && !ambiguous(related.relation())
                && required.putIfAbsent(related.relation(), related.condition()) == null;
    }

    private boolean ambiguous(Relation relation) {
        return Planner.ambiguous(relation, selection.withDeleted());
    }

    private Node lookedUp(Node source, List<Hop> some) {
        Node node = source;
        for (Hop hop : some) {
            Match match = ambiguous(hop.relation()) ? Match.BEST : Match.OPTIONAL;
            node = new Node.LookUp(
                    node,
                    hop.relation(),
                    hop.from(),
                    hop.alias(),
                    hop.filters().isEmpty() ? match : Match.REQUIRED,
                    hop.filters());
        }
        return node;
    }

    /** Sorts rows; what sort keys are reached through is looked up before, each once. */
    private Node ordered(Node source, Selection sorted, String base) {
        Node node = source;
        Map<List<Relation>, String> reached = new LinkedHashMap<>();
        List<Node.Sort.Key> keys = new ArrayList<>();
        for (Ordering ordering : sorted.order()) {
            String alias = base;
            for (int i = 0; i < ordering.path().size(); i++) {
                List<Relation> path = ordering.path().subList(0, i + 1);
                String known = reached.get(path);
                if (known == null) {
                    known = "s" + aliases++;
                    reached.put(List.copyOf(path), known);
                    Hop hop = new Hop(ordering.path().get(i), alias, known, List.of());
                    node = lookedUp(node, List.of(hop));
                }
                alias = known;
            }
            keys.add(new Node.Sort.Key(new Ref(alias, ordering.field()), ordering.direction()));
        }
        return new Node.Sort(node, keys);
    }

    /** The position of a field among the answered columns. */
    private int column(String alias, Field field) {
        Ref ref = new Ref(alias, field);
        int known = columns.indexOf(ref);
        if (known < 0) {
            columns.add(ref);
            known = columns.size() - 1;
        }
        return byParent ? known + 1 : known;
    }

    private ObjectShape shape(Selection of, String alias) {
        List<ObjectShape.Member> members = new ArrayList<>();
        for (Selection.Item item : of.items()) {
            if (item instanceof Selection.Column plain) {
                int column = column(alias, plain.field());
                members.add(new ObjectShape.Value(
                        item.key(), column, ScalarWriter.of(plain.field().type())));
            } else if (item instanceof Selection.Constant constant) {
                members.add(new ObjectShape.Text(item.key(), constant.text()));
            } else if (item instanceof Nested nested) {
                members.add(nested(nested, alias));
            }
        }
        return new ObjectShape(members);
    }

    private ObjectShape.Member nested(Nested nested, String alias) {
        Relation relation = nested.relation();
        if (relation.list() && listInside) {
            inside = Optional.of(nested);
            insideFrom = alias;
            int key = column(LIST, relation.target().keys().get(0));
            return new ObjectShape.ListInside(nested.key(), key, shape(nested.selection(), LIST));
        }
        if (relation.list() || relation.target().remote()) {
            return below(nested, alias);
        }
        String hop = hop(relation, alias);
        int key = column(hop, relation.target().keys().get(0));
        return new ObjectShape.Joined(nested.key(), key, shape(nested.selection(), hop));
    }

    private String hop(Relation relation, String from) {
        String alias = "j" + aliases++;
        Condition condition = from.equals(BASE) ? required.remove(relation) : null;
        if (condition != null) {
            requiredHops.add(new Hop(relation, from, alias, List.of(condition)));
        } else {
            boolean ofList = from.equals(LIST)
                    || listHops.stream().anyMatch(hop -> hop.alias().equals(from));
            (ofList ? listHops : hops).add(new Hop(relation, from, alias, List.of()));
        }
        return alias;
    }

    private ObjectShape.Member below(Nested nested, String alias) {
        int parentColumn = column(alias, Planner.parentField(nested.relation()));
        children.add(planner.below(nested, parentColumn));
        int child = children.size() - 1;
        return nested.relation().list()
                ? new ObjectShape.ListBelow(nested.key(), child, parentColumn)
                : new ObjectShape.OneBelow(nested.key(), child, parentColumn);
    }
}
