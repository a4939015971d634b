package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.catalog.Model;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.write.Closure.Member;
import io.vinculum.write.Journal.Coming;
import io.vinculum.write.Journal.TakenLink;
import io.vinculum.write.RestorationSql.Pairs;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Brings back what a soft removal took, by its journal: reads the journal, locks the records in order, reads it again,
 * and begins anew, three times, when it grew meanwhile.
 */
final class Restoration {
    private static final int TRIES = 3;

    private final Catalog catalog;
    private final boolean rootsToo;
    private final Set<Member> roots = new LinkedHashSet<>();

    private Restoration(Catalog catalog, boolean rootsToo, Map<Model, List<Object>> records) {
        this.catalog = catalog;
        this.rootsToo = rootsToo;
        records.forEach((model, keys) -> keys.forEach(key -> roots.add(new Member(model, key))));
    }

    /** Brings soft-deleted records back, with what their deletion took. */
    static Restoration of(Catalog catalog, Write.RestoreRecords write) {
        return new Restoration(catalog, true, Map.of(write.model(), write.keys()));
    }

    /** Brings back what a removal of links took; the records themselves are never touched, and taken to be there. */
    static Restoration of(Catalog catalog, Write.RestoreLinked write) {
        return new Restoration(catalog, false, write.records());
    }

    /** What was taken with any records; for who locks it before it can be restored. */
    static Restoration of(Catalog catalog, Map<Model, List<Object>> records) {
        return new Restoration(catalog, true, records);
    }

    /**
     * Locks, checks and writes.
     *
     * @param atEnd takes statements that must come last in the transaction
     */
    Future<Removed> run(Session session, Held held, Consumer<Statement> atEnd) {
        return read(session, new Journal(), roots, new HashSet<>(roots))
                .compose(journal -> locked(session, held, journal, TRIES))
                .compose(coming -> {
                    if (!coming.causes().isEmpty()) {
                        atEnd.accept(RestorationSql.forget(coming.causes()));
                    }
                    return restore(session, coming);
                });
    }

    /** The locks that it would take, without any; for who locks more than this. */
    Future<WriteLocks> discover(Session session) {
        return read(session, new Journal(), roots, new HashSet<>(roots)).map(this::locks);
    }

    private WriteLocks locks(Journal journal) {
        WriteLocks locks = new WriteLocks();
        byModel(roots).forEach((model, keys) -> locks.add(model, keys, WriteLocks.Strength.UPDATE));
        journal.lock(locks);
        // It makes rows of several links live, so it is alone with those that are not checked.
        locks.aloneWithLinks();
        locks.counts().forEach((model, count) -> new UniqueValues(model, false).restored(locks, count));
        return locks;
    }

    private Future<Journal> read(Session session, Journal journal, Collection<Member> causes, Set<Member> known) {
        Map<Model, List<Object>> byModel = byModel(causes);
        List<Statement> statements = new ArrayList<>();
        byModel.forEach((model, keys) -> statements.add(RestorationSql.journal(model, keys)));
        return Pipeline.run(session, statements).compose(answers -> {
            List<Member> next = new ArrayList<>();
            int i = 0;
            for (Model model : byModel.keySet()) {
                journal.add(catalog, model, answers.get(i++)).stream()
                        .filter(known::add)
                        .forEach(next::add);
            }
            return next.isEmpty() ? Future.succeededFuture(journal) : read(session, journal, next, known);
        });
    }

    private static Map<Model, List<Object>> byModel(Collection<Member> members) {
        Map<Model, List<Object>> byModel = new TreeMap<>(Comparator.comparing(Model::name));
        members.forEach(member -> byModel.computeIfAbsent(member.model(), model -> new ArrayList<>())
                .add(member.key()));
        return byModel;
    }

    private Future<Coming> locked(Session session, Held held, Journal journal, int tries) {
        WriteLocks locks = held.admitted(locks(journal));
        List<Statement> statements = new ArrayList<>(List.of(Statement.of("savepoint restoration")));
        statements.addAll(locks.statements());
        return Pipeline.run(session, statements)
                .compose(answers -> read(session, new Journal(), roots, new HashSet<>(roots))
                        .compose(now -> {
                            if (now.within(journal)) {
                                return Future.succeededFuture(coming(now, locks.models(), answers));
                            }
                            return tries == 0
                                    ? Future.failedFuture(Pipeline.conflict())
                                    : session.run(Statement.of("rollback to savepoint restoration"))
                                            .compose(unlocked -> locked(session, held, now, tries - 1));
                        }));
    }

    /** A record comes back when nothing else happened to it since the removal. */
    private Coming coming(Journal journal, List<Model> models, List<List<Row>> answers) {
        Map<Member, OffsetDateTime> deleted = new HashMap<>();
        for (int i = 0; i < models.size(); i++) {
            for (Row row : answers.get(i + 1)) {
                if (!row.getBoolean(1)) {
                    deleted.put(new Member(models.get(i), row.getValue(0)), row.getOffsetDateTime(2));
                }
            }
        }
        List<Member> causes = roots.stream()
                .filter(root -> !rootsToo || deleted.containsKey(root))
                .toList();
        Coming coming = journal.from(causes, (record, at) -> {
            OffsetDateTime when = deleted.get(record);
            return when != null && when.isEqual(at);
        });
        if (rootsToo) {
            coming.records().addAll(causes);
        }
        return coming;
    }

