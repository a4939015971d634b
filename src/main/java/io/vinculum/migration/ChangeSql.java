package io.vinculum.migration;

import static io.vinculum.database.Identifier.literal;
import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Table;
import io.vinculum.database.Identifier;
import io.vinculum.migration.TableSpec.Column;
import io.vinculum.migration.Work.Later;
import io.vinculum.migration.Work.Mode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Writes changes down as SQL. Pure; what is large is changed without holding others up. */
final class ChangeSql implements Change.Visitor<Work> {
    private static final int BATCH = 5_000;

    private final Set<Table> large;

    /** Large tables by their new names. */
    ChangeSql(Set<Table> large) {
        this.large = large;
    }

    private static String alter(Table table) {
        return "alter table " + Ddl.name(table) + " ";
    }

    private static String alter(Table table, String column) {
        return alter(table) + "alter column " + quote(column) + " ";
    }

    private static String validate(Table table, String constraint) {
        return alter(table) + "validate constraint " + quote(constraint);
    }

    @Override
    public Work ownStep(Change.OwnStep step) {
        List<String> sql = new ArrayList<>(step.sql());
        if (step.number() > 1) {
            sql.add("insert into vinculum.migrated_version (number) values (" + step.number() + ")");
        }
        return Work.of(sql);
    }

    @Override
    public Work createSchema(Change.CreateSchema change) {
        return Work.of("create schema if not exists " + quote(change.name()));
    }

    @Override
    public Work createTable(Change.CreateTable change) {
        return Work.of(Ddl.createTable(change.spec()));
    }

    @Override
    public Work moveTable(Change.MoveTable change) {
        Table from = change.from();
        Table to = change.table();
        List<String> sql = new ArrayList<>();
        if (from.schema().equals(to.schema())) {
            sql.add(alter(from) + "rename to " + quote(to.name()));
        } else if (from.name().equals(to.name())) {
            sql.add(alter(from) + "set schema " + quote(to.schema()));
        } else {
            // Either name alone may be taken in the other schema.
            String between = "moving_" + Integer.toHexString(from.hashCode());
            sql.add(alter(from) + "rename to " + quote(between));
            sql.add(alter(new Table(from.schema(), between)) + "set schema " + quote(to.schema()));
            sql.add(alter(new Table(to.schema(), between)) + "rename to " + quote(to.name()));
        }
        return Work.of(sql).locking(to, Mode.ACCESS_EXCLUSIVE);
    }

    @Override
    public Work renameEntity(Change.RenameEntity change) {
        String from = literal(change.from());
        String to = literal(change.to());
        return Work.of(
                "delete from vinculum.removed where entity = " + to + " or cause = " + to,
                "update vinculum.removed set entity = " + to + " where entity = " + from,
                "update vinculum.removed set cause = " + to + " where cause = " + from);
    }

    @Override
    public Work renameColumn(Change.RenameColumn change) {
        return Work.of(alter(change.table()) + "rename column " + quote(change.from()) + " to " + quote(change.to()))
                .locking(change.table(), Mode.ACCESS_EXCLUSIVE);
    }

    @Override
    public Work renameConstraint(Change.RenameConstraint change) {
        return Work.of(alter(change.table()) + "rename constraint " + quote(change.from()) + " to "
                        + quote(change.to()))
                .locking(change.table(), Mode.ACCESS_EXCLUSIVE);
    }

    @Override
    public Work dropTable(Change.DropTable change) {
        return Work.of("drop table if exists " + Ddl.name(change.table()) + " cascade")
                .locking(change.table(), Mode.ACCESS_EXCLUSIVE);
    }

    @Override
    public Work addColumn(Change.AddColumn change) {
        Table table = change.table();
        Column column = change.column();
        List<String> sql = new ArrayList<>();
        sql.add(alter(table) + "add column " + Ddl.columnDefinition(column));
        Ddl.checks(table, column).forEach(check -> sql.add(check + " not valid"));
        Ddl.comment(Ddl.columnPath(table, column.name()), column.comment(), sql);
        Work work = Work.of(sql).locking(table, Mode.ACCESS_EXCLUSIVE);
        return column.type().values().isEmpty()
                ? work
                : work.then(Later.once(table, validate(table, Ddl.checkName(table, column.name()))));
    }

