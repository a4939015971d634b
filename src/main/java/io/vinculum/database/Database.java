package io.vinculum.database;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A pool of connections to one PostgreSQL; everything it answers fails with a {@link Failure}. */
public final class Database {
    /** One for each event loop of HTTP; of fewer connections than this none is shared. */
    private static final int SHARED = 2;

    private static final int FEWEST_TO_SHARE = 8;

    /** How long a look-up may hold up the others on its connection. */
    private static final Duration LONGEST_LOOK_UP = Duration.ofMillis(250);

    private static final String BEGIN_SNAPSHOT = "begin isolation level repeatable read read only";

    /** Whatever the planner makes of tables that were empty when it looked: by key, a row is found by its index. */
    private static final Map<String, String> BY_KEY =
            Map.of("enable_seqscan", "off", "enable_hashjoin", "off", "enable_mergejoin", "off");

    private final Vertx vertx;
    private final DatabaseSettings settings;
    private final Pool pool;
    private final @Nullable SqlClient shared;
    private final Generation generation = new Generation();
    private final DeadlineWatch watch;
    private final Transactions transactions;

    private Database(Vertx vertx, DatabaseSettings settings, Pool pool, @Nullable SqlClient shared) {
        this.vertx = vertx;
        this.settings = settings;
        this.pool = pool;
        this.shared = shared;
        this.watch = new DeadlineWatch(vertx);
        this.transactions = new Transactions(vertx, pool, generation, settings.writeTimeout());
    }

    /**
     * Makes the pool; connections are opened when they are needed.
     *
     * @throws Failure {@code INVALID_DATA} when the URI is none of PostgreSQL
     */
    public static Database open(Vertx vertx, DatabaseSettings settings) {
        int shares = settings.connections() >= FEWEST_TO_SHARE ? SHARED : 0;
        return new Database(
                vertx,
                settings,
                Pools.leased(vertx, settings, settings.connections() - shares, Map.of()),
                shares == 0 ? null : Pools.shared(vertx, settings, shares, LONGEST_LOOK_UP));
    }

    /**
     * A pool of a few connections of its own to the same database, for statements that find rows by their keys and must
     * not wait behind others.
     */
    public Database byKey(int connections) {
        return new Database(vertx, settings, Pools.leased(vertx, settings, connections, BY_KEY), null);
    }

    /** Runs one reading statement by itself; tried again, three times, when the connection was lost under it. */
    public Future<List<Row>> read(Statement statement) {
        return read(Deadline.NONE, session -> session.run(statement));
    }

    /**
     * Runs reading work that is one statement, and so a snapshot by itself; tried again like {@link #read(Statement)}.
     *
     * @param deadline when it ends, the statement is cancelled in PostgreSQL; to be {@link #watching watched}
     */
    public <T> Future<T> read(Deadline deadline, Function<Session, Future<T>> work) {
        return again(
                () -> Lease.of(
                        pool,
                        deadline,
                        Lease.Kind.READ,
                        (connection, lease) -> single(connection, lease, deadline, work)),
                deadline);
    }

    private <T> Lease.Work<T> single(
            SqlConnection connection, Lease<T> lease, Deadline deadline, Function<Session, Future<T>> work) {
        Future<T> worked = started(work, session(connection, lease::cancel, deadline));
        return new Lease.Work<>(worked, worked);
    }