    private Future<Removed> restore(Session session, Coming coming) {
        Removed restored = new Removed();
        List<Statement> statements = new ArrayList<>();
        Map<Model, List<Object>> records = byModel(coming.records());
        records.forEach((model, keys) -> statements.add(RestorationSql.restore(model, keys)));
        coming.links().forEach((link, taken) -> statements.add(RestorationSql.candidates(pairs(link, taken))));
        return Pipeline.run(session, statements)
                .recover(cause -> Future.failedFuture(BrokenRule.explain(catalog, cause)))
                .compose(answers -> {
                    int i = 0;
                    for (Model model : records.keySet()) {
                        restored.add(model, RemovalPlan.firstColumn(answers.get(i++)));
                    }
                    Map<Link, List<Row>> candidates = new LinkedHashMap<>();
                    for (Link link : coming.links().keySet()) {
                        candidates.put(link, answers.get(i++));
                    }
                    return revive(session, candidates, restored);
                });
    }

    private static Pairs pairs(Link link, List<TakenLink> taken) {
        return new Pairs(
                link,
                taken.stream().map(TakenLink::first).toList(),
                taken.stream().map(TakenLink::second).toList(),
                taken.stream().map(TakenLink::at).toList());
    }

    private Future<Removed> revive(Session session, Map<Link, List<Row>> candidates, Removed restored) {
        List<Statement> statements = new ArrayList<>();
        Map<Integer, Link> revived = new LinkedHashMap<>();
        List<Statement> handed = new ArrayList<>();
        candidates.forEach((link, rows) -> {
            Choice choice = choose(link, rows);
            choice.skipped().forEach(row -> restored.skip(link, row.getValue(2)));
            if (!choice.revived().isEmpty()) {
                revived.put(statements.size(), link);
                statements.add(RestorationSql.revive(link, column(choice.revived(), 0), column(choice.revived(), 1)));
            }
            choice.waiting()
                    .forEach((side, waiting) -> handed.add(RestorationSql.handOver(
                            new Pairs(
                                    link,
                                    column(waiting, 0),
                                    column(waiting, 1),
                                    waiting.stream()
                                            .map(row -> row.getOffsetDateTime(7))
                                            .toList()),
                            side)));
        });
        statements.addAll(handed);
        return Pipeline.run(session, statements)
                .recover(cause -> Future.failedFuture(
                        revived.values().stream().anyMatch(link -> Cardinality.refused(link, cause))
                                ? Pipeline.conflict()
                                : cause))
                .map(answers -> {
                    revived.forEach((i, link) -> answers.get(i).forEach(row -> restored.add(link, row)));
                    return restored;
                });
    }

    private static List<Object> column(List<Row> rows, int column) {
        List<Object> values = new ArrayList<>(rows.size());
        rows.forEach(row -> values.add(row.getValue(column)));
        return values;
    }

    /** Which links come back, which wait for a deleted record of a side, and which stay away, those that wait too. */
    private record Choice(List<Row> revived, Map<Side, List<Row>> waiting, List<Row> skipped) {}

    /** Where two links want one place, the one that went last has it. */
    private Choice choose(Link link, List<Row> rows) {
        Choice choice = new Choice(new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
        Set<Object> firstTaken = new HashSet<>();
        Set<Object> secondTaken = new HashSet<>();
        rows.stream()
                .sorted(Comparator.comparing((Row row) -> row.getOffsetDateTime(7))
                        .reversed())
                .forEach(row -> {
                    boolean firstThere = row.getBoolean(5) || isRoot(link.first(), row.getValue(0));
                    boolean secondThere = row.getBoolean(6) || isRoot(link.second(), row.getValue(1));
                    boolean free = row.getBoolean(3)
                            && row.getBoolean(4)
                            && !(link.exclusive(link.first()) && firstTaken.contains(row.getValue(0)))
                            && !(link.exclusive(link.second()) && secondTaken.contains(row.getValue(1)));
                    if (firstThere && secondThere && free) {
                        firstTaken.add(row.getValue(0));
                        secondTaken.add(row.getValue(1));
                        choice.revived().add(row);
                        return;
                    }
                    choice.skipped().add(row);
                    if (!firstThere || !secondThere) {
                        choice.waiting()
                                .computeIfAbsent(firstThere ? link.second() : link.first(), side -> new ArrayList<>())
                                .add(row);
                    }
                });
        return choice;
    }

    /** Who restores what hangs on records says that they are there. */
    private boolean isRoot(Side side, Object key) {
        return !rootsToo && roots.contains(new Member(side.model(), key));
    }
}
