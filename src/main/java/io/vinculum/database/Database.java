package io.vinculum.database;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A pool of connections to one PostgreSQL; everything it answers fails with a {@link Failure}. */
public final class Database {
    private static final int RETRIES = 3;
    private static final int PIPELINE = 64;
    private static final int CACHED_STATEMENTS = 512;

    /** How late a deadline may be noticed; a timer for each request would cost more than the request. */
    private static final long WATCH_MILLIS = 50;

    private static final String BEGIN_SNAPSHOT = "begin isolation level repeatable read read only";

    /** Whatever the planner makes of tables that were empty when it looked: by key, a row is found by its index. */
    private static final Map<String, String> BY_KEY =
            Map.of("enable_seqscan", "off", "enable_hashjoin", "off", "enable_mergejoin", "off");

    private final Vertx vertx;
    private final DatabaseSettings settings;
    private final Pool pool;
    private final AtomicInteger generation = new AtomicInteger();
    private final Set<Deadline> watched = ConcurrentHashMap.newKeySet();
    private final long watch;

    private Database(Vertx vertx, DatabaseSettings settings, Pool pool) {
        this.vertx = vertx;
        this.settings = settings;
        this.pool = pool;
        this.watch = vertx.setPeriodic(WATCH_MILLIS, tick -> expire());
    }

    /**
     * Makes the pool; connections are opened when they are needed.
     *
     * @throws Failure {@code INVALID_DATA} when the URI is none of PostgreSQL
     */
    public static Database open(Vertx vertx, DatabaseSettings settings) {
        return open(vertx, settings, Map.of());
    }

    /**
     * A pool of a few connections of its own to the same database, for statements that find rows by their keys and must
     * not wait behind others.
     */
    public Database byKey(int connections) {
        return open(vertx, settings.withConnections(connections), BY_KEY);
    }