    static <T> Future<T> started(Function<Session, Future<T>> work, Session session) {
        try {
            return work.apply(session);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    /** Whether there are connections for {@link #lookUp}. */
    public boolean looksUp() {
        return shared != null;
    }

    /**
     * Runs one reading statement that finds few rows by their keys, on a connection that it shares with others: it is never
     * cancelled, so it must be short by itself.
     *
     * @return the answer; fails with {@link NotShort} when it is to be read by {@link #read(Deadline, Function)} instead
     */
    public <T> Future<T> lookUp(Deadline deadline, Function<Session, Future<T>> work) {
        SqlClient client = shared;
        if (client == null) {
            return Future.failedFuture(new NotShort());
        }
        int seen = generation.number();
        Promise<T> answer = Promise.promise();
        Runnable ended = () -> deadline.ended().ifPresent(answer::tryFail);
        deadline.onEnd(ended);
        started(work, session(client, () -> {}, deadline))
                .onComplete(
                        value -> {
                            deadline.forget(ended);
                            answer.tryComplete(value);
                        },
                        cause -> {
                            deadline.forget(ended);
                            answer.tryFail(
                                    SqlFailures.tookTooLong(cause)
                                                    || SqlFailures.worthReadingAgain(cause)
                                                    || generation.outdatedSince(seen, cause)
                                            ? new NotShort()
                                            : cause instanceof NotShort ? cause : SqlFailures.of(cause));
                        });
        return answer.future();
    }

    /** A look-up that was not as short as it must be, or lost its connection. */
    public static final class NotShort extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public NotShort() {
            super("this is read on a connection of its own", null, false, false);
        }
    }

    /** Notices when the deadline of some work is over, until the work is done. */
    public <T> Future<T> watching(Deadline deadline, Future<T> work) {
        return watch.until(deadline, work);
    }

    /** Runs one writing statement by itself that may as well run twice; tried again like {@link #read}. */
    public Future<List<Row>> write(Statement statement) {
        return read(statement);
    }

    /**
     * Runs the work in one transaction: all of it is committed, or nothing. Tried again, at most three times, when
     * PostgreSQL broke a deadlock; so the work must have no other effect.
     */
    public <T> Future<T> transaction(Function<Session, Future<T>> work) {
        return transaction(work, Commit.AWAITED, Deadline.NONE, Future::failedFuture);
    }

    /** When the commit of a transaction is sent. */
    public enum Commit {
        /** Once the work has succeeded. */
        AWAITED,
        /**
         * Behind the statements that the work sent at once, without waiting for what they answer: they must decide by
         * themselves whether they write, and the work may send no others later.
         */
        PIPELINED
    }

    /**
     * The same within a deadline: its end rolls back and is {@code TIMEOUT}; once the commit is sent, its outcome is
     * awaited.
     *
     * @param deadline how long it may take, a wait for a connection included
     * @param explain what is made of what the work failed with, after the rollback and before it is put in our vocabulary
     */
    public <T> Future<T> transaction(
            Function<Session, Future<T>> work,
            Commit commit,
            Deadline deadline,
            Function<Throwable, Future<T>> explain) {
        return watch.until(deadline, transactions.run(work, commit, deadline))
                .recover(explain)
                .recover(cause -> Future.failedFuture(SqlFailures.of(cause)));
    }

    /** Runs reading work whose statements all see the same state; tried again when the connection was lost. */
    public <T> Future<T> snapshot(Function<Session, Future<T>> work) {
        return snapshot(Deadline.NONE, work);
    }

    /**
     * Runs reading work whose statements all see the same state; tried again when the connection was lost. The answer does
     * not wait for the end of the transaction.
     *
     * @param deadline when it ends, what runs is cancelled in PostgreSQL
     */
    public <T> Future<T> snapshot(Deadline deadline, Function<Session, Future<T>> work) {
        return again(
                () -> Lease.of(
                        pool,
                        deadline,
                        Lease.Kind.READ,
                        (connection, lease) -> repeatable(connection, lease, deadline, work)),
                deadline);
    }

    private <T> Lease.Work<T> repeatable(
            SqlConnection connection, Lease<T> lease, Deadline deadline, Function<Session, Future<T>> work) {
        AtomicReference<@Nullable Future<Void>> committed = new AtomicReference<>();
        Runnable commit =
                () -> committed.set(connection.query("commit").execute().mapEmpty());
        Session session = new Session(connection, lease::cancel, generation.number(), deadline, commit);
        // Not awaited: the first statement follows it on the wire, and fails too if it fails.
        Future<Void> begun = session.script(BEGIN_SNAPSHOT);
        Future<T> worked = started(work, session);
        Future<T> answer = worked.compose(value -> begun.map(value));
        Future<Void> idle = answer.transform(done -> {
            Future<Void> sent = committed.get();
            // After a failed statement a commit rolls back too.
            return (sent == null ? session.script(done.succeeded() ? "commit" : "rollback") : sent)
                    .transform(ended -> idle(done.cause(), ended.cause()));
        });
        return new Lease.Work<>(answer, idle);
    }

    private static Future<Void> idle(@Nullable Throwable cause, @Nullable Throwable ended) {
        if (ended != null) {
            return Future.failedFuture(new Lease.Unusable(ended));
        }
        return cause == null ? Future.succeededFuture() : Future.failedFuture(cause);
    }

    /** Reads again on another connection; the pool may hold several that were cut at the same moment. */
    private <T> Future<T> again(Supplier<Future<T>> read, Deadline deadline) {
        return again(read, deadline, Retry.TIMES).recover(cause -> Future.failedFuture(SqlFailures.of(cause)));
    }

    private <T> Future<T> again(Supplier<Future<T>> read, Deadline deadline, int left) {
        int seen = generation.number();
        return read.get()
                .recover(cause -> left > 0
                                && !deadline.isOver()
                                && (SqlFailures.worthReadingAgain(cause) || generation.outdatedSince(seen, cause))
                        ? Retry.pause(vertx).compose(fired -> again(read, deadline, left - 1))
                        : Future.failedFuture(cause));
    }

    private Session session(SqlClient client, Runnable cancel, Deadline deadline) {
        return new Session(client, cancel, generation.number(), deadline);
    }

    /** Waits until the database answers; fails with {@code UNAVAILABLE} when it does not. */
    public Future<Void> ping() {
        return read(Statement.of("select 1")).mapEmpty();
    }

    /**
     * Waits like {@link #ping}, for those who operate the server: the failure names host, port and cause, which a caller
     * from outside must not see.
     */
    public Future<Void> reach() {
        return again(() -> pool.query("select 1").execute(), Deadline.NONE, Retry.TIMES)
                .<Void>mapEmpty()
                .recover(cause -> Future.failedFuture(DatabaseAddress.unreachable(settings.uri(), cause)));
    }

    public Future<Void> close() {
        watch.close();
        Future<Void> closed = shared == null ? Future.succeededFuture() : shared.close();
        return closed.eventually(pool::close);
    }

    /**
     * Runs the work on a connection of its own, outside of the pool and of any transaction; it is closed afterwards,
     * and with it go its settings and locks.
     *
     * @param name what PostgreSQL calls it in its lists of activity
     */
    public <T> Future<T> connection(String name, Function<Session, Future<T>> work) {
        PgConnectOptions options = Pools.options(vertx, settings, Map.of()).addProperty("application_name", name);
        return PgConnection.connect(vertx, options)
                // The statement under way fails with it, which is enough.
                .onSuccess(connection -> connection.exceptionHandler(lost -> {}))
                .compose(connection -> started(work, session(connection, () -> {}, Deadline.NONE))
                        .eventually(connection::close))
                .recover(cause -> Future.failedFuture(SqlFailures.of(cause)));
    }

    /** Waits without holding anything. */
    public Future<Void> pause(Duration duration) {
        return vertx.timer(Math.max(1, duration.toMillis()), TimeUnit.MILLISECONDS)
                .mapEmpty();
    }
}
