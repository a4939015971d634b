package io.vinculum.query;

import static io.vinculum.database.Identifier.quote;
import static io.vinculum.query.SqlWriter.column;
import static io.vinculum.query.SqlWriter.table;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import io.vinculum.query.Selection.Column;
import io.vinculum.query.Selection.Constant;
import io.vinculum.query.Selection.Item;
import io.vinculum.query.Selection.Nested;
import io.vinculum.query.SqlWriter.Source;
import io.vinculum.rows.ScalarWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Plans one level: its own columns and everything to-one in one statement, each list below it as a level of its own.
 *
 * <p>To-one hops are lateral sub-selects of one row, so PostgreSQL looks them up by index for the rows of this page,
 * however large the tables are: a generic plan guesses a page to be a tenth of the table and would hash all of it.
 */
final class LevelPlanner {
    private static final String BASE = "t";

    private final Planner planner;
    private final Selection selection;
    private final SqlWriter sql;
    private final List<String> expressions = new ArrayList<>();
    private final Map<String, Set<Field>> used = new LinkedHashMap<>();
    private final List<Hop> hops = new ArrayList<>();
    private final List<Hop> orderHops = new ArrayList<>();
    private final List<Level> children = new ArrayList<>();
    private final List<String> titles = new ArrayList<>();

    /** A to-one relation that is looked up for each row. */
    private record Hop(Relation relation, String from, String alias) {}

    LevelPlanner(Planner planner, Selection selection) {
        this.planner = planner;
        this.selection = selection;
        this.sql = new SqlWriter(selection.withDeleted());
        used.put(BASE, new LinkedHashSet<>());
    }

    /** The level of the root rows. */
    Level.Sql root(boolean keyNeeded) {
        if (keyNeeded) {
            selected(BASE, selection.entity().keys().get(0));
        }
        RowWriter writer = object(selection, BASE);
        String from = table(selection.entity().table()) + " " + BASE;
        String where = sql.live(BASE, selection.entity()) + " and " + sql.condition(selection.filter(), BASE);
        List<String> order = order();
        String inner = core(from, where, order) + page(sql.countPlaceholder(limit()));
        String text = hops.isEmpty()
                ? "select " + String.join(", ", expressions()) + inner
                : "select " + String.join(", ", expressions()) + " from (select " + exposed(order) + inner + ") " + BASE
                        + laterals(hops) + " order by " + outerOrder(order);
        return new Level.Sql(title("read " + selection.entity().name()), -1, text, sql.arguments(), writer, children);
    }

    private List<String> expressions() {
        if (expressions.isEmpty()) {
            // Only constants were asked for; the row itself still has to come.
            expressions.add("1");
        }
        return expressions;
    }

