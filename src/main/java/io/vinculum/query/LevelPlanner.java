package io.vinculum.query;

import static io.vinculum.query.SqlWriter.column;
import static io.vinculum.query.SqlWriter.table;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition;
import io.vinculum.database.Identifier;
import io.vinculum.query.SqlWriter.Source;
import io.vinculum.selection.Ordering;
import io.vinculum.selection.Selection;
import io.vinculum.selection.Selection.Column;
import io.vinculum.selection.Selection.Constant;
import io.vinculum.selection.Selection.Item;
import io.vinculum.selection.Selection.Nested;
import io.vinculum.value.ScalarWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Plans one level: its own columns and everything to-one in one statement, each list below it as a level of its own. Where
 * one record is asked for with a single list, that list is in the statement too, and its rows repeat the record's columns.
 *
 * <p>A page is cut by numbers in the text before its hops are joined, so PostgreSQL looks them up by index for the rows of
 * this page, however large the tables are: it takes a parameter for a tenth of the rows and would hash whole tables.
 * Only what may meet several rows where one is wanted is a lateral sub-select that chooses.
 */
final class LevelPlanner {
    private static final String BASE = "t";
    private static final String LIST = "c";

    private final Planner planner;
    private final Selection selection;
    private final SqlWriter sql;
    private final List<String> expressions = new ArrayList<>();
    private final Map<String, Set<Field>> used = new LinkedHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    /** Relations that the row must have anyway, with what is asked of them, until they are joined for it. */
    private final Map<Relation, Condition> required = new LinkedHashMap<>();

    private final List<Step> filters = new ArrayList<>();
    /** The rows that are looked up before the page is cut, and which rows hand their columns on. */
    private final Map<String, String> handedOnBy = new HashMap<>();

    private final List<Level> children = new ArrayList<>();
    private final List<String> titles = new ArrayList<>();
    private boolean listInside;
    private Optional<Sorting> listSorting = Optional.empty();

    /** A join that follows the base rows, in the order they were met. */
    private sealed interface Step {
        /** A to-one relation that is looked up for each row. */
        record Hop(Relation relation, String from, String alias) implements Step {}

        /** A to-one relation that the row must have, with a condition on it. */
        record Filter(Relation relation, String from, String alias, Condition condition) implements Step {}

        /** The one list of the one record. */
        record InnerList(Nested nested, String from) implements Step {}
    }

    LevelPlanner(Planner planner, Selection selection) {
        this.planner = planner;
        this.selection = selection;
        this.sql = new SqlWriter(selection.withDeleted());
        used.put(BASE, new LinkedHashSet<>());
    }

    /**
     * The level of one root record, which its key names; if it has one list, that is read with it.
     *
     * @param keyNeeded whether the first column is the key
     */
    Level.Sql record(boolean keyNeeded, int lists) {
        this.listInside = lists == 1;
        RowWriter writer = rootWriter(keyNeeded);
        String where = where(Planner.conditions(selection));
        String joins = joins(steps, SqlWriter::column);
        String text = "select " + String.join(", ", expressions()) + " from " + base() + joins + where
                + listSorting
                        .map(sorting -> " order by " + sorting.outside() + planner.mostRows())
                        .orElse("");
        return root(text, writer, -1);
    }

    /**
     * The level of a page of root rows, which is cut before anything is looked up for them.
     *
     * @param keyNeeded whether the first column is the key
     * @param counted whether each row also tells how many there are without paging
     */
    Level.Sql page(boolean keyNeeded, boolean counted) {
        List<Condition> others = new ArrayList<>(Planner.conditions(selection));
        others.removeIf(this::require);
        RowWriter writer = rootWriter(keyNeeded);
        required.forEach((relation, condition) ->
                others.add(new Condition.Related(relation, Condition.Quantifier.SOME, condition)));
        int countColumn = counted ? expressions().size() : -1;
        String count = counted ? count() : "";
        Sorting sorting = new Sorting(selection, BASE);
        String filtered = base() + joins(filters, SqlWriter::column);
        String core = core(filtered, where(others) + conditions(filters), sorting);
        String page = bounded(core, sorting, selection.paging());
        String text = steps.isEmpty() && !counted
                ? page
                : " from " + count + "(select " + handedOn(sorting) + cut(page, sorting) + ") " + BASE
                        + (counted ? " on true" : "")
                        + joins(steps, this::reference) + " order by " + sorting.outside();
        return root(
                "select " + String.join(", ", expressions()) + (counted ? ", n.count" : "") + text,
                writer,
                countColumn);
    }