    private static Database open(Vertx vertx, DatabaseSettings settings, Map<String, String> properties) {
        PoolOptions pool = new PoolOptions()
                .setMaxSize(settings.connections())
                .setMaxWaitQueueSize(settings.waiting())
                .setConnectionTimeout((int) settings.readTimeout().toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                .setName("vinculum-database");
        Pool built = PgBuilder.pool()
                .with(pool)
                .with(new NetClientOptions()
                        .setConnectTimeout((int) settings.connectTimeout().toMillis()))
                .connectingTo(options(vertx, settings, properties))
                .using(vertx)
                .build();
        return new Database(vertx, settings, built);
    }

    private static PgConnectOptions options(Vertx vertx, DatabaseSettings settings, Map<String, String> properties) {
        PgConnectOptions options;
        try {
            options = Encryption.options(DatabaseAddress.reachable(settings.uri(), vertx.isNativeTransportEnabled()));
        } catch (IllegalArgumentException e) {
            throw Failure.invalid("the database's address must be like postgresql://user:password@host:5432/name");
        }
        options.setPipeliningLimit(PIPELINE)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(CACHED_STATEMENTS)
                .setPreparedStatementCacheSqlFilter(new RepeatedStatements());
        properties.forEach(options::addProperty);
        return options.addProperty("application_name", "vinculum")
                // Compiling a plan takes longer than any statement of this server.
                .addProperty("jit", "off")
                .addProperty("search_path", "pg_catalog")
                .addProperty("client_min_messages", "warning")
                .addProperty("TimeZone", "UTC")
                // Planned once for any values: the plans of this server's statements do not gain from seeing them.
                .addProperty("plan_cache_mode", "force_generic_plan")
                .addProperty(
                        "statement_timeout",
                        String.valueOf(settings.readTimeout().toMillis()))
                .addProperty(
                        "lock_timeout", String.valueOf(settings.readTimeout().toMillis()))
                .addProperty("idle_in_transaction_session_timeout", "60000");
    }

    /** Runs one reading statement by itself; tried again, three times, when the connection was lost under it. */
    public Future<List<Row>> read(Statement statement) {
        return read(Deadline.NONE, session -> session.run(statement));
    }

    /**
     * Runs reading work that is one statement, and so a snapshot by itself; tried again like {@link #read(Statement)}.
     *
     * @param deadline when it ends, the statement is cancelled in PostgreSQL
     */
    public <T> Future<T> read(Deadline deadline, Function<Session, Future<T>> work) {
        return again(() -> lease(deadline, lease -> connection -> single(connection, lease, work)), deadline);
    }

    private <T> Lease.Work<T> single(SqlConnection connection, Lease<T> lease, Function<Session, Future<T>> work) {
        Future<T> worked = started(work, session(connection, lease::cancel));
        return new Lease.Work<>(worked, worked);
    }

    private static <T> Future<T> started(Function<Session, Future<T>> work, Session session) {
        try {
            return work.apply(session);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private <T> Future<T> lease(Deadline deadline, Function<Lease<T>, Function<SqlConnection, Lease.Work<T>>> work) {
        Lease<T> lease = new Lease<>(deadline);
        deadline.onEnd(lease);
        pool.getConnection().onComplete(connection -> lease.begin(connection, work.apply(lease)), lease::fail);
        return deadline.limited()
                ? watching(deadline, lease.answer()).eventually(() -> forgotten(deadline, lease))
                : lease.answer();
    }

    private static Future<Void> forgotten(Deadline deadline, Runnable listener) {
        deadline.forget(listener);
        return Future.succeededFuture();
    }

    /** Notices when the deadline of some work is over, until the work is done. */
    public <T> Future<T> watching(Deadline deadline, Future<T> work) {
        if (!deadline.limited() || work.isComplete() || !watched.add(deadline)) {
            return work;
        }
        return work.onComplete(done -> watched.remove(deadline));
    }

    private void expire() {
        watched.forEach(deadline -> {
            if (deadline.passed()) {
                deadline.expire();
            }
        });
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
        return transaction(work, Commit.AWAITED, null, Future::failedFuture);
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
     * The same within a time: its end rolls back and is {@code TIMEOUT}; once the commit is sent, its outcome is awaited.
     *
     * @param within how long it may take, a wait for a connection included; null for no end
     * @param explain what is made of what the work failed with, after the rollback and before it is put in our vocabulary
     */
    public <T> Future<T> transaction(
            Function<Session, Future<T>> work,
            Commit commit,
            @Nullable Duration within,
            Function<Throwable, Future<T>> explain) {
        TransactionTimer timer = TransactionTimer.start(within, settings.writeTimeout());
        return attempt(work, commit, timer, RETRIES)
                .recover(explain)
                .recover(cause -> Future.failedFuture(SqlFailures.of(cause)));
    }

    private <T> Future<T> attempt(Function<Session, Future<T>> work, Commit commit, TransactionTimer timer, int left) {
        int seen = generation.get();
        return connection(timer, connection -> inside(connection, timer, commit, work))
                .recover(cause ->
                        left > 0 && !timer.over() && (SqlFailures.worthRetrying(cause) || outdated(cause, seen))
                                ? vertx.timer(ThreadLocalRandom.current().nextInt(5, 50), TimeUnit.MILLISECONDS)
                                        .compose(fired -> attempt(work, commit, timer, left - 1))
                                : Future.failedFuture(cause));
    }

    /** Waits for a connection no longer than there is time; one that comes too late goes back unused. */
    private <T> Future<T> connection(TransactionTimer timer, Function<SqlConnection, Future<T>> use) {
        if (!timer.limited()) {
            return pool.withConnection(use);
        }
        Promise<T> answer = Promise.promise();
        AtomicBoolean begun = new AtomicBoolean();
        long waiting = vertx.setTimer(Math.max(1, timer.left()), fired -> {
            if (begun.compareAndSet(false, true)) {
                answer.fail(TransactionTimer.failure());
            }
        });
        pool.withConnection(connection -> {
                    if (!begun.compareAndSet(false, true)) {
                        return Future.<T>failedFuture(TransactionTimer.failure());
                    }
                    vertx.cancelTimer(waiting);
                    return use.apply(connection);
                })
                .onComplete(answer::tryComplete, cause -> {
                    vertx.cancelTimer(waiting);
                    answer.tryFail(cause);
                });
        return answer.future();
    }

    private <T> Future<T> inside(
            SqlConnection connection, TransactionTimer timer, Commit commit, Function<Session, Future<T>> work) {
        if (timer.over()) {
            return Future.failedFuture(TransactionTimer.failure());
        }
        Session session = new Session(connection, () -> {}, generation.get(), timer);
        // Not awaited: the first statement follows it on the wire, and fails too if it fails.
        Future<Void> begun = session.script(timer.begin());
        Future<T> worked = started(work, session);
        if (commit == Commit.PIPELINED) {
            // After a failed statement this rolls back.
            Future<Void> ended = session.script("commit");
            return worked.transform(done -> ended.transform(over -> done.failed()
                    ? Future.failedFuture(done.cause())
                    : over.failed() ? Future.failedFuture(over.cause()) : begun.map(done.result())));
        }
        return worked.compose(value ->
                        timer.over() ? Future.failedFuture(TransactionTimer.failure()) : Future.succeededFuture(value))
                .transform(done -> done.succeeded()
                        ? begun.compose(ok -> session.script("commit")).map(done.result())
                        : session.script("rollback").transform(ended -> Future.failedFuture(done.cause())));
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
        return again(() -> lease(deadline, lease -> connection -> repeatable(connection, lease, work)), deadline);
    }

    private <T> Lease.Work<T> repeatable(SqlConnection connection, Lease<T> lease, Function<Session, Future<T>> work) {
        Session session = session(connection, lease::cancel);
        // Not awaited: the first statement follows it on the wire, and fails too if it fails.
        Future<Void> begun = session.script(BEGIN_SNAPSHOT);
        Future<T> worked = started(work, session);
        Future<T> answer = worked.compose(value -> begun.map(value));
        Future<Void> idle = answer.transform(done -> session.script(done.succeeded() ? "commit" : "rollback")
                .transform(ended -> done.succeeded() ? Future.succeededFuture() : Future.failedFuture(done.cause())));
        return new Lease.Work<>(answer, idle);
    }

    /** Reads again on another connection; the pool may hold several that were cut at the same moment. */
    private <T> Future<T> again(Supplier<Future<T>> read, Deadline deadline) {
        return again(read, deadline, RETRIES).recover(cause -> Future.failedFuture(SqlFailures.of(cause)));
    }

    private <T> Future<T> again(Supplier<Future<T>> read, Deadline deadline, int left) {
        int seen = generation.get();
        return read.get()
                .recover(cause -> left > 0
                                && !deadline.passed()
                                && (SqlFailures.worthReadingAgain(cause) || outdated(cause, seen))
                        ? vertx.timer(ThreadLocalRandom.current().nextInt(5, 50), TimeUnit.MILLISECONDS)
                                .compose(fired -> again(read, deadline, left - 1))
                        : Future.failedFuture(cause));
    }

    private Session session(SqlConnection connection, Runnable cancel) {
        return new Session(connection, cancel, generation.get(), null);
    }

    /** Whether a migration outdated what connections have prepared; then all statements are prepared again. */
    private boolean outdated(Throwable cause, int seen) {
        boolean outdated = SqlFailures.outdatedPlan(cause);
        if (outdated) {
            generation.compareAndSet(seen, seen + 1);
        }
        return outdated;
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
        return again(() -> pool.query("select 1").execute(), Deadline.NONE, RETRIES)
                .<Void>mapEmpty()
                .recover(cause -> Future.failedFuture(DatabaseAddress.unreachable(settings.uri(), cause)));
    }

    public Future<Void> close() {
        vertx.cancelTimer(watch);
        return pool.close();
    }

    /**
     * Runs the work on a connection of its own, outside of the pool and of any transaction; it is closed afterwards,
     * and with it go its settings and locks.
     *
     * @param name what PostgreSQL calls it in its lists of activity
     */
    public <T> Future<T> connection(String name, Function<Session, Future<T>> work) {
        PgConnectOptions options = options(vertx, settings, Map.of()).addProperty("application_name", name);
        return PgConnection.connect(vertx, options)
                // The statement under way fails with it, which is enough.
                .onSuccess(connection -> connection.exceptionHandler(lost -> {}))
                .compose(connection ->
                        started(work, session(connection, () -> {})).eventually(connection::close))
                .recover(cause -> Future.failedFuture(SqlFailures.of(cause)));
    }

    /** Waits without holding anything. */
    public Future<Void> pause(Duration duration) {
        return vertx.timer(Math.max(1, duration.toMillis()), TimeUnit.MILLISECONDS)
                .mapEmpty();
    }
}
