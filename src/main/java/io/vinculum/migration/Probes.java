package io.vinculum.migration;

import static io.vinculum.database.Identifier.literal;
import static io.vinculum.database.Identifier.quote;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Index;
import io.vinculum.catalog.Table;
import io.vinculum.database.Session;
import io.vinculum.database.SqlState;
import io.vinculum.database.Statement;
import io.vinculum.ddl.Change;
import io.vinculum.ddl.ChangeValues;
import io.vinculum.ddl.ColumnChange;
import io.vinculum.ddl.ConstraintChange;
import io.vinculum.ddl.Ddl;
import io.vinculum.ddl.IndexChange;
import io.vinculum.ddl.TableChange;
import io.vinculum.migration.DatabaseState.ActualTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at the rows that a change would touch, and for one that is in its way. Counting stops at a limit. */
final class Probes {
    /** What the rows say of a change. */
    record Finding(Optional<Long> rows, Optional<String> refusal) {
        static final Finding NONE = new Finding(Optional.empty(), Optional.empty());
    }

    private static final Set<String> TOO_LONG = Set.of(SqlState.CANCELLED, SqlState.LOCK_NOT_AVAILABLE);

    private final Session session;
    private final DatabaseState before;
    private final Renaming renaming;

    Probes(Session session, Comparison comparison) {
        this.session = session;
        this.before = comparison.before();
        this.renaming = comparison.renaming();
    }

    /** Whether a table, by its new name, is there and has many rows. */
    Future<Boolean> large(Table table, long manyRows) {
        Table old = renaming.before(table);
        ActualTable there = before.tables().get(old);
        if (there == null) {
            return Future.succeededFuture(false);
        }
        // An estimate may be missing or old, so it is believed when it is high only.
        return there.estimatedRows() > manyRows
                ? Future.succeededFuture(true)
                : count(old, "true", manyRows).map(rows -> rows > manyRows);
    }

    /** Whether a table, by its new name, was there before. */
    boolean isThere(Table table) {
        return before.tables().containsKey(renaming.before(table));
    }

    /** Whether the rows matter to a change. */
    boolean looksAt(Change change) {
        return change instanceof TableChange.MoveTable
                || change instanceof TableChange.DropTable
                || change instanceof ColumnChange.DropColumn
                || change instanceof ColumnChange.AlterType
                || change instanceof ColumnChange.Require
                || (change instanceof ColumnChange.AddColumn add && add.needsValue())
                || (change instanceof ChangeValues values && !values.after().isEmpty())
                || (change instanceof IndexChange.CreateIndex create
                        && create.index().unique()
                        && !create.fresh()
                        && !create.commentOnly())
                || (change instanceof ConstraintChange.AddReference add && !add.fresh());
    }

    /** Finds out about one change; a look that takes too long finds nothing. */
    Future<Finding> of(Change change) {
        return find(change)
                .recover(cause -> TOO_LONG.contains(SqlState.of(cause))
                        ? Future.succeededFuture(Finding.NONE)
                        : Future.failedFuture(cause));
    }

    private Future<Finding> find(Change change) {
        Table table = renaming.before(change.table());
        if (change instanceof TableChange.MoveTable || change instanceof TableChange.DropTable) {
            return count(table, "true").map(Probes::rows);
        }
        if (change instanceof ColumnChange.DropColumn drop) {
            return count(table, column(drop.table(), drop.column()) + " is not null")
                    .map(Probes::rows);
        }
        if (change instanceof ColumnChange.AlterType alter) {
            return count(table, column(alter.table(), alter.column().name()) + " is not null")
                    .map(Probes::rows);
        }
        if (change instanceof ColumnChange.AddColumn add && add.needsValue()) {
            return count(table, "true").map(rows -> withoutValue(add, rows));
        }
        if (change instanceof ColumnChange.Require require) {
            return there(require.table(), List.of(require.column()))
                    ? count(table, column(require.table(), require.column()) + " is null")
                            .map(rows -> nulls(require, rows))
                    : Future.succeededFuture(Finding.NONE);
        }
        if (change instanceof ChangeValues values && !values.after().isEmpty()) {
            return values(table, values);
        }
        if (change instanceof IndexChange.CreateIndex create && create.index().unique() && !create.commentOnly()) {
            return unique(table, create);
        }
        if (change instanceof ConstraintChange.AddReference add && !add.fresh()) {
            return reference(table, add);
        }
        return Future.succeededFuture(Finding.NONE);
    }

    private static Finding rows(long rows) {
        return new Finding(Optional.of(rows), Optional.empty());
    }

    private static Finding refused(String why) {
        return new Finding(Optional.empty(), Optional.of(why));
    }

    private static Finding withoutValue(ColumnChange.AddColumn add, long rows) {
        return rows == 0
                ? Finding.NONE
                : new Finding(
                        Optional.of(rows),
                        Optional.of("cannot " + add.text() + ": it is required, but " + rows
                                + " rows would have no value for it; "
                                + "give it @default(value: \"…\"), or declare it without '!' first"));
    }

