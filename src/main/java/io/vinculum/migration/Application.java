package io.vinculum.migration;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vinculum.catalog.Table;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.database.SqlState;
import io.vinculum.database.Statement;
import io.vinculum.database.Violation;
import io.vinculum.ddl.Change;
import io.vinculum.ddl.Ddl;
import io.vinculum.ddl.TableSpec;
import io.vinculum.ddl.Work;
import io.vinculum.ddl.Work.Later;
import io.vinculum.ddl.Work.Lock;
import io.vinculum.ddl.Work.Mode;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.migration.MigrationPlan.PlannedChange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Applies a plan on one connection: the transaction, then what follows it. Stopped anywhere, it leaves a state from
 * which the next comparison lists just what is left.
 */
final class Application {
    /** Below the time after which PostgreSQL looks for deadlocks, so that no other statement is ended for one. */
    private static final long MOST_WHILE_HOLDING = 800;

    private final Session session;
    private final LockWait wait;
    private final MigrationPlan plan;
    private final Renaming renaming;
    private final DatabaseState before;
    private final List<TableSpec> specs;
    private final Function<String, Future<Void>> beforeEach;

    /** When waiting for locks began in this attempt, and whether one is held. */
    private long began;

    private boolean holding;

    Application(
            Database database,
            Session session,
            MigrationPlan plan,
            Comparison comparison,
            List<TableSpec> specs,
            Function<String, Future<Void>> beforeEach) {
        this.session = session;
        this.wait = new LockWait(database, session, plan.options());
        this.plan = plan;
        this.renaming = comparison.renaming();
        this.before = comparison.before();
        this.specs = specs;
        this.beforeEach = beforeEach;
    }

    Future<Void> run() {
        Map<Table, Mode> locks = locks();
        Future<Void> done = wait.patiently(() -> transaction(locks), locks.keySet(), false);
        for (PlannedChange step : plan.steps()) {
            for (Later later : step.work().later()) {
                done = done.compose(before -> later(step.change(), later));
            }
        }
        return done;
    }

    /** The tables that are there before, with the strongest lock that any change needs; in the order of their names. */
    private Map<Table, Mode> locks() {
        Map<Table, Mode> locks = new TreeMap<>((one, two) -> one.toString().compareTo(two.toString()));
        for (PlannedChange step : plan.steps()) {
            for (Lock lock : step.work().locks()) {
                Table old = renaming.before(lock.table());
                if (before.tables().containsKey(old)) {
                    locks.merge(old, lock.mode(), (one, two) -> one.compareTo(two) > 0 ? one : two);
                }
            }
        }
        if (before.version() < OwnTables.newest()) {
            before.tables().keySet().stream()
                    .filter(table -> table.schema().equals(OwnTables.SCHEMA))
                    .forEach(table -> locks.put(table, Mode.ACCESS_EXCLUSIVE));
        }
        return locks;
    }

    private Future<Void> transaction(Map<Table, Mode> locks) {
        began = System.nanoTime();
        holding = false;
        Future<Void> done = session.script("begin");
        for (Map.Entry<Table, Mode> lock : locks.entrySet()) {
            done = done.compose(ok -> lock(lock.getKey(), lock.getValue()));
        }
        done = done.compose(ok -> session.script(lockTimeout()));
        for (PlannedChange step : plan.steps()) {
            for (String sql : step.work().inside()) {
                done = done.compose(ok -> script(sql))
                        .recover(cause -> Future.failedFuture(explained(step.change(), cause, UNCHANGED)));
            }
        }
        return done.compose(ok -> beforeEach.apply("record"))
                .compose(ok -> Tracking.write(session, specs))
                .compose(ok -> script("commit"))
                .recover(cause -> session.script("rollback").transform(ended -> Future.failedFuture(cause)));
    }

    private Future<Void> script(String sql) {
        return beforeEach.apply(sql).compose(ok -> session.script(sql));
    }

