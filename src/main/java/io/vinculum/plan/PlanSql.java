package io.vinculum.plan;

import static io.vinculum.plan.SqlParts.column;
import static io.vinculum.plan.SqlParts.table;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition;
import io.vinculum.plan.SqlParts.Source;
import io.vinculum.selection.Selection.Paging;
import io.vinculum.value.ScalarWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Prints a level as SQL. Pure: the same level gives the same text, which never depends on values.
 *
 * <p>A page is limited by a number in the text before anything is joined to it, so PostgreSQL looks hops up by index for
 * the rows of this page, however large the tables are. Only what may meet several rows where one is wanted is a lateral
 * sub-select that chooses.
 */
public final class PlanSql {
    private final SqlParts sql;

    private PlanSql(boolean withDeleted) {
        this.sql = new SqlParts(new Visibility(withDeleted));
    }

    /** The statement of a level. */
    public static SqlText print(Level.Read level) {
        PlanSql printer = new PlanSql(level.withDeleted());
        return new SqlText(printer.statement(level), printer.sql.arguments());
    }

    /** The statement that finds the pairs of a link whose far side is asked for elsewhere: near key, far key. */
    public static SqlText pairs(Join.Through through, int atMost) {
        PlanSql printer = new PlanSql(false);
        Field near = through.viaNear();
        String keys = printer.sql.manyPlaceholder(new Argument.ParentKeys(near.type()), near.type());
        String text = "select " + column("l", near) + ", " + column("l", through.viaFar()) + " from "
                + table(through.via()) + " l where " + column("l", near) + " = any(" + keys + ")"
                + printer.sql.visibleVia(through, "l") + " order by 2 limit " + atMost;
        return new SqlText(text, printer.sql.arguments());
    }

    private String statement(Level.Read level) {
        Fragment rows = print(level.rows(), new LinkedHashSet<>(level.columns()), "");
        List<String> outputs = new ArrayList<>();
        if (level.parentColumn() >= 0) {
            outputs.add(rows.parentKey());
        }
        level.columns()
                .forEach(ref -> outputs.add(
                        ScalarWriter.readable(rows.reference(ref), ref.field().type())));
        if (level.countColumn() >= 0) {
            outputs.add("n.count");
        }
        if (outputs.isEmpty()) {
            // Only constants were asked for; the row itself still has to come.
            outputs.add("1");
        }
        return "select " + String.join(", ", outputs) + rows.body() + rows.limit()
                + (level.atMost() < 0 ? "" : " limit " + level.atMost());
    }

    private Fragment print(Node node, Set<Ref> needed, String near) {
        return node.accept(new Printer(needed, near));
    }

    private static Set<Ref> with(Set<Ref> needed, Node.Sort sort) {
        Set<Ref> more = new LinkedHashSet<>(needed);
        sort.keys().forEach(key -> more.add(key.column()));
        return more;
    }

    /**
     * Prints a node.
     *
     * <p>{@code needed} are the columns that are used above the node, {@code near} the SQL of the owner's key where rows of
     * one owner are printed.
     */
    private final class Printer implements Node.Visitor<Fragment> {
        private final Set<Ref> needed;
        private final String near;

        Printer(Set<Ref> needed, String near) {
            this.needed = needed;
            this.near = near;
        }

        private List<String> conditions(List<Condition> filters, String alias) {
            return filters.stream().map(filter -> sql.condition(filter, alias)).toList();
        }

        @Override
        public Fragment scan(Node.Scan scan) {
            Fragment rows = Fragment.of(table(scan.entity().table()) + " " + scan.alias(), scan.alias());
            return rows.where(sql.visible(scan.alias(), scan.entity())).where(conditions(scan.filters(), scan.alias()));
        }

        @Override
        public Fragment related(Node.Related related) {
            Source source = sql.source(related.relation(), near, related.alias());
            return Fragment.of(source.from(), related.alias())
                    .where(source.where())
                    .where(conditions(related.filters(), related.alias()));
        }

        @Override
        public Fragment listBelow(Node.ListBelow below) {
            StringBuilder parentKey = new StringBuilder();
            Source source = sql.batch(below.relation(), keys(below.relation()), below.alias(), parentKey);
            return Fragment.of(source.from(), below.alias())
                    .groupedBy(parentKey.toString())
                    .where(source.where())
                    .where(conditions(below.filters(), below.alias()));
        }

        private String keys(Relation relation) {
            var type = Planner.parentField(relation).type().element();
            return sql.manyPlaceholder(new Argument.ParentKeys(type), type);
        }

