package io.vinculum.migration;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.database.Violation;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.migration.TableSpec.Column;
import java.util.ArrayList;
import java.util.List;

/** Brings the tables of one database in line with a catalog. */
public final class Migration {
    /** Any number that nobody else uses for an advisory lock; these are the letters of the name. */
    private static final String LOCK = "set local statement_timeout = 0; set local lock_timeout = 0; "
            + "select pg_advisory_xact_lock(x'76696e63756c756d'::bit(64)::int8)";

    private final Database database;
    private final List<TableSpec> specs;

    public Migration(Database database, Catalog catalog) {
        this.database = database;
        this.specs = TableSpec.of(catalog);
    }

    /** What {@link #apply} would do; changes nothing. */
    public Future<MigrationPlan> plan() {
        return database.snapshot(this::plan);
    }

    /**
     * Applies all changes in one transaction, one node at a time: nodes that come later find nothing to do.
     *
     * @return what was done; fails with {@code NOT_ALLOWED} for a destructive change that is not allowed, and
     *     {@code INVALID_DATA} for one that the rows do not admit, each with the fix, and nothing is changed
     */
    public Future<MigrationPlan> apply(boolean allowDestructive) {
        return database.transaction(session -> session.script(LOCK)
                .compose(locked -> plan(session))
                .compose(plan -> apply(session, plan, allowDestructive)));
    }

    /** Fails with {@code NOT_MIGRATED} when the database is behind the catalog. */
    public Future<Void> check() {
        return plan().compose(plan -> plan.isEmpty()
                ? Future.succeededFuture()
                : Future.failedFuture(new Failure(
                        FailureCode.NOT_MIGRATED,
                        "the database is behind the declarations; run 'vinculum migrate', or start with --migrate:\n"
                                + plan.summary().strip())));
    }

    private Future<MigrationPlan> plan(Session session) {
        return DatabaseState.read(session).compose(state -> {
            Comparison comparison = Comparison.of(state, specs);
            return counts(session, comparison.changes()).map(rows -> checked(comparison, rows));
        });
    }

    private static Future<List<Long>> counts(Session session, List<Change> changes) {
        Future<List<Long>> counts = Future.succeededFuture(new ArrayList<>());
        for (Change change : changes) {
            counts = counts.compose(list -> count(session, change).map(count -> {
                list.add(count);
                return list;
            }));
        }
        return counts;
    }

    private static Future<Long> count(Session session, Change change) {
        return change.counted()
                .map(sql ->
                        session.run(Statement.of(sql)).map(rows -> rows.get(0).getLong(0)))
                .orElse(Future.succeededFuture(0L));
    }

    private static MigrationPlan checked(Comparison comparison, List<Long> rows) {
        List<String> refusals = new ArrayList<>(comparison.refusals());
        for (int i = 0; i < rows.size(); i++) {
            Change change = comparison.changes().get(i);
            if (rows.get(i) > 0 && Comparison.addsRequiredColumn(change)) {
                refusals.add(change.what() + " is required, but " + rows.get(i) + " rows would have no value for it; "
                        + "give it @default(value: \"…\"), or declare it without '!' first");
            } else if (rows.get(i) > 0 && Comparison.requiresColumn(change)) {
                refusals.add(change.what() + ", but " + rows.get(i) + " rows hold null; fill them first");
            }
        }
        return new MigrationPlan(comparison.changes(), rows, refusals);
    }

    private Future<MigrationPlan> apply(Session session, MigrationPlan plan, boolean allowDestructive) {
        if (!plan.refusals().isEmpty()) {
            return Future.failedFuture(Failure.invalid(
                    "the migration cannot be applied; nothing was changed:\n" + String.join("\n", plan.refusals())));
        }
        if (plan.destructive() && !allowDestructive) {
            return Future.failedFuture(new Failure(
                    FailureCode.NOT_ALLOWED,
                    "the migration would destroy data; nothing was changed. See 'vinculum migrate --plan', then run "
                            + "'vinculum migrate --allow-destructive':\n"
                            + plan.summary().strip()));
        }
        Future<Void> applied = Future.succeededFuture();
        for (Change change : plan.changes()) {
            for (String sql : change.sql()) {
                applied = applied.compose(done -> session.script(sql))
                        .recover(cause -> Future.failedFuture(explained(change, cause)));
            }
        }
        return applied.compose(done -> plan.changes().isEmpty() ? Future.<Void>succeededFuture() : track(session))
                .map(plan);
    }

    /** A change that the rows do not admit, with the first row that is in its way. */
    private static Throwable explained(Change change, Throwable cause) {
        return Violation.of(cause)
                .<Throwable>map(violation -> Failure.invalid("the migration cannot be applied; nothing was changed:\n"
                        + change.what() + ", but the rows with " + String.join(", ", violation.columns()) + " '"
                        + violation.values() + "' do not admit it; change them first"))
                .orElse(cause);
    }

    private Future<Void> track(Session session) {
        List<TableSpec> managed = specs.stream().filter(TableSpec::managed).toList();
        List<String> schemas = new ArrayList<>();
        List<String> tables = new ArrayList<>();
        List<String> owners = new ArrayList<>();
        List<String> identities = new ArrayList<>();
        for (TableSpec spec : managed) {
            schemas.add(spec.table().schema());
            tables.add(spec.table().name());
            owners.add(spec.owner());
            identities.add(spec.identity());
        }
        Statement insert = Statement.of(
                "insert into vinculum.migrated_table select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])",
                array(schemas),
                array(tables),
                array(owners),
                array(identities));
        return session.script("delete from vinculum.migrated_column; delete from vinculum.migrated_table")
                .compose(done -> session.run(insert))
                .compose(rows -> session.run(trackColumns(managed)))
                .map((List<Row> rows) -> null);
    }

    private static Statement trackColumns(List<TableSpec> specs) {
        List<String> schemas = new ArrayList<>();
        List<String> tables = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<String> defaults = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (TableSpec spec : specs) {
            for (Column column : spec.columns()) {
                schemas.add(spec.table().schema());
                tables.add(spec.table().name());
                names.add(column.name());
                defaults.add(column.defaultSql());
                values.add(Ddl.checkValues(column.type()));
            }
        }
        return Statement.of(
                "insert into vinculum.migrated_column select * from "
                        + "unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])",
                array(schemas),
                array(tables),
                array(names),
                array(defaults),
                array(values));
    }

    private static Object array(List<String> values) {
        return values.toArray(String[]::new);
    }
}
