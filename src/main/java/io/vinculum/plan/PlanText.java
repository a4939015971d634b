package io.vinculum.plan;

import io.vinculum.condition.Condition;
import io.vinculum.condition.ConditionText;
import io.vinculum.selection.Selection.Paging;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a plan for people: a node a line, its source below it; values are question marks. */
final class PlanText implements Node.Visitor<Void> {
    private final StringBuilder text = new StringBuilder();
    private int depth;

    String of(Level level) {
        level(level);
        return text.toString();
    }

    private void level(Level level) {
        if (level instanceof Level.Read read) {
            read(read);
        } else if (level instanceof Level.Ask ask) {
            String what = ask.relation()
                    .map(relation -> "ask for " + relation.name() + " ("
                            + relation.target().name() + ") of all parents at once")
                    .orElse("ask for " + ask.selection().entity().name());
            line(what + (ask.count() ? " and count all" : ""));
            ask.pairs().ifPresent(pairs -> line("  by the pairs of " + pairs.via()));
        }
        depth++;
        level.children().forEach(this::level);
        depth--;
    }

    private void read(Level.Read read) {
        String columns = read.columns().stream()
                .map(column -> column.alias() + "." + column.field().name())
                .collect(Collectors.joining(", "));
        line("read " + (columns.isEmpty() ? "nothing" : columns) + (read.withDeleted() ? " with deleted rows" : ""));
        below(read.rows());
    }

    private void line(String line) {
        text.append("  ".repeat(depth)).append(line).append('\n');
    }

    private Void below(Node node) {
        depth++;
        node.accept(this);
        depth--;
        return null;
    }

    private static String where(List<Condition> filters) {
        return filters.isEmpty()
                ? ""
                : " where "
                        + filters.stream()
                                .map(ConditionText::of)
                                .filter(one -> !one.equals("everything"))
                                .collect(Collectors.joining(" and "));
    }

    @Override
    public Void scan(Node.Scan scan) {
        line(("scan " + scan.entity().name() + " " + scan.alias() + where(scan.filters())).replaceAll(" where $", ""));
        return null;
    }

    @Override
    public Void related(Node.Related related) {
        line(of("rows of ", related.relation().toString(), related.alias(), related.filters()));
        return null;
    }

    private static String of(String what, String relation, String alias, List<Condition> filters) {
        return (what + relation + " " + alias + where(filters)).replaceAll(" where $", "");
    }

    @Override
    public Void listBelow(Node.ListBelow below) {
        line(of("batch ", below.relation().toString(), below.alias(), below.filters()));
        return null;
    }

    @Override
    public Void pageBelow(Node.PageBelow below) {
        line("for each parent");
        return below(below.page());
    }

    @Override
    public Void lookUp(Node.LookUp lookUp) {
        String match = lookUp.match().name().toLowerCase(Locale.ROOT);
        line(of(
                "look up " + match + " ",
                lookUp.from() + "." + lookUp.relation().name(),
                lookUp.alias(),
                lookUp.filters()));
        return below(lookUp.source());
    }

    @Override
    public Void sort(Node.Sort sort) {
        line("sort "
                + sort.keys().stream()
                        .map(key -> key.column().alias() + "."
                                + key.column().field().name() + " "
                                + key.direction()
                                        .name()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', ' '))
                        .collect(Collectors.joining(", ")));
        return below(sort.source());
    }

    @Override
    public Void page(Node.Page page) {
        line("page" + paging(page.paging()));
        return below(page.source());
    }

    private static String paging(Paging paging) {
        return (paging.skip().isPresent() ? " skip ?" : "") + (paging.take().isPresent() ? " take ?" : "");
    }

    @Override
    public Void counted(Node.Counted counted) {
        line("count all beside");
        return below(counted.page());
    }

    @Override
    public Void withList(Node.WithList with) {
        line("with its " + with.relation().name());
        below(with.source());
        return below(with.list());
    }
}
