package io.vinculum.write;

import io.vertx.core.Future;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.write.Closure.Member;
import io.vinculum.write.WriteLocks.Strength;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What several writes of one transaction lock before the first of them writes, so that two transactions whose writes
 * come in different orders do not wait for each other. What a write can see or make only after an earlier one is locked
 * too: what hangs on any record that is linked, restored or removed, and the other sides of its links.
 */
final class WritePlan {
    private static final int TRIES = 3;

    private final Catalog catalog;
    private final WriteLocks known = new WriteLocks();
    private final Set<Link> made = new LinkedHashSet<>();
    private final Set<Member> created = new HashSet<>();
    private final List<Removal> removals = new ArrayList<>();
    private final List<Restoration> restorations = new ArrayList<>();

    WritePlan(Catalog catalog, List<Write> writes) {
        this.catalog = catalog;
        Reader reader = new Reader(withUniqueValues(writes));
        writes.forEach(write -> write.accept(reader));
    }

    /** Models that one write alone gives unique values; those of others are locked by name. */
    private static Set<Model> withUniqueValues(List<Write> writes) {
        Map<Model, Integer> counts = new HashMap<>();
        boolean creating = true;
        for (Write write : writes) {
            if (write instanceof Write.CreateRecords create) {
                counts.merge(create.model(), 1, Integer::sum);
            } else {
                creating &= write instanceof Write.CreateLinks || write instanceof Write.DismissLinks;
            }
        }
        counts.values().removeIf(count -> count > 1);
        return creating ? counts.keySet() : Set.of();
    }

    /**
     * Takes the locks.
     *
     * @return what is held; fails with {@code CONFLICT} when what hangs on the records grows faster than it can be locked
     */
    Future<Held> lock(Session session) {
        return discover(session).compose(locks -> locked(session, locks, TRIES));
    }

    private Future<Held> locked(Session session, WriteLocks locks, int tries) {
        return session.run(Statement.of("savepoint plan"))
                .compose(saved -> locks.lock(session))
                .compose(answers -> discover(session).compose(now -> {
                    if (locks.contains(now)) {
                        Set<Member> absent = locks.absent(answers);
                        absent.removeAll(created);
                        return Future.succeededFuture(new Held(locks, absent));
                    }
                    return tries == 0
                            ? Future.failedFuture(Pipeline.conflict())
                            : session.run(Statement.of("rollback to savepoint plan"))
                                    .compose(unlocked -> locked(session, now, tries - 1));
                }));
    }

    private Future<WriteLocks> discover(Session session) {
        WriteLocks locks = new WriteLocks();
        locks.addAll(known);
        Future<WriteLocks> found = Future.succeededFuture(locks);
        for (Restoration restoration : restorations) {
            found = found.compose(done -> add(locks, restoration.discover(session)));
        }
        return found.compose(done -> removals.isEmpty() ? found(locks) : hanging(session, locks))
                .map(all -> {
                    all.aloneWithLinks();
                    // No lock may become stronger later.
                    if (!removals.isEmpty() || !restorations.isEmpty()) {
                        all.atLeast(Strength.UPDATE);
                    }
                    return all;
                });
    }

    private static Future<WriteLocks> found(WriteLocks locks) {
        return Future.succeededFuture(locks);
    }

    private static Future<WriteLocks> add(WriteLocks all, Future<WriteLocks> more) {
        return more.map(found -> {
            all.addAll(found);
            return all;
        });
    }

    /** What hangs on all records so far may go, wherever the writes between take them. */
    private Future<WriteLocks> hanging(Session session, WriteLocks locks) {
        removals.forEach(removal -> locks.addAll(removal.locks(removal.roots())));
        Removal all = Removal.of(catalog, locks.records());
        return all.discover(session).compose(closure -> {
            locks.addAll(all.locks(closure));
            Set<Link> touched = new LinkedHashSet<>(made);
            touched.addAll(all.links(closure));
            touched.stream()
                    .filter(link -> new LinkSql(link).limited())
                    .forEach(link -> locks.alone("vinculum.several." + link.name()));
            return restorations.isEmpty() ? found(locks) : takenNow(session, locks, all, closure);
        });
    }

    /** What these writes take they may also bring back: the other sides of its links, and what was taken before. */
    private Future<WriteLocks> takenNow(Session session, WriteLocks locks, Removal all, Closure closure) {
        Map<Model, List<Object>> members = new LinkedHashMap<>();
        closure.models().forEach(model -> members.put(model, closure.keys(model)));
        return add(locks, all.neighbours(session, closure))
                .compose(done -> add(locks, Restoration.of(catalog, members).discover(session)))
                .map(done -> {
                    locks.counts().keySet().forEach(model -> new UniqueValues(model, true).alone(locks));
                    return locks;
                });
    }

    private final class Reader implements Write.Visitor<Void> {
        private final Set<Model> byValue;

        Reader(Set<Model> byValue) {
            this.byValue = byValue;
        }

        private Void records(Model model, WriteLocks locks) {
            known.addAll(locks);
            if (!byValue.contains(model)) {
                new UniqueValues(model, true).alone(known);
            }
            return null;
        }

        @Override
        public Void create(Write.CreateRecords write) {
            write.records()
                    .forEach(record -> Optional.ofNullable(
                                    record.values().get(write.model().key()))
                            .ifPresent(key -> created.add(new Member(write.model(), key))));
            return records(write.model(), new RecordWriter(catalog, write).createLocks(true));
        }

        @Override
        public Void update(Write.UpdateRecords write) {
            return records(write.model(), new RecordWriter(catalog, write).updateLocks(true));
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
            made.addAll(LinkWriter.merged(write.links()).keySet());
            return links(write.links());
        }

        @Override
        public Void dismissLinks(Write.DismissLinks write) {
            return links(write.links());
        }

        /** Rows of several writes are not locked in order, so their records are not shared with anyone. */
        private Void links(List<LinkInput> inputs) {
            LinkWriter.merged(inputs).forEach((link, pairs) -> {
                WriteLocks held = new LinkSql(link).held(pairs, false);
                held.atLeast(Strength.UPDATE);
                known.addAll(held);
            });
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
