package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.catalog.Relation.Ownership;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.write.Closure.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a removal leads to, and the statements that write it: links before records, each in its order. */
final class RemovalPlan {
    private final Catalog catalog;
    private final boolean soft;

    RemovalPlan(Catalog catalog, boolean soft) {
        this.catalog = catalog;
        this.soft = soft;
    }

    boolean soft() {
        return soft;
    }

    /**
     * One way on from records of a model.
     *
     * @param unties whether the records it leads to only lose their reference, and stay
     * @param ask makes the statement that answers pairs: a key of the model, and one that it leads to
     */
    record Way(Model to, boolean unties, Function<List<Object>, Statement> ask) {}

    List<Way> ways(Model model) {
        List<Way> ways = new ArrayList<>();
        for (Link link : catalog.linksOf(model)) {
            for (Side near : link.sides()) {
                Side far = link.other(near);
                if (!link.readOnly()
                        && near.model() == model
                        && far.deleteCascade()
                        && !far.model().remote()) {
                    ways.add(new Way(
                            far.model(),
                            false,
                            keys -> soft
                                    ? RemovalSql.softLinks(link, near, keys)
                                    : RemovalSql.hardLinks(link, near, keys)));
                }
            }
        }
        for (Relation relation : model.relations().values()) {
            boolean unties = relation.ownership() == Ownership.OPTIONAL;
            if (relation.ownership() == Ownership.REQUIRED || (unties && !soft)) {
                ways.add(new Way((Model) relation.target(), unties, keys -> RemovalSql.children(relation, keys, soft)));
            }
        }
        return ways;
    }

    /** The statements in order, and where the answers are that tell what went. */
    private record Statements(List<Statement> all, Map<Integer, Link> links, Map<Integer, Model> models) {
        Statements() {
            this(new ArrayList<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        }

        void add(Link link, Statement statement) {
            links.put(all.size(), link);
            all.add(statement);
        }

        void add(Model model, Statement statement) {
            models.put(all.size(), model);
            all.add(statement);
        }
    }

    /** Writes all of a closure whose records are locked; the statements are sent at once. */
    Future<Removed> remove(Session session, Closure closure, boolean rootsStay) {
        Statements statements = new Statements();
        if (!soft) {
            // A parent may go before its children.
            statements.all().add(Statement.of("set constraints all deferred"));
        }
        links(closure, statements);
        if (!soft) {
            pivots(closure, statements.all());
            untie(closure, statements.all());
        }
        records(closure, rootsStay, statements);
        if (!soft) {
            statements.all().add(Statement.of("set constraints all immediate"));
        }
        return Pipeline.run(session, statements.all()).map(answers -> {
            Removed removed = new Removed();
            statements.links().forEach((i, link) -> answers.get(i).forEach(row -> removed.add(link, row)));
            statements.models().forEach((i, model) -> removed.add(model, firstColumn(answers.get(i))));
            return removed;
        });
    }

    /** The links whose rows go, by name. */
    Collection<Link> links(Closure closure) {
        TreeMap<String, Link> touched = new TreeMap<>();
        closure.models()
                .forEach(model -> catalog.linksOf(model).stream()
                        .filter(link -> !link.readOnly())
                        .forEach(link -> touched.put(link.name(), link)));
        return touched.values();
    }

    /** The records of a closure, and the names of the unchecked links whose rows go. */
    WriteLocks locks(Closure closure) {
        WriteLocks locks = closure.locks();
        links(closure).stream().filter(link -> !link.checked()).forEach(link -> locks.share(new LinkSql(link).name()));
        return locks;
    }

    /** What deletes the old entries of the journal, once nothing else is to be locked. */
    List<Statement> forget(Closure closure) {
        return soft
                ? List.of()
                : closure.models().stream()
                        .map(model -> RemovalSql.forget(model, closure.keys(model)))
                        .toList();
    }

    private void links(Closure closure, Statements into) {
        links(closure).forEach(link -> {
            List<Object> first = closure.keys(link.first().model());
            List<Object> second = closure.keys(link.second().model());
            into.add(
                    link,
                    soft
                            ? RemovalSql.softDeleteLinks(link, first, second)
                            : RemovalSql.deleteLinks(link, first, second));
        });
    }

    private static void pivots(Closure closure, List<Statement> into) {
        for (Relation relation : betweens(closure.models())) {
            into.addAll(RecordSql.clearPivot(
                    Objects.requireNonNull(relation.pivot()), closure.keys((Model) relation.owner())));
        }
    }

    /** The many-to-many relations of models, in the order in which all writes lock the rows of the tables between. */
    static List<Relation> betweens(Collection<Model> models) {
        return models.stream()
                .flatMap(model -> model.relations().values().stream())
                .filter(relation -> relation.pivot() != null)
                .sorted(Comparator.comparing(relation ->
                        String.valueOf(Objects.requireNonNull(relation.pivot()).table())))
                .toList();
    }

    private static void untie(Closure closure, List<Statement> into) {
        for (Model model : closure.models()) {
            model.relations().values().stream()
                    .filter(relation -> relation.ownership() == Ownership.OPTIONAL)
                    .forEach(relation -> into.add(RemovalSql.untie(relation, closure.keys(model))));
        }
    }

    private void records(Closure closure, boolean rootsStay, Statements into) {
        for (Model model : closure.models()) {
            List<Object> keys = new ArrayList<>();
            List<@Nullable Member> causes = new ArrayList<>();
            closure.of(model).forEach((key, cause) -> {
                if (cause != null || !rootsStay) {
                    keys.add(key);
                    causes.add(cause);
                }
            });
            if (!keys.isEmpty()) {
                into.add(model, soft ? RemovalSql.softDelete(model, keys, causes) : RemovalSql.delete(model, keys));
            }
        }
    }

    static List<Object> firstColumn(Collection<Row> rows) {
        List<Object> values = new ArrayList<>(rows.size());
        rows.forEach(row -> values.add(row.getValue(0)));
        return values;
    }
}
