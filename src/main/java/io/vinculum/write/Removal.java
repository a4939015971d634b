package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.catalog.Model;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.write.Closure.Edge;
import io.vinculum.write.Closure.Member;
import io.vinculum.write.RemovalPlan.Way;
import io.vinculum.write.Write.Removing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes records away with their links, the children that need them, and the records that links cascade to. All records
 * of this closure are found, then locked in order, then looked for again: if it grew meanwhile the locks are released
 * and it begins anew, three times. What a soft removal took is kept in a journal with its cause, so that a restore
 * brings back exactly that, and never what was dismissed before.
 */
final class Removal {
    private static final int TRIES = 3;
    private static final Statement SAVEPOINT = Statement.of("savepoint removal");
    private static final Statement UNLOCK = Statement.of("rollback to savepoint removal");

    private final Catalog catalog;
    private final RemovalPlan plan;
    private final boolean rootsStay;
    private final Closure roots;

    private Removal(Catalog catalog, Removing how, boolean rootsStay, Map<Model, List<Object>> roots) {
        this.catalog = catalog;
        this.plan = new RemovalPlan(catalog, how == Removing.SOFT);
        this.rootsStay = rootsStay;
        this.roots = Closure.of(roots);
    }

    /** Deletes records and what hangs on them; keys that are not there are ignored. */
    static Removal of(Catalog catalog, Write.RemoveRecords write) {
        return new Removal(catalog, write.how(), false, Map.of(write.model(), write.keys()));
    }

    /** Soft-deletes what hangs on records that were deleted elsewhere; the records themselves are never touched. */
    static Removal of(Catalog catalog, Write.DeleteLinked write) {
        return new Removal(catalog, Removing.SOFT, true, write.records());
    }

    /** What hangs on any records of this database; for who locks it before it can be removed. */
    static Removal of(Catalog catalog, Map<Model, List<Object>> records) {
        return new Removal(catalog, Removing.HARD, false, records);
    }

    /** The records that it is asked for. */
    Closure roots() {
        return roots;
    }

    /**
     * Locks, checks and writes; fails with {@code CONFLICT} when what hangs on the records grows faster than that.
     *
     * @param atEnd takes statements that must come last in the transaction
     */
    Future<Removed> run(Session session, Held held, Consumer<Statement> atEnd) {
        boolean leadsOn =
                roots.models().stream().anyMatch(model -> !plan.ways(model).isEmpty());
        return (leadsOn ? discover(session) : Future.succeededFuture(roots))
                .compose(closure -> locked(session, held, closure, TRIES))
                .compose(closure -> {
                    plan.forget(closure).forEach(atEnd);
                    return plan.remove(session, closure, rootsStay);
                })
                .recover(cause -> Future.failedFuture(BrokenRule.explain(catalog, cause)));
    }

    /** What would go, without any lock; a level of the closure is one statement for each link and relation. */
    Future<Closure> discover(Session session) {
        Set<Member> known = new HashSet<>();
        roots.forEachMember((member, cause) -> known.add(member));
        return discover(session, roots, known, new ArrayList<>());
    }

    private Future<Closure> discover(Session session, Closure level, Set<Member> known, List<Edge> all) {
        List<Hop> hops = hops(level);
        return Pipeline.run(session, hops.stream().map(Hop::statement).toList()).compose(answers -> {
            List<Edge> edges = edges(hops, answers);
            all.addAll(edges);
            Map<Model, List<Object>> next = new LinkedHashMap<>();
            edges.stream()
                    .filter(edge -> !edge.unties() && known.add(edge.to()))
                    .forEach(edge -> next.computeIfAbsent(edge.to().model(), model -> new ArrayList<>())
                            .add(edge.to().key()));
            return next.isEmpty()
                    ? Future.succeededFuture(Closure.reach(roots, all, member -> true))
                    : discover(session, Closure.of(next), known, all);
        });
    }

    /** What a closure locks. */
    WriteLocks locks(Closure closure) {
        return plan.locks(closure);
    }

    /** The links whose rows go with a closure. */
    Collection<Link> links(Closure closure) {
        return plan.links(closure);
    }

    /** The records on the other sides of a closure's live links of checked links. */
    Future<WriteLocks> neighbours(Session session, Closure closure) {
        List<Side> sides = new ArrayList<>();
        List<Statement> statements = new ArrayList<>();
        for (Link link : plan.links(closure)) {
            for (Side near : link.sides()) {
                List<Object> keys = closure.keys(near.model());
                if (link.checked() && !keys.isEmpty()) {
                    sides.add(link.other(near));
                    statements.add(RemovalSql.softLinks(link, near, keys));
                }
            }
        }
        return Pipeline.run(session, statements).map(answers -> {
            WriteLocks locks = new WriteLocks();
            for (int i = 0; i < sides.size(); i++) {
                List<Object> keys =
                        answers.get(i).stream().map(row -> row.getValue(1)).toList();
                locks.add(sides.get(i).model(), keys, WriteLocks.Strength.UPDATE);
            }
            return locks;
        });
    }

    /** Locks the records of a closure and answers what it is now; when it grew, begins with what it grew to. */
    private Future<Closure> locked(Session session, Held held, Closure closure, int tries) {
        WriteLocks locks = held.admitted(locks(closure));
        List<Hop> hops = hops(closure);
        List<Statement> statements = new ArrayList<>(List.of(SAVEPOINT));
        statements.addAll(locks.statements());
        int locking = statements.size();
        hops.forEach(hop -> statements.add(hop.statement()));
        return Pipeline.run(session, statements).compose(answers -> {
            Set<Member> going =
                    going(locks.models(), answers.subList(1, 1 + locks.models().size()));
            List<Edge> edges = edges(hops, answers.subList(locking, answers.size()));
            Closure now = Closure.reach(roots, edges, member -> going.contains(member) || !closure.has(member));
            if (closure.contains(now)) {
                return Future.succeededFuture(now);
            }
            return tries == 0
                    ? Future.failedFuture(Pipeline.conflict())
                    : session.run(UNLOCK)
                            .compose(unlocked -> discover(session))
                            .compose(grown -> locked(session, held, grown, tries - 1));
        });
    }

    /** The locked records that go: those that are there, soft-deleted ones only for good; and those deleted elsewhere. */
    private Set<Member> going(List<Model> models, List<List<Row>> answers) {
        Set<Member> going = new HashSet<>();
        for (int i = 0; i < models.size(); i++) {
            for (Row row : answers.get(i)) {
                if (!plan.soft() || row.getBoolean(1)) {
                    going.add(new Member(models.get(i), row.getValue(0)));
                }
            }
        }
        if (rootsStay) {
            roots.forEachMember((member, cause) -> going.add(member));
        }
        return going;
    }

    /** A way on from the records of one model, asked for their keys. */
    private record Hop(Model from, Way way, Statement statement) {}

    private List<Hop> hops(Closure closure) {
        List<Hop> hops = new ArrayList<>();
        for (Model model : closure.models()) {
            List<Object> keys = closure.keys(model);
            plan.ways(model)
                    .forEach(way -> hops.add(new Hop(model, way, way.ask().apply(keys))));
        }
        return hops;
    }

    private static List<Edge> edges(List<Hop> hops, List<List<Row>> answers) {
        List<Edge> edges = new ArrayList<>();
        for (int i = 0; i < hops.size(); i++) {
            Hop hop = hops.get(i);
            answers.get(i)
                    .forEach(row -> edges.add(new Edge(
                            new Member(hop.from(), row.getValue(0)),
                            new Member(hop.way().to(), row.getValue(1)),
                            hop.way().unties())));
        }
        return edges;
    }
}
