package io.vinculum.migration;

import io.vinculum.catalog.Index;
import io.vinculum.catalog.Table;
import io.vinculum.migration.TableSpec.Column;
import io.vinculum.migration.TableSpec.Reference;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One change between the database as it is and as it should be; {@link ChangeSql} writes it down as SQL. */
sealed interface Change {

    /** What a change does, in one word. */
    enum Kind {
        CREATE,
        ALTER,
        RENAME,
        DROP
    }

    Kind kind();

    /** The change in words, after its kind. */
    String what();

    /** The table that it changes, under its new name. */
    Table table();

    <R> R accept(Visitor<R> visitor);

    /** Whether values are lost, or may no longer be there as they were. */
    default boolean destructive() {
        return false;
    }

    /** Whether PostgreSQL writes every row again and locks the table meanwhile. */
    default boolean rewrites() {
        return false;
    }

    /** One method for each kind of change: a new one does not compile until each reader knows it. */
    interface Visitor<R> {
        R ownStep(OwnStep change);

        R createSchema(CreateSchema change);

        R createTable(CreateTable change);

        R moveTable(MoveTable change);

        R renameEntity(RenameEntity change);

        R renameColumn(RenameColumn change);

        R renameConstraint(RenameConstraint change);

        R dropTable(DropTable change);

        R addColumn(AddColumn change);

        R dropColumn(DropColumn change);

        R alterType(AlterType change);

        R require(Require change);

        R relax(Relax change);

        R setDefault(SetDefault change);

        R changeValues(ChangeValues change);

        R comment(Comment change);

        R createIndex(CreateIndex change);

        R renameIndex(RenameIndex change);

        R dropIndex(DropIndex change);

        R addReference(AddReference change);

        R dropConstraint(DropConstraint change);

        R validate(Validate change);
    }

    /** A numbered step of Vinculum's own tables. */
    record OwnStep(int number, String subject, List<String> sql) implements Change {
        public OwnStep {
            sql = List.copyOf(sql);
        }

        @Override
        public Kind kind() {
            return number == 1 ? Kind.CREATE : Kind.ALTER;
        }

        @Override
        public String what() {
            return "vinculum's own tables, step " + number + ": " + subject;
        }

        @Override
        public Table table() {
            return OwnTables.VERSION;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.ownStep(this);
        }
    }

    /** Makes a schema. */
    record CreateSchema(String name) implements Change {
        @Override
        public Kind kind() {
            return Kind.CREATE;
        }

        @Override
        public String what() {
            return "schema " + name;
        }

        @Override
        public Table table() {
            return new Table(name, "");
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.createSchema(this);
        }
    }

    /** Makes a table with its columns, checks and comments. */
    record CreateTable(TableSpec spec) implements Change {
        @Override
        public Kind kind() {
            return Kind.CREATE;
        }

        @Override
        public String what() {
            return "table " + spec.table() + " of " + spec.owner();
        }

        @Override
        public Table table() {
            return spec.table();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.createTable(this);
        }
    }

    /** Gives a table another name, another schema, or both. */
    record MoveTable(Table from, Table table) implements Change {
        @Override
        public Kind kind() {
            return Kind.RENAME;
        }

        @Override
        public String what() {
            return "table " + from + " to " + table;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.moveTable(this);
        }
    }

    /** Lets soft-deleted rows of an entity be restored under its new name. */
    record RenameEntity(Table table, String from, String to) implements Change {
        @Override
        public Kind kind() {
            return Kind.RENAME;
        }

        @Override
        public String what() {
            return "the records of " + from + " to " + to;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.renameEntity(this);
        }
    }

    /** Gives a column another name. */
    record RenameColumn(Table table, String from, String to) implements Change {
        @Override
        public Kind kind() {
            return Kind.RENAME;
        }

        @Override
        public String what() {
            return "column " + from + " of table " + table + " to " + to;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.renameColumn(this);
        }
    }

    /** Gives a constraint the name that a new table's would have. */
    record RenameConstraint(Table table, String from, String to) implements Change {
        @Override
        public Kind kind() {
            return Kind.RENAME;
        }

        @Override
        public String what() {
            return "constraint " + from + " of table " + table + " to " + to;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.renameConstraint(this);
        }
    }

    /** Drops a table that nothing declares. */
    record DropTable(Table table) implements Change {
        @Override
        public Kind kind() {
            return Kind.DROP;
        }

        @Override
        public String what() {
            return "table " + table + ", which nothing declares any more";
        }

        @Override
        public boolean destructive() {
            return true;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dropTable(this);
        }
    }

