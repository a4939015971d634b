package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Model;
import io.vinculum.database.Database;
import io.vinculum.database.Database.Commit;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.deadline.Deadline;
import io.vinculum.event.Events;
import io.vinculum.write.Closure.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The one way to write: records and links, all of a request in one transaction, or nothing; events after the commit. */
public final class Writes {
    /** How long a request of the bus or of HTTP may take, its wait for a connection included. */
    public static final Duration REQUEST_DEADLINE = Duration.ofSeconds(10);

    private final Database database;
    private final Catalog catalog;
    private final Events events;

    public Writes(Database database, Catalog catalog, Events events) {
        this.database = database;
        this.catalog = catalog;
        this.events = events;
    }

    /** What can be written. */
    public Catalog catalog() {
        return catalog;
    }

    /** Writes without an end in time. */
    public Future<Written> run(Write write) {
        return run(write, Deadline.NONE);
    }

    /**
     * Writes.
     *
     * @param within how long it may take, null for no end; over time it fails with {@code TIMEOUT}, and nothing is
     *     written; once the commit is sent, its outcome is awaited
     */
    public Future<Written> run(Write write, @Nullable Duration within) {
        return run(write, deadline(within));
    }

    private static Deadline deadline(@Nullable Duration within) {
        return within == null ? Deadline.NONE : Deadline.after(within);
    }

    /** Writes; rolled back when the deadline ends before the commit is sent, and then fails with {@code TIMEOUT}. */
    public Future<Written> run(Write write, Deadline deadline) {
        Execution execution = write.accept(new Executor(Held.NOTHING, new ArrayList<>()));
        return database.transaction(
                        execution.work(),
                        execution.pipelined() ? Commit.PIPELINED : Commit.AWAITED,
                        deadline,
                        this::<Written>explained)
                .onSuccess(written -> written.publish(events));
    }

    /** Writes several things in their order, all of them or nothing, without an end in time. */
    public Future<List<Written>> run(List<Write> writes) {
        return run(writes, (Duration) null);
    }

    /** Writes several things in their order, all of them or nothing; in time, as {@link #run(Write, Duration)}. */
    public Future<List<Written>> run(List<Write> writes, @Nullable Duration within) {
        if (writes.size() == 1) {
            return run(writes.get(0), within).map(List::of);
        }
        return database.transaction(
                        session -> new WritePlan(catalog, writes)
                                .lock(session)
                                .compose(held -> severally(session, writes, held)),
                        Commit.AWAITED,
                        deadline(within),
                        this::<List<Written>>explained)
                .onSuccess(all -> all.forEach(written -> written.publish(events)));
    }

    /** Writes what {@code graph.write} takes; answers one answer for each write. */
    public Future<JsonArray> graphWrite(@Nullable Object request, @Nullable Duration within) {
        return run(WriteReader.read(catalog, request), within).map(all -> {
            JsonArray answers = new JsonArray();
            all.forEach(written -> answers.add(written.answer()));
            return answers;
        });
    }

    /**
     * Writes inside a transaction of the caller's; events leave after its commit. After a failure the caller may do
     * nothing with the transaction but roll it back. Two writes of one transaction lock in the order in which they come,
     * so one call for each record or link that others write too may end in a deadlock, which PostgreSQL breaks.
     */
    public Future<Written> inside(Session session, Write write) {
        Future<?> saved = session.run(Statement.of("savepoint inside"));
        return saved.compose(ready -> write.accept(new Executor(Held.NOTHING, new ArrayList<>()))
                        .work()
                        .apply(session))
                .recover(cause -> cause instanceof Unexplained unexplained
                        ? session.run(Statement.of("rollback to savepoint inside"))
                                .compose(back -> unexplained.reason(session))
                                .compose(Future::failedFuture)
                        : Future.failedFuture(BrokenRule.explain(catalog, cause)))
                .onSuccess(written -> session.afterCommit(() -> written.publish(events)));
    }

    /** A record that comes to be there behind the locks of all writes would be locked out of order; so it is not there. */
    private List<Write> withoutAbsent(List<Write> writes, Set<Member> absent) {
        return absent.isEmpty()
                ? writes
                : writes.stream().map(write -> withoutAbsent(write, absent)).toList();
    }