    private Future<Void> lock(Table table, Mode mode) {
        return script(lockTimeout() + "; lock table " + Ddl.name(table) + " in " + mode.sql() + " mode")
                .onSuccess(locked -> holding = true);
    }

    /** What is left of the time that others may be held up for. */
    private String lockTimeout() {
        long spent = (System.nanoTime() - began) / 1_000_000;
        long whole = plan.options().lockTimeout().toMillis();
        long left = Math.max(50, whole - spent);
        return "set local lock_timeout = " + (holding ? Math.min(left, MOST_WHILE_HOLDING) : Math.max(1, whole));
    }

    private static final String UNCHANGED = "the migration cannot be applied; nothing was changed:\n";
    private static final String STOPPED =
            "the migration stopped; what was done before stays, and 'vinculum migrate' continues from there:\n";

    private Future<Void> later(Change change, Later later) {
        boolean concurrently = later.way() == Work.Way.CONCURRENTLY;
        long timeout = concurrently
                ? plan.options().patience().toMillis()
                : plan.options().lockTimeout().toMillis();
        Set<Table> tables = new LinkedHashSet<>(List.of(later.table()));
        return session.script("set lock_timeout = " + Math.max(1, timeout))
                .compose(set -> wait.patiently(() -> attempt(later), tables, concurrently))
                .recover(cause -> Future.failedFuture(explained(change, cause, STOPPED)));
    }

    private Future<Void> attempt(Later later) {
        if (later.way() == Work.Way.REPEATED) {
            Promise<Void> ended = Promise.promise();
            repeat(later, ended);
            return ended.future();
        }
        Future<Void> done = script(later.sql());
        return later.cleanup().isEmpty()
                ? done
                : done.recover(
                        cause -> session.script(later.cleanup()).transform(cleaned -> Future.failedFuture(cause)));
    }

    /** Not one chain of futures: a large table takes thousands of rounds. */
    private void repeat(Later later, Promise<Void> ended) {
        beforeEach
                .apply(later.sql())
                .compose(ok -> session.change(Statement.of(later.sql())))
                .onFailure(ended::fail)
                .onSuccess(changed -> {
                    if (changed == 0) {
                        ended.complete();
                    } else {
                        repeat(later, ended);
                    }
                });
    }

    /** A change that the rows do not admit, with the first row that is in its way. */
    private static Throwable explained(Change change, Throwable cause, String prefix) {
        if (cause instanceof Failure failure) {
            return new Failure(failure.code(), prefix + "cannot " + change.text() + ": " + failure.getMessage());
        }
        String state = SqlState.of(cause);
        if (state.equals(SqlState.CHECK_VIOLATION) || state.startsWith(SqlState.DATA_EXCEPTION)) {
            return Failure.invalid(
                    prefix + "cannot " + change.text() + ": some rows do not admit it; change them first");
        }
        return Violation.of(cause)
                .<Throwable>map(violation -> Failure.invalid(prefix + "cannot " + change.text() + ": the rows with "
                        + String.join(", ", violation.columns()) + " '" + violation.values()
                        + "' do not admit it; change them first"))
                .orElse(cause);
    }

    /** Why a plan may not be applied, if so. */
    static Future<MigrationPlan> allowed(MigrationPlan plan) {
        if (!plan.refusals().isEmpty()) {
            return Future.failedFuture(
                    Failure.invalid(UNCHANGED + plan.summary().strip()));
        }
        List<String> missing = new ArrayList<>(plan.missingOptions());
        if (missing.isEmpty()) {
            return Future.succeededFuture(plan);
        }
        String why = plan.destructive() && !plan.options().allowDestructive()
                ? "would destroy data"
                : "would lock a table while all of its rows are written again";
        return Future.failedFuture(new Failure(
                FailureCode.NOT_ALLOWED,
                "the migration " + why + "; nothing was changed. See 'vinculum migrate --plan', then run "
                        + "'vinculum migrate " + String.join(" ", missing) + "':\n"
                        + plan.summary().strip()));
    }
}