    private static Finding nulls(ColumnChange.Require require, long rows) {
        return rows == 0
                ? rows(0)
                : new Finding(
                        Optional.of(rows),
                        Optional.of("cannot " + require.text() + ": " + rows + " rows hold null; fill them first"));
    }

    private String column(Table now, String name) {
        return quote(renaming.before(now, name));
    }

    /** Whether columns, by their new names, are there already. */
    private boolean there(Table now, List<String> columns) {
        ActualTable actual = before.tables().get(renaming.before(now));
        return actual != null
                && columns.stream().allMatch(column -> actual.columns().containsKey(renaming.before(now, column)));
    }

    private Future<Long> count(Table table, String condition) {
        return count(table, condition, MigrationPlan.MOST_COUNTED);
    }

    private Future<Long> count(Table table, String condition, long most) {
        String sql = "select count(*) from (select from " + Ddl.name(table) + " where " + condition + " limit "
                + (most + 1) + ") counted";
        return session.run(Statement.of(sql)).map(rows -> rows.get(0).getLong(0));
    }

    private Future<Finding> values(Table table, ChangeValues change) {
        String column = column(change.table(), change.column());
        String text = column + "::text";
        String admitted = literals(change.after()) + renamed(change);
        String wrong = change.list()
                ? "not " + text + "[] <@ array[" + admitted + "]::text[]"
                : text + " not in (" + admitted + ")";
        if (!change.narrower()) {
            return change.renamed().isEmpty()
                    ? Future.succeededFuture(Finding.NONE)
                    : count(table, old(change, text)).map(Probes::rows);
        }
        return count(table, wrong)
                .compose(rows -> rows == 0
                        ? Future.succeededFuture(rows(0))
                        : sample(table, text, wrong)
                                .map(value -> new Finding(
                                        Optional.of(rows),
                                        Optional.of("cannot " + change.text() + ": "
                                                + MigrationPlan.counted(rows) + " of "
                                                + change.column() + " hold others, one '"
                                                + value
                                                + "'; change them first, or say @was on the value that replaces it"))));
    }

    private static String literals(List<String> values) {
        return Ddl.literals(values);
    }

    private static String renamed(ChangeValues change) {
        return change.renamed().isEmpty()
                ? ""
                : ", " + Ddl.literals(change.renamed().keySet());
    }

    private static String old(ChangeValues change, String text) {
        return change.renamed().keySet().stream()
                .map(value -> change.list()
                        ? text + "[] @> array[" + literal(value) + "]::text[]"
                        : text + " = " + literal(value))
                .collect(Collectors.joining(" or "));
    }

    private Future<String> sample(Table table, String expression, String condition) {
        String sql = "select " + expression + " from " + Ddl.name(table) + " where " + condition + " limit 1";
        return session.run(Statement.of(sql))
                .map(rows -> rows.isEmpty() ? "" : rows.get(0).getString(0));
    }

    /** Looks for two live rows that a unique index would not admit. */
    private Future<Finding> unique(Table table, IndexChange.CreateIndex create) {
        Index index = create.index();
        List<String> needed = new ArrayList<>(Ddl.columns(index));
        if (index.live()) {
            needed.add("deleted_at");
        }
        if (create.fresh() || !there(create.table(), needed)) {
            return Future.succeededFuture(Finding.NONE);
        }
        List<String> columns = Ddl.columns(index).stream()
                .map(name -> column(create.table(), name) + "::text")
                .toList();
        String list = String.join(", ", columns);
        String filled = columns.stream().map(column -> column + " is not null").collect(Collectors.joining(" and "));
        String sql = "select " + list + " from " + Ddl.name(table) + " where "
                + (index.live() ? "deleted_at is null and " : "") + filled + " group by " + list
                + " having count(*) > 1 limit 1";
        return session.run(Statement.of(sql))
                .map(rows -> rows.isEmpty() ? Finding.NONE : refused(notUnique(create, rows.get(0))));
    }

    private static String notUnique(IndexChange.CreateIndex create, Row row) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            values.add(row.getString(i));
        }
        return "cannot " + create.text() + ": the rows with " + String.join(", ", Ddl.columns(create.index())) + " '"
                + String.join(", ", values) + "' do not admit it; change them first";
    }

    /** Looks for a key that leads nowhere. */
    private Future<Finding> reference(Table table, ConstraintChange.AddReference add) {
        Table target = renaming.before(add.reference().target());
        boolean both = there(add.table(), List.of(add.reference().column()))
                && there(add.reference().target(), List.of(add.reference().targetColumn()));
        if (!both) {
            return Future.succeededFuture(Finding.NONE);
        }
        String column = column(add.table(), add.reference().column());
        String key = column(add.reference().target(), add.reference().targetColumn());
        String sql = "select l." + column + "::text from " + Ddl.name(table) + " l where l." + column
                + " is not null and not exists (select from " + Ddl.name(target) + " t where t." + key
                + "::text = l." + column + "::text) limit 1";
        return session.run(Statement.of(sql))
                .map(rows -> rows.isEmpty()
                        ? Finding.NONE
                        : refused("cannot " + add.text() + ": the rows with "
                                + add.reference().column() + " '" + rows.get(0).getString(0)
                                + "' lead nowhere; change them first"));
    }
}