    private Write withoutAbsent(Write write, Set<Member> absent) {
        if (write instanceof Write.RemoveRecords remove) {
            return new Write.RemoveRecords(
                    remove.model(), present(remove.model(), remove.keys(), absent), remove.how());
        }
        if (write instanceof Write.RestoreRecords restore) {
            return new Write.RestoreRecords(restore.model(), present(restore.model(), restore.keys(), absent));
        }
        if (write instanceof Write.CreateRecords create) {
            refuseAbsent(new RecordWriter(catalog, create).createLocks(true), absent, "nothing was created");
        }
        if (write instanceof Write.UpdateRecords update) {
            refuseAbsent(new RecordWriter(catalog, update).updateLocks(true), absent, "nothing was updated");
        }
        if (write instanceof Write.CreateLinks create) {
            LinkWriter.merged(create.links())
                    .forEach((link, pairs) ->
                            refuseAbsent(new LinkSql(link).held(pairs, true), absent, "nothing was linked"));
        }
        return write;
    }

    private static void refuseAbsent(WriteLocks wanted, Set<Member> absent, String consequence) {
        Set<Member> missing = wanted.among(absent);
        if (!missing.isEmpty()) {
            throw new Unexplained(reader -> wanted.missing(reader, consequence, missing));
        }
    }

    private static List<Object> present(Model model, List<Object> keys, Set<Member> absent) {
        return keys.stream()
                .filter(key -> !absent.contains(new Member(model, key)))
                .toList();
    }

    private Future<List<Written>> severally(Session session, List<Write> writes, Held held) {
        List<Statement> atEnd = new ArrayList<>();
        Executor executor = new Executor(held, atEnd);
        return inTurn(session, withoutAbsent(writes, held.absent()), executor, new ArrayList<>())
                .compose(done -> Pipeline.run(session, atEnd).map(done));
    }

    private Future<List<Written>> inTurn(Session session, List<Write> writes, Executor executor, List<Written> done) {
        if (done.size() == writes.size()) {
            return Future.succeededFuture(done);
        }
        return writes.get(done.size()).accept(executor).work().apply(session).compose(written -> {
            done.add(written);
            return inTurn(session, writes, executor, done);
        });
    }

    /** The reason of a refusal is looked up after the rollback, as others see it. */
    private <T> Future<T> explained(Throwable cause) {
        return cause instanceof Unexplained unexplained
                ? database.snapshot(unexplained::reason).compose(Future::failedFuture)
                : Future.failedFuture(BrokenRule.explain(catalog, cause));
    }

    /** How one write is carried out. */
    private record Execution(boolean pipelined, Function<Session, Future<Written>> work) {}

    /** Carries writes out; what must come last is added to a list, and a single write does it itself. */
    private final class Executor implements Write.Visitor<Execution> {
        private final Held held;
        private final List<Statement> atEnd;

        Executor(Held held, List<Statement> atEnd) {
            this.held = held;
            this.atEnd = atEnd;
        }

        private Execution cascading(BiFunction<Session, Consumer<Statement>, Future<Written>> work) {
            return new Execution(
                    false,
                    session -> held.locks() != null
                            ? work.apply(session, atEnd::add)
                            : alone(session, work, new ArrayList<>()));
        }

        private Future<Written> alone(
                Session session, BiFunction<Session, Consumer<Statement>, Future<Written>> work, List<Statement> last) {
            return work.apply(session, last::add)
                    .compose(written -> Pipeline.run(session, last).map(written));
        }

        @Override
        public Execution create(Write.CreateRecords write) {
            RecordWriter writer = new RecordWriter(catalog, write);
            return new Execution(writer.pipelined(), writer::create);
        }

        @Override
        public Execution update(Write.UpdateRecords write) {
            RecordWriter writer = new RecordWriter(catalog, write);
            return new Execution(false, writer::update);
        }

        @Override
        public Execution remove(Write.RemoveRecords write) {
            return cascading((session, last) -> Removal.of(catalog, write)
                    .run(session, held, last)
                    .map(removed -> removed.written("deleted", write.model(), write.keys())));
        }

        @Override
        public Execution restore(Write.RestoreRecords write) {
            return cascading((session, last) -> Restoration.of(catalog, write)
                    .run(session, held, last)
                    .map(restored -> restored.written("restored", write.model(), write.keys())));
        }

        @Override
        public Execution createLinks(Write.CreateLinks write) {
            boolean pipelined = new LinkWriter(write.links()).pipelined();
            return new Execution(pipelined, session -> new LinkWriter(write.links()).create(session));
        }

        @Override
        public Execution dismissLinks(Write.DismissLinks write) {
            return new Execution(true, session -> new LinkWriter(write.links()).dismiss(session, held.locks() != null));
        }

        @Override
        public Execution deleteLinked(Write.DeleteLinked write) {
            return cascading((session, last) ->
                    Removal.of(catalog, write).run(session, held, last).map(removed -> removed.written("deleted")));
        }

        @Override
        public Execution restoreLinked(Write.RestoreLinked write) {
            return cascading((session, last) -> Restoration.of(catalog, write)
                    .run(session, held, last)
                    .map(restored -> restored.written("restored")));
        }
    }
}