    @Override
    public Work dropColumn(Change.DropColumn change) {
        return Work.of(alter(change.table()) + "drop column if exists " + quote(change.column()))
                .locking(change.table(), Mode.ACCESS_EXCLUSIVE);
    }

    @Override
    public Work alterType(Change.AlterType change) {
        Column column = change.column();
        String alter = alter(change.table(), column.name());
        List<String> sql = new ArrayList<>();
        if (!column.numbered()) {
            sql.add(alter + "drop default");
        }
        sql.add(alter + "type " + column.type().sqlName() + " using " + Conversion.sql(column, change.from()));
        if (column.defaultSql() != null) {
            sql.add(alter + "set default " + column.defaultSql());
        }
        return Work.of(sql).locking(change.table(), Mode.ACCESS_EXCLUSIVE);
    }

    @Override
    public Work require(Change.Require change) {
        Table table = change.table();
        String check = Ddl.requiredName(table, change.column());
        List<String> sql = change.checked()
                ? List.of()
                : List.of(alter(table) + "add constraint " + quote(check) + " check (" + quote(change.column())
                        + " is not null) not valid");
        // A valid check spares PostgreSQL the reading of all rows under the lock.
        String set =
                alter(table, change.column()) + "set not null; " + alter(table) + "drop constraint " + quote(check);
        return Work.of(sql)
                .locking(table, Mode.ACCESS_EXCLUSIVE)
                .then(Later.once(table, validate(table, check)), Later.once(table, set));
    }

    @Override
    public Work relax(Change.Relax change) {
        return Work.of(alter(change.table(), change.column()) + "drop not null")
                .locking(change.table(), Mode.ACCESS_EXCLUSIVE);
    }

    @Override
    public Work setDefault(Change.SetDefault change) {
        String value = change.column().defaultSql();
        return Work.of(alter(change.table(), change.column().name())
                        + (value == null ? "drop default" : "set default " + value))
                .locking(change.table(), Mode.ACCESS_EXCLUSIVE);
    }

    @Override
    public Work changeValues(Change.ChangeValues change) {
        Table table = change.table();
        List<String> sql = new ArrayList<>();
        if (change.oldCheck() != null) {
            sql.add(dropped(table, change.oldCheck()));
        }
        if (change.after().isEmpty()) {
            return Work.of(sql).locking(table, Mode.ACCESS_EXCLUSIVE);
        }
        String check = Ddl.checkName(table, change.column());
        Later valid = Later.once(table, validate(table, check));
        if (change.renamed().isEmpty() || !large.contains(table)) {
            change.renamed().forEach((old, now) -> sql.add(replaceAll(change, old, now)));
            sql.add(addCheck(change, change.after()));
            return Work.of(sql).locking(table, Mode.ACCESS_EXCLUSIVE).then(valid);
        }
        // Old and new values are admitted until the rows are changed, some at a time.
        Set<String> both = new LinkedHashSet<>(change.after());
        both.addAll(change.before());
        sql.add(addCheck(change, both));
        Later[] batches = change.renamed().entrySet().stream()
                .map(value -> Later.repeated(table, replaceSome(change, value.getKey(), value.getValue())))
                .toArray(Later[]::new);
        Later swap = Later.once(table, dropped(table, check) + "; " + addCheck(change, change.after()));
        return Work.of(sql)
                .locking(table, Mode.ACCESS_EXCLUSIVE)
                .then(batches)
                .then(swap)
                .then(batches)
                .then(valid);
    }

    private static String dropped(Table table, String name) {
        return alter(table) + "drop constraint if exists " + quote(name);
    }

    private static String addCheck(Change.ChangeValues change, Set<String> values) {
        return Ddl.addCheck(change.table(), change.column(), change.list(), Ddl.literals(values)) + " not valid";
    }

    private static String addCheck(Change.ChangeValues change, List<String> values) {
        return addCheck(change, new LinkedHashSet<>(values));
    }