    /** Adds a column. */
    record AddColumn(Table table, Column column) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER;
        }

        @Override
        public String what() {
            return "table " + table + ": add column " + column.name() + " "
                    + column.type().sqlName();
        }

        /** Whether rows that are there would have no value for it. */
        boolean needsValue() {
            return column.required() && column.defaultSql() == null && !column.numbered();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.addColumn(this);
        }
    }

    /** Drops a column with its values. */
    record DropColumn(Table table, String column) implements Change {
        @Override
        public Kind kind() {
            return Kind.DROP;
        }

        @Override
        public String what() {
            return "column " + column + " of table " + table;
        }

        @Override
        public boolean destructive() {
            return true;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dropColumn(this);
        }
    }

    /**
     * Changes the type of a column.
     *
     * @param widening whether every value fits into the new type
     */
    record AlterType(Table table, Column column, String from, boolean widening) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER;
        }

        @Override
        public String what() {
            return "table " + table + ": column " + column.name() + " from " + from + " to "
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
        public <R> R accept(Visitor<R> visitor) {
            return visitor.alterType(this);
        }
    }

    /** Makes a column required; {@code checked} when an interrupted migration left its check behind. */
    record Require(Table table, String column, boolean checked) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER;
        }

        @Override
        public String what() {
            return "table " + table + ": column " + column + " required";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.require(this);
        }
    }

    /** Makes a column optional. */
    record Relax(Table table, String column) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER;
        }

        @Override
        public String what() {
            return "table " + table + ": column " + column + " optional";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.relax(this);
        }
    }

    /** Sets or drops the default of a column. */
    record SetDefault(Table table, Column column) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER;
        }

        @Override
        public String what() {
            return "table " + table + ": column " + column.name() + (column.defaultSql() == null ? " without" : " with")
                    + " a default";
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.setDefault(this);
        }
    }

    /**
     * Changes which values a column of an enum may hold.
     *
     * @param before the values of the check that is there, empty when there is none
     * @param after the values of the new one, empty for none
     * @param renamed the new names of values that rows may hold, by the old ones
     */
    record ChangeValues(
            Table table,
            String column,
            boolean list,
            @Nullable String oldCheck,
            List<String> before,
            List<String> after,
            Map<String, String> renamed)
            implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER;
        }

        @Override
        public String what() {
            StringBuilder text = new StringBuilder("table " + table + ": column " + column);
            text.append(after.isEmpty() ? " takes any value" : " takes other values");
            renamed.forEach((old, now) -> text.append(", '")
                    .append(old)
                    .append("' becomes '")
                    .append(now)
                    .append('\''));
            return text.toString();
        }

        /** The values that were admitted and are no longer, renamed ones aside. */
        List<String> gone() {
            return before.stream()
                    .filter(value -> !after.contains(value) && !renamed.containsKey(value))
                    .toList();
        }

        /** Whether rows may hold what the new check does not admit. */
        boolean narrower() {
            return !after.isEmpty() && (before.isEmpty() || !gone().isEmpty());
        }

        @Override
        public boolean destructive() {
            return narrower();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.changeValues(this);
        }
    }

    /** Sets or drops the comment of a table, or of one of its columns. */
    record Comment(
            Table table, @Nullable String column, @Nullable String text) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER;
        }

        @Override
        public String what() {
            return "table " + table + ": comment" + (column == null ? "" : " of column " + column);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.comment(this);
        }
    }

    /**
     * Makes an index.
     *
     * @param fresh whether its table is made by the same migration
     * @param broken whether a half-built one has its name and goes first
     * @param commentOnly whether it is there and lacks its comment only
     */
    record CreateIndex(Table table, Index index, boolean fresh, boolean broken, boolean commentOnly) implements Change {
        @Override
        public Kind kind() {
            return Kind.CREATE;
        }

        @Override
        public String what() {
            return (commentOnly ? "the comment of the " : "")
                    + (index.unique() ? "unique index on " : "index on ") + table + " " + Ddl.columns(index) + ": "
                    + index.reason() + (broken ? " (a half-built one is dropped first)" : "");
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.createIndex(this);
        }
    }

    /** Gives an index the name that a new one would have. */
    record RenameIndex(Table table, String from, String to) implements Change {
        @Override
        public Kind kind() {
            return Kind.RENAME;
        }

        @Override
        public String what() {
            return "index " + from + " to " + to;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.renameIndex(this);
        }
    }

    /** Drops an index that nothing declares. */
    record DropIndex(Table table, String name) implements Change {
        @Override
        public Kind kind() {
            return Kind.DROP;
        }

        @Override
        public String what() {
            return "index " + name + " of " + table;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dropIndex(this);
        }
    }

    /** Adds a foreign key; {@code fresh} when its table is made by the same migration. */
    record AddReference(Table table, Reference reference, boolean fresh) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER;
        }

        @Override
        public String what() {
            return "table " + table + ": " + reference.column() + " refers to " + reference.target();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.addReference(this);
        }
    }

    /** Drops a constraint that nothing declares. */
    record DropConstraint(Table table, String name, String column) implements Change {
        @Override
        public Kind kind() {
            return Kind.DROP;
        }

        @Override
        public String what() {
            return "constraint " + name + " of table " + table;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.dropConstraint(this);
        }
    }

    /** Checks the rows that were there before a constraint, where an interrupted migration has not. */
    record Validate(Table table, String constraint) implements Change {
        @Override
        public Kind kind() {
            return Kind.ALTER;
        }

        @Override
        public String what() {
            return "table " + table + ": validate " + constraint;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.validate(this);
        }
    }
}