    private RowWriter rootWriter(boolean keyNeeded) {
        if (keyNeeded) {
            selected(BASE, selection.entity().keys().get(0));
        }
        return object(selection, BASE);
    }

    private Level.Sql root(String text, RowWriter writer, int countColumn) {
        return new Level.Sql(
                title("read " + selection.entity().name() + (countColumn < 0 ? "" : " and count all")),
                -1,
                new Level.Text(text),
                sql.arguments(),
                writer,
                children,
                listInside,
                countColumn);
    }

    private String base() {
        return table(selection.entity().table()) + " " + BASE;
    }

    private String where(List<Condition> conditions) {
        return " where " + sql.live(BASE, selection.entity()) + and(conditions, BASE);
    }

    private String and(List<Condition> conditions, String alias) {
        StringBuilder text = new StringBuilder();
        conditions.forEach(condition -> text.append(" and ").append(sql.condition(condition, alias)));
        return text.toString();
    }

    /** One row that holds the count, which the page is joined to, so that both are of one moment. */
    private String count() {
        return "(select count(*) as count from " + base() + where(Planner.conditions(selection)) + ") n left join ";
    }

    /** Takes a condition on a to-one relation aside, in case the relation is read too: one join then serves both. */
    private boolean require(Condition condition) {
        return condition instanceof Condition.Related related
                && related.quantifier() == Condition.Quantifier.SOME
                && !related.relation().list()
                && !sql.ambiguous(related.relation())
                && required.putIfAbsent(related.relation(), related.condition()) == null;
    }

    private List<String> expressions() {
        if (expressions.isEmpty()) {
            // Only constants were asked for; the row itself still has to come.
            expressions.add("1");
        }
        return expressions;
    }

    /** The level of the rows that a list relation leads to from all parents. */
    Level.Sql below(Relation relation, int parentColumn) {
        Field parent = SqlWriter.parentField(relation);
        String keys = sql.manyPlaceholder(
                new Argument.ParentKeys(parent.type().element()), parent.type().element());
        expressions.add("");
        RowWriter writer = object(selection, BASE);
        String text = selection.paging().all() ? batched(relation, keys) : paged(relation, keys);
        String how = selection.paging().all() ? "then all " : "then a page of ";
        return new Level.Sql(
                title(how + relation.name() + " (" + selection.entity().name() + ")"),
                parentColumn,
                new Level.Text(text),
                sql.arguments(),
                writer,
                children,
                false,
                -1);
    }

    private String batched(Relation relation, String keys) {
        StringBuilder parentKey = new StringBuilder();
        Source source = sql.batch(relation, keys, BASE, parentKey);
        expressions.set(0, parentKey.toString());
        String where = " where " + source.where() + and(Planner.conditions(selection), BASE);
        Sorting sorting = new Sorting(selection, BASE);
        return "select " + String.join(", ", expressions)
                + core(source.from() + joins(steps, this::reference), where, sorting) + planner.mostRows();
    }

    private String paged(Relation relation, String keys) {
        expressions.set(0, "k.key");
        boolean nearIsList = relation.join().near().type().list();
        String near = nearIsList ? nearOfOwner(relation) : "k.key";
        Source source = sql.source(relation, near, BASE);
        String where = " where " + source.where() + and(Planner.conditions(selection), BASE);
        Sorting sorting = new Sorting(selection, BASE);
        String inner = bounded(core(source.from(), where, sorting), sorting, selection.paging());
        return "select " + String.join(", ", expressions) + " from unnest(" + keys
                + ") k(key) cross join lateral (select "
                + handedOn(sorting) + inner + ") " + BASE + joins(steps, this::reference) + " order by "
                + sorting.outside() + planner.mostRows();
    }

    private String nearOfOwner(Relation relation) {
        String owner = sql.alias("o");
        return "array(select unnest(" + column(owner, relation.join().near()) + ") from "
                + table(relation.owner().table()) + " " + owner + " where "
                + column(owner, relation.owner().keys().get(0)) + " = k.key)";
    }

    private String core(String from, String where, Sorting sorting) {
        return " from " + from + joins(sorting.hops, SqlWriter::column) + where + " order by "
                + String.join(", ", sorting.inside);
    }

    /** A page of rows that are cut before by a number, because a generic plan takes a parameter for a tenth of them. */
    private String bounded(String core, Sorting sorting, Selection.Paging paging) {
        return " from (select " + exposed(sorting) + core + " limit " + Level.Text.BOUND + ") " + sorting.base
                + " order by " + sorting.outside() + page(paging);
    }

