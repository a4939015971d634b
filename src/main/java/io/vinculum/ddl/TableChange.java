package io.vinculum.ddl;

import static io.vinculum.database.Identifier.literal;
import static io.vinculum.database.Identifier.quote;
import static io.vinculum.ddl.Ddl.alter;

import io.vinculum.catalog.Table;
import io.vinculum.ddl.Work.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changes of whole tables, and of what is not a table's. */
public sealed interface TableChange extends Change {

    /** A numbered step of Vinculum's own tables. */
    record OwnStep(Table table, int number, String subject, List<String> sql) implements TableChange {
        public OwnStep {
            sql = List.copyOf(sql);
        }

        @Override
        public String text() {
            return (number == 1 ? "create" : "alter") + " vinculum's own tables, step " + number + ": " + subject;
        }

        @Override
        public Work work(Set<Table> large) {
            List<String> all = new ArrayList<>(sql);
            if (number > 1) {
                all.add("insert into " + Ddl.name(table) + " (number) values (" + number + ")");
            }
            return Work.of(all);
        }
    }

    /** Makes a schema. */
    record CreateSchema(String name) implements TableChange {

        @Override
        public String text() {
            return "create schema " + name;
        }

        @Override
        public Table table() {
            return new Table(name, "");
        }

        @Override
        public Work work(Set<Table> large) {
            return Work.of("create schema if not exists " + quote(name));
        }
    }

    /** Makes a table with its columns, checks and comments. */
    record CreateTable(TableSpec spec) implements TableChange {

        @Override
        public String text() {
            return "create table " + spec.table() + " of " + spec.owner();
        }

        @Override
        public Table table() {
            return spec.table();
        }

        @Override
        public Work work(Set<Table> large) {
            return Work.of(Ddl.createTable(spec));
        }
    }

    /** Gives a table another name, another schema, or both. */
    record MoveTable(Table from, Table table) implements TableChange {

        @Override
        public String text() {
            return "rename table " + from + " to " + table;
        }

        @Override
        public Work work(Set<Table> large) {

            List<String> sql = new ArrayList<>();
            if (from.schema().equals(table.schema())) {
                sql.add(alter(from) + "rename to " + quote(table.name()));
            } else if (from.name().equals(table.name())) {
                sql.add(alter(from) + "set schema " + quote(table.schema()));
            } else {
                // Either name alone may be taken in the other schema.
                String between = "moving_" + Integer.toHexString(from.hashCode());
                sql.add(alter(from) + "rename to " + quote(between));
                sql.add(alter(new Table(from.schema(), between)) + "set schema " + quote(table.schema()));
                sql.add(alter(new Table(table.schema(), between)) + "rename to " + quote(table.name()));
            }
            return Work.of(sql).locking(table, Mode.ACCESS_EXCLUSIVE);
        }
    }

    /** Lets soft-deleted rows of an entity be restored under its new name. */
    record RenameEntity(Table table, String from, String to) implements TableChange {

        @Override
        public String text() {
            return "rename the records of " + from + " to " + to;
        }

        @Override
        public Work work(Set<Table> large) {
            String old = literal(from);
            String now = literal(to);
            return Work.of(
                    "delete from vinculum.removed where entity = " + now + " or cause = " + now,
                    "update vinculum.removed set entity = " + now + " where entity = " + old,
                    "update vinculum.removed set cause = " + now + " where cause = " + old);
        }
    }

    /** Drops a table that nothing declares. */
    record DropTable(Table table) implements TableChange {

        @Override
        public String text() {
            return "drop table " + table + ", which nothing declares any more";
        }

        @Override
        public boolean destructive() {
            return true;
        }

        @Override
        public Work work(Set<Table> large) {
            return Work.of("drop table if exists " + Ddl.name(table) + " cascade")
                    .locking(table, Mode.ACCESS_EXCLUSIVE);
        }
    }

    /** Sets or drops the comment of a table, or of one of its columns. */
    record Comment(
            Table table, @Nullable String column, @Nullable String text) implements TableChange {

        @Override
        public String text() {
            return "alter table " + table + ": comment" + (column == null ? "" : " of column " + column);
        }

        @Override
        public Work work(Set<Table> large) {
            String on = column == null ? "table " + Ddl.name(table) : Ddl.columnPath(table, column);
            return Work.of("comment on " + on + " is " + (text == null ? "null" : literal(text)))
                    .locking(table, Mode.SHARE_UPDATE_EXCLUSIVE);
        }
    }
}