    private static String replaceAll(Change.ChangeValues change, String old, String now) {
        return replacement(change, old, now) + " where " + holds(change, old);
    }

    private static String replaceSome(Change.ChangeValues change, String old, String now) {
        return replacement(change, old, now) + " where ctid = any(array(select ctid from " + Ddl.name(change.table())
                + " where " + holds(change, old) + " limit " + BATCH + "))";
    }

    private static String replacement(Change.ChangeValues change, String old, String now) {
        String column = quote(change.column());
        String value = change.list()
                ? "array_replace(" + column + ", " + literal(old) + ", " + literal(now) + ")"
                : literal(now);
        return "update " + Ddl.name(change.table()) + " set " + column + " = " + value;
    }

    private static String holds(Change.ChangeValues change, String value) {
        return change.list()
                ? quote(change.column()) + " @> array[" + literal(value) + "]::text[]"
                : quote(change.column()) + " = " + literal(value);
    }

    @Override
    public Work comment(Change.Comment change) {
        String on = change.column() == null
                ? "table " + Ddl.name(change.table())
                : Ddl.columnPath(change.table(), change.column());
        String text = change.text();
        return Work.of("comment on " + on + " is " + (text == null ? "null" : literal(text)))
                .locking(change.table(), Mode.SHARE_UPDATE_EXCLUSIVE);
    }

    @Override
    public Work createIndex(Change.CreateIndex change) {
        Table table = change.table();
        String comment = Ddl.commentIndex(table, change.index());
        if (change.commentOnly()) {
            return Work.of(comment);
        }
        String name = Identifier.table(table.schema(), Ddl.indexName(table, change.index()));
        if (change.fresh() || !large.contains(table)) {
            List<String> sql = new ArrayList<>();
            if (change.broken()) {
                sql.add("drop index if exists " + name);
            }
            sql.add(Ddl.createIndex(table, change.index(), false));
            sql.add(comment);
            Work work = Work.of(sql);
            return change.fresh() ? work : work.locking(table, change.broken() ? Mode.ACCESS_EXCLUSIVE : Mode.SHARE);
        }
        String drop = "drop index concurrently if exists " + name;
        List<Later> later = new ArrayList<>();
        if (change.broken()) {
            later.add(Later.concurrently(table, drop, ""));
        }
        later.add(Later.concurrently(table, Ddl.createIndex(table, change.index(), true), drop));
        later.add(Later.once(table, comment));
        return Work.after(later);
    }

    @Override
    public Work renameIndex(Change.RenameIndex change) {
        return Work.of("alter index " + Identifier.table(change.table().schema(), change.from()) + " rename to "
                        + quote(change.to()))
                .locking(change.table(), Mode.SHARE_UPDATE_EXCLUSIVE);
    }

    @Override
    public Work dropIndex(Change.DropIndex change) {
        String name = Identifier.table(change.table().schema(), change.name());
        return large.contains(change.table())
                ? Work.after(
                        List.of(Later.concurrently(change.table(), "drop index concurrently if exists " + name, "")))
                : Work.of("drop index if exists " + name).locking(change.table(), Mode.ACCESS_EXCLUSIVE);
    }

    @Override
    public Work addReference(Change.AddReference change) {
        Table table = change.table();
        String add = Ddl.addReference(table, change.reference());
        Table target = change.reference().target();
        if (change.fresh()) {
            return Work.of(add).locking(target, Mode.SHARE_ROW_EXCLUSIVE);
        }
        String name = Ddl.referenceName(table, change.reference().column());
        return Work.of(add + " not valid")
                .locking(table, Mode.SHARE_ROW_EXCLUSIVE)
                .locking(target, Mode.SHARE_ROW_EXCLUSIVE)
                .then(Later.once(table, validate(table, name)));
    }

    @Override
    public Work dropConstraint(Change.DropConstraint change) {
        return Work.of(dropped(change.table(), change.name())).locking(change.table(), Mode.ACCESS_EXCLUSIVE);
    }

    @Override
    public Work validate(Change.Validate change) {
        return Work.after(List.of(Later.once(change.table(), validate(change.table(), change.constraint()))));
    }
}
