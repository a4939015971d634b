package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Model;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.write.Closure.Edge;
import io.vinculum.write.Closure.Member;
import io.vinculum.write.RemovalPlan.Way;
import io.vinculum.write.Write.Removing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    /** What hangs on the records of links, as far as they are here; for who locks it before it can be removed. */
    static Removal ofSides(Catalog catalog, List<LinkInput> links) {
        Map<Model, List<Object>> sides = new LinkedHashMap<>();
        for (LinkInput link : links) {
            sides.computeIfAbsent(link.link().first().model(), model -> new ArrayList<>())
                    .add(link.first());
            sides.computeIfAbsent(link.link().second().model(), model -> new ArrayList<>())
                    .add(link.second());
        }
        sides.keySet().removeIf(Model::remote);
        return new Removal(catalog, Removing.HARD, false, sides);
    }

    /** Locks, checks and writes; fails with {@code CONFLICT} when what hangs on the records grows faster than that. */
    Future<Removed> run(Session session) {
        boolean leadsOn =
                roots.models().stream().anyMatch(model -> !plan.ways(model).isEmpty());
        return (leadsOn ? discover(session) : Future.succeededFuture(roots))
                .compose(closure -> locked(session, closure, TRIES))
                .compose(closure -> plan.remove(session, closure, rootsStay))
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

    /** Locks the records of a closure and answers what it is now; when it grew, begins with what it grew to. */
    private Future<Closure> locked(Session session, Closure closure, int tries) {
        RecordLocks locks = closure.locks();
        List<Hop> hops = hops(closure);
        List<Statement> statements = new ArrayList<>(List.of(SAVEPOINT));
        statements.addAll(locks.statements());
        hops.forEach(hop -> statements.add(hop.statement()));
        int locking = 1 + locks.models().size();
        return Pipeline.run(session, statements).compose(answers -> {
            Set<Member> going = going(locks.models(), answers.subList(1, locking));
            List<Edge> edges = edges(hops, answers.subList(locking, answers.size()));
            Closure now = Closure.reach(roots, edges, member -> going.contains(member) || !closure.has(member));
            if (closure.contains(now)) {
                return Future.succeededFuture(now);
            }
            return tries == 0
                    ? Future.failedFuture(Pipeline.conflict())
                    : session.run(UNLOCK)
                            .compose(unlocked -> discover(session))
                            .compose(grown -> locked(session, grown, tries - 1));
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
