package io.vinculum.migration;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Table;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.database.SqlState;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Tries what others hold up again, after growing pauses in which they pass. */
final class LockWait {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** Any number that no other program uses for an advisory lock; these are the letters of the name. */
    private static final String KEY = "x'76696e63756c756d'::bit(64)::int8";

    private static final String TRY = "select pg_try_advisory_lock(" + KEY + ")";

    private static final String MIGRATING = """
            select a.pid, a.application_name, extract(epoch from clock_timestamp() - a.query_start)::int8
            from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where l.granted and l.locktype = 'advisory' and l.pid <> pg_backend_pid()
              and (l.classid::int8 << 32) | l.objid::int8 = %s
              and l.database = (select oid from pg_database where datname = current_database())
            """.formatted(KEY);

    private static final String HOLDERS = """
            select distinct a.pid, a.application_name, extract(epoch from clock_timestamp() - a.query_start)::int8
            from pg_locks l
            join pg_stat_activity a on a.pid = l.pid
            join pg_class c on c.oid = l.relation
            join pg_namespace n on n.oid = c.relnamespace
            where l.granted and l.pid <> pg_backend_pid() and n.nspname || '.' || c.relname = any($1::text[])
              and l.database = (select oid from pg_database where datname = current_database())
            order by 3 desc limit 5
            """;

    /** A concurrent index waits for every transaction that may still see the table without it. */
    private static final String OLDER = """
            select a.pid, a.application_name, extract(epoch from clock_timestamp() - a.query_start)::int8
            from pg_stat_activity a
            where a.pid <> pg_backend_pid() and a.datname = current_database()
              and (a.backend_xid is not null or a.backend_xmin is not null)
            order by 3 desc limit 5
            """;

    private final Database database;
    private final Session session;
    private final MigrationOptions options;

    LockWait(Database database, Session session, MigrationOptions options) {
        this.database = database;
        this.session = session;
        this.options = options;
    }

    /** Takes the lock of migrations; asked for again and again, since who waits inside a statement holds up indexes. */
    Future<Void> acquire() {
        return acquire(FIRST_PAUSE, System.nanoTime());
    }

    private Future<Void> acquire(Duration pause, long began) {
        return session.run(Statement.of(TRY)).compose(rows -> {
            if (rows.get(0).getBoolean(0)) {
                return Future.succeededFuture();
            }
            if (spent(began)) {
                return session.run(Statement.of(MIGRATING))
                        .compose(holders -> Future.failedFuture(waited("the lock of another migration", holders)));
            }
            // Short, so that many nodes that start at once are soon through.
            Duration next = pause.multipliedBy(2).compareTo(Duration.ofSeconds(1)) > 0
                    ? Duration.ofSeconds(1)
                    : pause.multipliedBy(2);
            return database.pause(pause).compose(passed -> acquire(next, began));
        });
    }

    private boolean spent(long began) {
        return System.nanoTime() - began >= options.patience().toNanos();
    }

    /** Runs an attempt until no lock holds it up; each attempt must leave nothing behind when it fails. */
    Future<Void> patiently(Supplier<Future<Void>> attempt, Collection<Table> tables, boolean concurrently) {
        return patiently(attempt, tables, concurrently, FIRST_PAUSE, System.nanoTime());
    }

    private Future<Void> patiently(
            Supplier<Future<Void>> attempt,
            Collection<Table> tables,
            boolean concurrently,
            Duration pause,
            long began) {
        return attempt.get().recover(cause -> {
            String state = SqlState.of(cause);
            if (!state.equals(SqlState.LOCK_NOT_AVAILABLE) && !state.equals(SqlState.DEADLOCK)) {
                return Future.failedFuture(cause);
            }
            if (spent(began)) {
                return holders(tables, concurrently)
                        .compose(holders -> Future.failedFuture(waited("a lock on " + names(tables), holders)));
            }
            Duration doubled = pause.multipliedBy(2);
            Duration next = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
            return database.pause(pause).compose(passed -> patiently(attempt, tables, concurrently, next, began));
        });
    }

    private Future<List<Row>> holders(Collection<Table> tables, boolean concurrently) {
        Object names = tables.stream().map(Table::toString).toArray(String[]::new);
        return session.run(concurrently ? Statement.of(OLDER) : Statement.of(HOLDERS, names));
    }

    private static String names(Collection<Table> tables) {
        return tables.stream().map(Table::toString).sorted().limit(5).collect(Collectors.joining(", "));
    }

    private Failure waited(String what, List<Row> holders) {
        String who = holders.stream()
                .map(row -> "process " + row.getInteger(0) + " ('" + row.getString(1) + "', its statement began "
                        + row.getLong(2) + " s ago)")
                .collect(Collectors.joining(", "));
        return new Failure(
                FailureCode.TIMEOUT,
                "the migration waited " + options.patience().toSeconds() + " s for " + what + ", held by "
                        + (who.isEmpty() ? "someone who is gone now" : who)
                        + "; end that, or wait for it, then run 'vinculum migrate' again");
    }
}