    /** A page by a number once more, where rows are skipped: the first number holds those too. */
    private String cut(String page, Sorting sorting) {
        return steps.isEmpty() || selection.paging().skip().isEmpty()
                ? page
                : " from (select " + handedOn(sorting) + page + ") " + BASE + " order by " + sorting.outside()
                        + " limit " + Level.Text.LENGTH;
    }

    private String page(Selection.Paging paging) {
        Argument limit = paging.take().<Argument>map(Argument.Take::new).orElseGet(Argument.RowsLeft::new);
        String text = " limit " + sql.countPlaceholder(limit);
        return paging.skip()
                .map(slot -> text + " offset " + sql.countPlaceholder(new Argument.OfRequest(slot)))
                .orElse(text);
    }

    /** The sort keys of some rows; through to-one relations they are looked up before the page is cut. */
    private final class Sorting {
        private final Selection sorted;
        private final String base;
        private final List<Step> hops = new ArrayList<>();
        private final List<String> inside = new ArrayList<>();
        private final List<String> looked = new ArrayList<>();

        Sorting(Selection sorted, String base) {
            this.sorted = sorted;
            this.base = base;
            for (Ordering ordering : sorted.order()) {
                String alias = base;
                for (Relation relation : ordering.path()) {
                    alias = hop(relation, alias, "s", hops);
                    handedOnBy.put(alias, base);
                }
                use(alias, ordering.field());
                looked.add(alias);
                inside.add(column(alias, ordering.field()) + " "
                        + ordering.direction().sql());
            }
        }

        /** The same order, of the rows that an inner select handed out. */
        String outside() {
            List<String> outside = new ArrayList<>();
            for (int i = 0; i < looked.size(); i++) {
                Ordering ordering = sorted.order().get(i);
                outside.add(reference(looked.get(i), ordering.field()) + " "
                        + ordering.direction().sql());
            }
            return String.join(", ", outside);
        }
    }

    /** A column above the select that looked its row up; below, it is {@link SqlWriter#column}. */
    private String reference(String alias, Field field) {
        String by = handedOnBy.get(alias);
        return by == null ? column(alias, field) : by + "." + handedName(alias, field);
    }

    private static String handedName(String alias, Field field) {
        return Identifier.quote(alias + " " + field.column());
    }

    /** The columns that an inner select hands out: what is used above it, of its own rows and of those it looked up. */
    private String exposed(Sorting sorting) {
        return columns(sorting.base, (alias, field) -> column(alias, field) + " as " + handedName(alias, field));
    }

    /** The same, from rows that an inner select handed out already. */
    private String handedOn(Sorting sorting) {
        return columns(sorting.base, this::reference);
    }

    private String columns(String base, BiFunction<String, Field, String> lookedUp) {
        List<String> columns = new ArrayList<>();
        used.getOrDefault(base, Set.of()).forEach(field -> columns.add(column(base, field)));
        used.forEach((alias, fields) -> {
            if (base.equals(handedOnBy.get(alias))) {
                fields.forEach(field -> columns.add(lookedUp.apply(alias, field)));
            }
        });
        return String.join(", ", columns);
    }

    private String hop(Relation relation, String from, String letter, List<Step> into) {
        use(from, relation.join().near());
        String alias = sql.alias(letter);
        used.put(alias, new LinkedHashSet<>());
        into.add(new Step.Hop(relation, from, alias));
        return alias;
    }

    private String filter(Relation relation, String from, Condition condition) {
        String alias = sql.alias("j");
        used.put(alias, new LinkedHashSet<>());
        handedOnBy.put(alias, from);
        filters.add(new Step.Filter(relation, from, alias, condition));
        return alias;
    }

    /** The joins in their order, given how the columns that they start from are named there. */
    private String joins(List<Step> list, BiFunction<String, Field, String> near) {
        StringBuilder text = new StringBuilder();
        list.forEach(step -> text.append(join(step, near)));
        return text.toString();
    }

    private String join(Step step, BiFunction<String, Field, String> near) {
        if (step instanceof Step.Filter filter) {
            Relation relation = filter.relation();
            return sql.join(
                    " join ",
                    relation,
                    near.apply(filter.from(), relation.join().near()),
                    filter.alias());
        }
        return step instanceof Step.Hop hop
                ? lookUp(hop, near.apply(hop.from(), hop.relation().join().near()))
                : lateral((Step.InnerList) step);
    }

