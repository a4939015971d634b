package io.vinculum.migration;

import io.vertx.core.Future;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Table;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.ddl.Change;
import io.vinculum.ddl.ChangeValues;
import io.vinculum.ddl.IndexChange;
import io.vinculum.ddl.TableSpec;
import io.vinculum.migration.MigrationPlan.PlannedChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Brings the tables of one database in line with a catalog. */
public final class Migration {
    private static final String NAME = "vinculum migration";

    /** Statements of a migration may take long; looks at the rows may take a minute each. */
    private static final String UNBOUNDED = "set statement_timeout = 0; set lock_timeout = 0";

    private static final String BOUNDED = "set statement_timeout = 60000; set lock_timeout = 2000";

    private final Database database;
    private final List<TableSpec> specs;
    private final Function<String, Future<Void>> beforeEach;

    public Migration(Database database, Catalog catalog) {
        this(database, catalog, statement -> Future.succeededFuture());
    }

    /** With something that is asked before each statement, so that a test may stop it there. */
    Migration(Database database, Catalog catalog, Function<String, Future<Void>> beforeEach) {
        this.database = database;
        this.specs = TableSpec.of(catalog);
        this.beforeEach = beforeEach;
    }

    /** What {@link #apply} would do; changes nothing. */
    public Future<MigrationPlan> plan() {
        return plan(MigrationOptions.DEFAULT);
    }

    public Future<MigrationPlan> plan(MigrationOptions options) {
        return database.connection(
                NAME,
                session -> session.script(BOUNDED)
                        .compose(set -> compare(session))
                        .compose(comparison -> plan(session, comparison, options)));
    }

    /** The same as {@link #apply(MigrationOptions)}, which never rewrites a table. */
    public Future<MigrationPlan> apply(boolean allowDestructive) {
        return apply(MigrationOptions.DEFAULT.allowingDestructive(allowDestructive));
    }

    /**
     * Applies all changes, one node at a time: nodes that come later find nothing to do. What needs a strong lock
     * happens in one transaction; rows are checked and indexes of large tables made after it. Stopped in between, the
     * next migration continues from there.
     *
     * @return what was done; fails with {@code NOT_ALLOWED} for a change that the options do not allow, with
     *     {@code INVALID_DATA} for one that the rows do not admit, each with the fix, and with {@code TIMEOUT} when
     *     others held a lock for too long
     */
    public Future<MigrationPlan> apply(MigrationOptions options) {
        return database.connection(
                NAME,
                session -> session.script(BOUNDED)
                        .compose(set -> new LockWait(database, session, options).acquire())
                        .compose(locked -> compare(session))
                        .compose(comparison -> plan(session, comparison, options)
                                .compose(Application::allowed)
                                .compose(plan -> apply(session, plan, comparison))));
    }

    private Future<MigrationPlan> apply(Session session, MigrationPlan plan, Comparison comparison) {
        return plan.isEmpty()
                ? Future.succeededFuture(plan)
                : session.script(UNBOUNDED)
                        .compose(set -> new Application(database, session, plan, comparison, specs, beforeEach).run())
                        .map(plan);
    }

    /**
     * Fails with {@code NOT_MIGRATED} when the database is behind the catalog, and with {@code UNEXPECTED_STATE} when
     * it is ahead of it. Looks at no rows.
     */
    public Future<Void> check() {
        return database.snapshot(StateReader::read)
                .compose(state -> Verdict.of(state, specs)
                        .<Future<Void>>map(Future::failedFuture)
                        .orElse(Future.succeededFuture()));
    }

    private Future<Comparison> compare(Session session) {
        return session.script("begin isolation level repeatable read read only")
                .compose(begun -> StateReader.read(session))
                .compose(state -> session.script("commit").map(state))
                .compose(this::compare);
    }

    private Future<Comparison> compare(DatabaseState state) {
        return Verdict.newerVersion(state)
                .<Future<Comparison>>map(Future::failedFuture)
                .orElseGet(() -> Future.succeededFuture(Comparison.of(state, specs)));
    }

    private static Future<MigrationPlan> plan(Session session, Comparison comparison, MigrationOptions options) {
        Probes probes = new Probes(session, comparison);
        List<Change> changes = comparison.changes();
        return large(probes, changes, options.manyRows())
                .compose(
                        large -> findings(probes, changes).map(findings -> plan(comparison, large, findings, options)));
    }

    private static Future<Set<Table>> large(Probes probes, List<Change> changes, long manyRows) {
        Set<Table> tables = new LinkedHashSet<>();
        changes.stream()
                .filter(change -> change instanceof IndexChange.CreateIndex
                        || change instanceof IndexChange.DropIndex
                        || change instanceof ChangeValues)
                .map(Change::table)
                .filter(probes::isThere)
                .forEach(tables::add);
        Set<Table> large = new HashSet<>();
        Future<Void> all = Future.succeededFuture();
        for (Table table : tables) {
            all = all.compose(done -> probes.large(table, manyRows)).map(many -> {
                if (many) {
                    large.add(table);
                }
                return null;
            });
        }
        return all.map(large);
    }

    /** By change; those that need no look at rows are not among them. */
    private static Future<Map<Change, Probes.Finding>> findings(Probes probes, List<Change> changes) {
        Map<Change, Probes.Finding> findings = new HashMap<>();
        Future<Void> all = Future.succeededFuture();
        for (Change change : changes) {
            if (probes.looksAt(change)) {
                all = all.compose(done -> probes.of(change)).map(finding -> {
                    findings.put(change, finding);
                    return null;
                });
            }
        }
        return all.map(findings);
    }

    static MigrationPlan plan(
            Comparison comparison, Set<Table> large, Map<Change, Probes.Finding> findings, MigrationOptions options) {
        List<PlannedChange> steps = new ArrayList<>();
        List<String> refusals = new ArrayList<>(comparison.refusals());
        for (Change change : comparison.changes()) {
            Probes.Finding finding = findings.getOrDefault(change, Probes.Finding.NONE);
            finding.refusal().ifPresent(refusals::add);
            steps.add(new PlannedChange(change, change.work(large), finding.rows()));
        }
        return new MigrationPlan(steps, refusals, Hints.of(comparison), options);
    }
}
