package io.vinculum.ddl;

import static io.vinculum.database.Identifier.quote;
import static io.vinculum.ddl.Ddl.alter;
import static io.vinculum.ddl.Ddl.validate;

import io.vinculum.catalog.Table;
import io.vinculum.ddl.TableSpec.Column;
import io.vinculum.ddl.Work.Later;
import io.vinculum.ddl.Work.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Changes of a column. */
public sealed interface ColumnChange extends Change {

    /** Gives a column another name. */
    record RenameColumn(Table table, String from, String to) implements ColumnChange {

        @Override
        public String text() {
            return "rename column " + from + " of table " + table + " to " + to;
        }

        @Override
        public Work work(Set<Table> large) {
            return Work.of(alter(table) + "rename column " + quote(from) + " to " + quote(to))
                    .locking(table, Mode.ACCESS_EXCLUSIVE);
        }
    }

    /** Adds a column. */
    record AddColumn(Table table, Column column) implements ColumnChange {

        @Override
        public String text() {
            return "alter table " + table + ": add column " + column.name() + " "
                    + column.type().sqlName();
        }

        /** Whether rows that are there would have no value for it. */
        public boolean needsValue() {
            return column.required() && column.defaultSql() == null && !column.numbered();
        }

        @Override
        public Work work(Set<Table> large) {

            List<String> sql = new ArrayList<>();
            sql.add(alter(table) + "add column " + Ddl.columnDefinition(column));
            Ddl.checks(table, column).forEach(check -> sql.add(check + " not valid"));
            Ddl.comment(Ddl.columnPath(table, column.name()), column.comment(), sql);
            Work work = Work.of(sql).locking(table, Mode.ACCESS_EXCLUSIVE);
            return column.type().values().isEmpty()
                    ? work
                    : work.then(Later.once(table, validate(table, Ddl.checkName(table, column.name()))));
        }
    }

    /** Drops a column with its values. */
    record DropColumn(Table table, String column) implements ColumnChange {

        @Override
        public String text() {
            return "drop column " + column + " of table " + table;
        }

        @Override
        public boolean destructive() {
            return true;
        }

        @Override
        public Work work(Set<Table> large) {
            return Work.of(alter(table) + "drop column if exists " + quote(column))
                    .locking(table, Mode.ACCESS_EXCLUSIVE);
        }
    }

    /**
     * Changes the type of a column.
     *
     * @param widening whether every value fits into the new type
     */
    record AlterType(Table table, Column column, String from, boolean widening) implements ColumnChange {

        @Override
        public String text() {
            return "alter table " + table + ": column " + column.name() + " from " + from + " to "
                    + column.type().sqlName();
        }

        @Override
        public boolean destructive() {
            return !widening;
        }

        @Override
        public boolean rewrites() {
            return !(from.equals("varchar") && column.type().sqlName().equals("text"));
        }

        @Override
        public Work work(Set<Table> large) {

            String alter = alter(table, column.name());
            List<String> sql = new ArrayList<>();
            if (!column.numbered()) {
                sql.add(alter + "drop default");
            }
            sql.add(alter + "type " + column.type().sqlName() + " using " + Conversion.sql(column, from));
            if (column.defaultSql() != null) {
                sql.add(alter + "set default " + column.defaultSql());
            }
            return Work.of(sql).locking(table, Mode.ACCESS_EXCLUSIVE);
        }
    }

    /** Makes a column required; {@code checked} when an interrupted migration left its check behind. */
    record Require(Table table, String column, boolean checked) implements ColumnChange {

        @Override
        public String text() {
            return "alter table " + table + ": column " + column + " required";
        }

        @Override
        public Work work(Set<Table> large) {

            String check = Ddl.requiredName(table, column);
            List<String> sql = checked
                    ? List.of()
                    : List.of(alter(table) + "add constraint " + quote(check) + " check (" + quote(column)
                            + " is not null) not valid");
            // A valid check spares PostgreSQL the reading of all rows under the lock.
            String set = alter(table, column) + "set not null; " + alter(table) + "drop constraint " + quote(check);
            return Work.of(sql)
                    .locking(table, Mode.ACCESS_EXCLUSIVE)
                    .then(Later.once(table, validate(table, check)), Later.once(table, set));
        }
    }

    /** Makes a column optional. */
    record Relax(Table table, String column) implements ColumnChange {

        @Override
        public String text() {
            return "alter table " + table + ": column " + column + " optional";
        }

        @Override
        public Work work(Set<Table> large) {
            return Work.of(alter(table, column) + "drop not null").locking(table, Mode.ACCESS_EXCLUSIVE);
        }
    }

    /** Sets or drops the default of a column. */
    record SetDefault(Table table, Column column) implements ColumnChange {

        @Override
        public String text() {
            return "alter table " + table + ": column " + column.name()
                    + (column.defaultSql() == null ? " without" : " with") + " a default";
        }

        @Override
        public Work work(Set<Table> large) {
            String value = column.defaultSql();
            return Work.of(alter(table, column.name()) + (value == null ? "drop default" : "set default " + value))
                    .locking(table, Mode.ACCESS_EXCLUSIVE);
        }
    }
}