    private String conditions(List<Step> joined) {
        StringBuilder text = new StringBuilder();
        for (Step step : joined) {
            if (step instanceof Step.Filter filter) {
                text.append(" and ").append(sql.condition(filter.condition(), filter.alias()));
            }
        }
        return text.toString();
    }

    /** A look-up for each row; where several rows may be met, the best of them. */
    private String lookUp(Step.Hop hop, String near) {
        if (!sql.ambiguous(hop.relation())) {
            return sql.join(" left join ", hop.relation(), near, hop.alias());
        }
        Source source = sql.source(hop.relation(), near, hop.alias());
        List<String> columns = new ArrayList<>();
        used.getOrDefault(hop.alias(), Set.of()).forEach(field -> columns.add(column(hop.alias(), field)));
        return " left join lateral (select " + String.join(", ", columns) + " from " + source.from() + " where "
                + source.where() + " order by " + source.best() + " limit 1) " + hop.alias() + " on true";
    }

    private String lateral(Step.InnerList list) {
        Relation relation = list.nested().relation();
        Selection listed = list.nested().selection();
        Source source = sql.source(relation, column(list.from(), relation.join().near()), LIST);
        String where = source.where() + and(Planner.conditions(listed), LIST);
        Sorting sorting = new Sorting(listed, LIST);
        listSorting = Optional.of(sorting);
        if (listed.paging().all() && sorting.hops.isEmpty()) {
            boolean joined = relation.join() instanceof Join.Through;
            return " left join " + (joined ? "(" + source.from() + ")" : source.from()) + " on " + where;
        }
        String core = core(source.from(), " where " + where, sorting);
        return " left join lateral (select " + handedOn(sorting) + bounded(core, sorting, listed.paging()) + ") " + LIST
                + " on true";
    }

    private void use(String alias, Field field) {
        used.computeIfAbsent(alias, name -> new LinkedHashSet<>()).add(field);
    }

    /** The position of a field among the answered columns. */
    private int selected(String alias, Field field) {
        use(alias, field);
        String expression = ScalarWriter.readable(reference(alias, field), field.type());
        int known = expressions.indexOf(expression);
        if (known >= 0) {
            return known;
        }
        expressions.add(expression);
        return expressions.size() - 1;
    }

    private RowWriter object(Selection of, String alias) {
        RowWriter writer = new RowWriter();
        for (Item item : of.items()) {
            if (item instanceof Column plain) {
                int column = selected(alias, plain.field());
                ScalarWriter scalar = ScalarWriter.of(plain.field().type());
                writer.member(item.key(), (row, rows, out) -> scalar.writeAny(row.getValue(column), out));
            } else if (item instanceof Constant constant) {
                writer.member(item.key(), (row, rows, out) -> out.string(constant.text()));
            } else if (item instanceof Nested nested) {
                writer.member(item.key(), nested(nested, alias));
            }
        }
        return writer;
    }

    private RowWriter.MemberWriter nested(Nested nested, String alias) {
        Relation relation = nested.relation();
        if (relation.list() && listInside) {
            return inside(nested, alias);
        }
        if (relation.list() || relation.target().remote()) {
            return separate(nested, alias);
        }
        Condition condition = alias.equals(BASE) ? required.remove(relation) : null;
        String hop = condition == null ? hop(relation, alias, "j", steps) : filter(relation, alias, condition);
        titles.add("join " + relation.name() + " (" + relation.target().name() + ")");
        int key = selected(hop, relation.target().keys().get(0));
        return RowWriter.joined(key, object(nested.selection(), hop));
    }

    private RowWriter.MemberWriter inside(Nested nested, String alias) {
        Relation relation = nested.relation();
        use(alias, relation.join().near());
        used.put(LIST, new LinkedHashSet<>());
        steps.add(new Step.InnerList(nested, alias));
        titles.add("with its " + relation.name() + " (" + relation.target().name() + ")");
        int key = selected(LIST, relation.target().keys().get(0));
        return RowWriter.inside(key, object(nested.selection(), LIST));
    }

    private RowWriter.MemberWriter separate(Nested nested, String alias) {
        int parentColumn = selected(alias, SqlWriter.parentField(nested.relation()));
        Level child = planner.below(nested, parentColumn);
        children.add(child);
        int index = children.size() - 1;
        return nested.relation().list()
                ? RowWriter.many(index, parentColumn, child.writer())
                : RowWriter.one(index, parentColumn, child.writer());
    }

    private String title(String first) {
        return titles.isEmpty() ? first : first + "\n  " + String.join("\n  ", titles);
    }
}