    /** How many root rows there are, without looking anything up for them. */
    static Level.Sql count(Selection selection) {
        SqlWriter sql = new SqlWriter(selection.withDeleted());
        String text = "select count(*) from " + table(selection.entity().table()) + " " + BASE + " where "
                + sql.live(BASE, selection.entity()) + " and " + sql.condition(selection.filter(), BASE);
        return new Level.Sql(
                "count " + selection.entity().name(), -1, text, sql.arguments(), new RowWriter(), List.of());
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
                text,
                sql.arguments(),
                writer,
                children);
    }

    private String batched(Relation relation, String keys) {
        StringBuilder parentKey = new StringBuilder();
        Source source = sql.batch(relation, keys, BASE, parentKey);
        expressions.set(0, parentKey.toString());
        String where = source.where() + " and " + sql.condition(selection.filter(), BASE);
        List<String> order = order();
        return "select " + String.join(", ", expressions) + " from " + source.from() + laterals(hops)
                + laterals(orderHops) + " where " + where + " order by " + String.join(", ", order)
                + " limit " + sql.countPlaceholder(new Argument.RowsLeft());
    }

    private String paged(Relation relation, String keys) {
        expressions.set(0, "k.key");
        boolean nearIsList = relation.join().near().type().list();
        String near = nearIsList ? nearOfOwner(relation) : "k.key";
        Source source = sql.source(relation, near, BASE);
        String where = source.where() + " and " + sql.condition(selection.filter(), BASE);
        List<String> order = order();
        String inner = core(source.from(), where, order) + page(sql.countPlaceholder(limit()));
        return "select " + String.join(", ", expressions) + " from unnest(" + keys
                + ") k(key) cross join lateral (select "
                + exposed(order) + inner + ") " + BASE + laterals(hops) + " order by " + outerOrder(order)
                + " limit " + sql.countPlaceholder(new Argument.RowsLeft());
    }

    private String nearOfOwner(Relation relation) {
        String owner = sql.alias("o");
        return "array(select unnest(" + column(owner, relation.join().near()) + ") from "
                + table(relation.owner().table()) + " " + owner + " where "
                + column(owner, relation.owner().keys().get(0)) + " = k.key)";
    }

    private String core(String from, String where, List<String> order) {
        return " from " + from + laterals(orderHops) + " where " + where + " order by " + String.join(", ", order);
    }

    private Argument limit() {
        return selection.paging().take().<Argument>map(Argument.Take::new).orElseGet(Argument.RowsLeft::new);
    }

    private String page(String limit) {
        String offset = selection
                .paging()
                .skip()
                .map(slot -> " offset " + sql.countPlaceholder(new Argument.OfRequest(slot)))
                .orElse("");
        return " limit " + limit + offset;
    }

    /** The sort keys as SQL; through to-one relations they are looked up inside, before the page is cut. */
    private List<String> order() {
        List<String> order = new ArrayList<>();
        for (Ordering ordering : selection.order()) {
            String alias = BASE;
            for (Relation relation : ordering.path()) {
                use(alias, relation.join().near());
                Hop hop = new Hop(relation, alias, sql.alias("s"));
                orderHops.add(hop);
                used.put(hop.alias(), new LinkedHashSet<>());
                alias = hop.alias();
            }
            use(alias, ordering.field());
            order.add(
                    column(alias, ordering.field()) + " " + ordering.direction().sql());
        }
        return order;
    }

    /** The columns that an inner select hands out: what is used above it, and its sort keys. */
    private String exposed(List<String> order) {
        List<String> columns = new ArrayList<>();
        used.getOrDefault(BASE, Set.of()).forEach(field -> columns.add(column(BASE, field)));
        for (int i = 0; i < order.size(); i++) {
            Ordering ordering = selection.order().get(i);
            if (!ordering.path().isEmpty()) {
                String expression = order.get(i)
                        .substring(
                                0,
                                order.get(i).length()
                                        - ordering.direction().sql().length());
                columns.add(expression + "as " + quote("order " + i));
            }
        }
        return String.join(", ", columns);
    }

    private String outerOrder(List<String> order) {
        List<String> outer = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            Ordering ordering = selection.order().get(i);
            outer.add(
                    ordering.path().isEmpty()
                            ? order.get(i)
                            : quote(BASE, "order " + i) + " "
                                    + ordering.direction().sql());
        }
        return String.join(", ", outer);
    }

    private String laterals(List<Hop> list) {
        StringBuilder text = new StringBuilder();
        list.forEach(hop -> text.append(lateral(hop)));
        return text.toString();
    }

    private String lateral(Hop hop) {
        Source source = sql.source(
                hop.relation(), column(hop.from(), hop.relation().join().near()), hop.alias());
        List<String> columns = new ArrayList<>();
        used.getOrDefault(hop.alias(), Set.of()).forEach(field -> columns.add(column(hop.alias(), field)));
        String chosen = sql.ambiguous(hop.relation()) ? " order by " + source.best() : "";
        return " left join lateral (select " + String.join(", ", columns) + " from " + source.from() + " where "
                + source.where() + chosen + " limit 1) " + hop.alias() + " on true";
    }

    private void use(String alias, Field field) {
        used.computeIfAbsent(alias, name -> new LinkedHashSet<>()).add(field);
    }

    /** The position of a field among the answered columns. */
    private int selected(String alias, Field field) {
        use(alias, field);
        String expression = ScalarWriter.readable(column(alias, field), field.type());
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
        if (relation.list() || relation.target().remote()) {
            return separate(nested, alias);
        }
        use(alias, relation.join().near());
        Hop hop = new Hop(relation, alias, sql.alias("j"));
        hops.add(hop);
        titles.add("join " + relation.name() + " (" + relation.target().name() + ")");
        int key = selected(hop.alias(), relation.target().keys().get(0));
        return RowWriter.joined(key, object(nested.selection(), hop.alias()));
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