        @Override
        public Fragment pageBelow(Node.PageBelow below) {
            Relation relation = below.relation();
            String keys = keys(relation);
            String owner = relation.join().near().type().list() ? nearOfOwner(relation) : "k.key";
            Fragment page = print(below.page(), needed, owner).wrapped(below.alias(), needed);
            return page.from("unnest(" + keys + ") k(key) cross join lateral " + page.from())
                    .groupedBy("k.key");
        }

        private String nearOfOwner(Relation relation) {
            String owner = sql.alias("o");
            return "array(select unnest(" + column(owner, relation.join().near()) + ") from "
                    + table(relation.owner().table()) + " " + owner + " where "
                    + column(owner, relation.owner().keys().get(0)) + " = k.key)";
        }

        @Override
        public Fragment lookUp(Node.LookUp lookUp) {
            Ref from = new Ref(lookUp.from(), lookUp.relation().join().near());
            Set<Ref> below = new LinkedHashSet<>(needed);
            below.add(from);
            Fragment rows = print(lookUp.source(), below, near).withoutLimit(lookUp.from(), below);
            String nearOfRow = rows.reference(from);
            String alias = lookUp.alias();
            String join = lookUp.match() == Node.LookUp.Match.BEST
                    ? best(lookUp, nearOfRow)
                    : sql.join(
                            lookUp.match() == Node.LookUp.Match.REQUIRED ? " join " : " left join ",
                            lookUp.relation(),
                            nearOfRow,
                            alias);
            return rows.from(rows.from() + join).with(alias).where(conditions(lookUp.filters(), alias));
        }

        /** A look-up for each row; where several rows are met, the best of them. */
        private String best(Node.LookUp lookUp, String nearOfRow) {
            Source source = sql.source(lookUp.relation(), nearOfRow, lookUp.alias());
            String columns = needed.stream()
                    .filter(ref -> ref.alias().equals(lookUp.alias()))
                    .map(ref -> column(ref.alias(), ref.field()))
                    .collect(Collectors.joining(", "));
            return " left join lateral (select " + columns + " from " + source.from() + " where " + source.where()
                    + " order by " + source.best() + " limit 1) " + lookUp.alias() + " on true";
        }

        @Override
        public Fragment sort(Node.Sort sort) {
            return print(sort.source(), with(needed, sort), near).orderedBy(sort.keys());
        }

        @Override
        public Fragment page(Node.Page page) {
            Set<Ref> all = with(needed, (Node.Sort) page.source());
            Fragment rows = print(page.source(), all, near);
            Fragment bounded = rows.limit(" limit " + SqlText.BOUND).wrapped(page.alias(), all);
            Fragment cut = bounded.limit(limit(page.paging()));
            return page.lookedUp() && page.paging().skip().isPresent()
                    // The first number holds the rows that are skipped too, this one only the page.
                    ? cut.wrapped(page.alias(), all).limit(" limit " + SqlText.LENGTH)
                    : cut;
        }

        private String limit(Paging paging) {
            Argument take = paging.take().<Argument>map(Argument.Take::new).orElseGet(Argument.RowsLeft::new);
            String text = " limit " + sql.countPlaceholder(take);
            return paging.skip()
                    .map(slot -> text + " offset " + sql.countPlaceholder(new Argument.OfRequest(slot)))
                    .orElse(text);
        }

        @Override
        public Fragment counted(Node.Counted counted) {
            Fragment all = print(counted.all(), Set.of(), near);
            String count = "(select count(*) as count" + all.body() + ") n left join ";
            String alias = counted.page().alias();
            Fragment page = print(counted.page(), needed, near).wrapped(alias, needed);
            return page.from(count + page.from() + " on true");
        }

        @Override
        public Fragment withList(Node.WithList with) {
            Ref from = new Ref(with.from(), with.relation().join().near());
            Set<Ref> below = new LinkedHashSet<>(needed);
            below.add(from);
            Fragment record = print(with.source(), below, near);
            Fragment list = print(with.list(), needed, record.reference(from));
            if (list.limit().isEmpty() && list.aliases().size() == 1) {
                String joined = with.relation().join() instanceof Join.Through ? "(" + list.from() + ")" : list.from();
                return record.from(record.from() + " left join " + joined + " on " + list.conditions())
                        .with(list.aliases())
                        .orderedBy(list.order());
            }
            Fragment lateral = list.wrapped(with.alias(), needed);
            return record.from(record.from() + " left join lateral " + lateral.from() + " on true")
                    .with(lateral)
                    .orderedBy(list.order());
        }
    }
}
