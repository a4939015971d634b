package io.vinculum.write;

import io.vertx.core.Future;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Link;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.write.Closure.Member;
import io.vinculum.write.RecordLocks.Strength;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What several writes of one transaction lock before the first of them writes, so that two transactions whose writes
 * come in different orders do not wait for each other: the records of all of them, then the rows of their links.
 */
final class WritePlan {
    private static final int TRIES = 3;

    private final Catalog catalog;
    private final RecordLocks records = new RecordLocks();
    private final List<LinkInput> links = new ArrayList<>();
    private final List<LinkInput> made = new ArrayList<>();
    private final Set<Member> created = new HashSet<>();
    private final List<Removal> removals = new ArrayList<>();
    private final List<Restoration> restorations = new ArrayList<>();

    WritePlan(Catalog catalog, List<Write> writes) {
        this.catalog = catalog;
        Reader reader = new Reader();
        writes.forEach(write -> write.accept(reader));
        if (!removals.isEmpty()) {
            // What is linked first may go with what is deleted later, and no lock may become stronger meanwhile.
            removals.add(Removal.ofSides(catalog, made));
            records.atLeast(Strength.UPDATE);
        }
    }

    /**
     * Takes the locks.
     *
     * @return the records that were not there, and are not made by these writes; fails with {@code CONFLICT} when what
     *     hangs on the records grows faster than it can be locked
     */
    Future<Set<Member>> lock(Session session) {
        return discover(session)
                .compose(locks -> records(session, locks, TRIES))
                .compose(absent -> links(session).map(absent));
    }

    private Future<RecordLocks> discover(Session session) {
        RecordLocks locks = new RecordLocks();
        locks.addAll(records);
        Future<Void> found = Future.succeededFuture();
        for (Removal removal : removals) {
            found = found.compose(done -> removal.discover(session)).map(closure -> add(locks, closure.locks()));
        }
        for (Restoration restoration : restorations) {
            found = found.compose(done -> restoration.discover(session)).map(more -> add(locks, more));
        }
        return found.map(all -> locks);
    }

    private static Void add(RecordLocks all, RecordLocks more) {
        all.addAll(more);
        return null;
    }

    private Future<Set<Member>> records(Session session, RecordLocks locks, int tries) {
        return session.run(Statement.of("savepoint plan"))
                .compose(saved -> locks.lock(session))
                .compose(answers -> discover(session).compose(now -> {
                    if (locks.contains(now)) {
                        Set<Member> absent = locks.absent(answers);
                        absent.removeAll(created);
                        return Future.succeededFuture(absent);
                    }
                    return tries == 0
                            ? Future.failedFuture(Pipeline.conflict())
                            : session.run(Statement.of("rollback to savepoint plan"))
                                    .compose(unlocked -> records(session, now, tries - 1));
                }));
    }

    private Future<Void> links(Session session) {
        return Future.succeededFuture().compose(ready -> {
            List<Statement> statements = new ArrayList<>();
            for (Map.Entry<Link, List<LinkInput>> entry :
                    LinkWriter.merged(links).entrySet()) {
                LinkSql sql = new LinkSql(entry.getKey());
                if (sql.oneAtATime()) {
                    statements.add(sql.lock());
                }
                statements.add(sql.lockPairs(entry.getValue()));
            }
            return Pipeline.run(session, statements).mapEmpty();
        });
    }

    private Void add(RecordLocks locks) {
        records.addAll(locks);
        return null;
    }

    private final class Reader implements Write.Visitor<Void> {
        @Override
        public Void create(Write.CreateRecords write) {
            write.records()
                    .forEach(record -> Optional.ofNullable(
                                    record.values().get(write.model().key()))
                            .ifPresent(key -> created.add(new Member(write.model(), key))));
            return add(new RecordWriter(catalog, write).createLocks());
        }

        @Override
        public Void update(Write.UpdateRecords write) {
            return add(new RecordWriter(catalog, write).updateLocks());
        }

        @Override
        public Void remove(Write.RemoveRecords write) {
            removals.add(Removal.of(catalog, write));
            return null;
        }

        @Override
        public Void restore(Write.RestoreRecords write) {
            restorations.add(Restoration.of(catalog, write));
            return null;
        }

        @Override
        public Void createLinks(Write.CreateLinks write) {
            links.addAll(write.links());
            made.addAll(write.links());
            LinkWriter.merged(write.links()).forEach((link, pairs) -> {
                RecordLocks held = new LinkSql(link).held(pairs, false);
                // Pairs of several writes are not made in order, so their records are not shared.
                held.atLeast(Strength.NO_KEY_UPDATE);
                records.addAll(held);
            });
            return null;
        }

        @Override
        public Void dismissLinks(Write.DismissLinks write) {
            links.addAll(write.links());
            LinkWriter.merged(write.links())
                    .forEach((link, pairs) -> records.addAll(new LinkSql(link).heldToDismiss(pairs)));
            return null;
        }

        @Override
        public Void deleteLinked(Write.DeleteLinked write) {
            removals.add(Removal.of(catalog, write));
            return null;
        }

        @Override
        public Void restoreLinked(Write.RestoreLinked write) {
            restorations.add(Restoration.of(catalog, write));
            return null;
        }
    }
}
