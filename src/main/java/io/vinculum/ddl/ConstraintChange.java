package io.vinculum.ddl;

import static io.vinculum.database.Identifier.quote;
import static io.vinculum.ddl.Ddl.alter;
import static io.vinculum.ddl.Ddl.dropped;
import static io.vinculum.ddl.Ddl.validate;

import io.vinculum.catalog.Table;
import io.vinculum.ddl.TableSpec.Reference;
import io.vinculum.ddl.Work.Later;
import io.vinculum.ddl.Work.Mode;
import java.util.List;
import java.util.Set;

/** Changes of a constraint. */
public sealed interface ConstraintChange extends Change {

    /** Gives a constraint the name that a new table's would have. */
    record RenameConstraint(Table table, String from, String to) implements ConstraintChange {

        @Override
        public String text() {
            return "rename constraint " + from + " of table " + table + " to " + to;
        }

        @Override
        public Work work(Set<Table> large) {
            return Work.of(alter(table) + "rename constraint " + quote(from) + " to " + quote(to))
                    .locking(table, Mode.ACCESS_EXCLUSIVE);
        }
    }

    /** Adds a foreign key; {@code fresh} when its table is made by the same migration. */
    record AddReference(Table table, Reference reference, boolean fresh) implements ConstraintChange {

        @Override
        public String text() {
            return "alter table " + table + ": " + reference.column() + " refers to " + reference.target();
        }

        @Override
        public Work work(Set<Table> large) {

            String add = Ddl.addReference(table, reference);
            Table target = reference.target();
            if (fresh) {
                return Work.of(add).locking(target, Mode.SHARE_ROW_EXCLUSIVE);
            }
            String name = Ddl.referenceName(table, reference.column());
            return Work.of(add + " not valid")
                    .locking(table, Mode.SHARE_ROW_EXCLUSIVE)
                    .locking(target, Mode.SHARE_ROW_EXCLUSIVE)
                    .then(Later.once(table, validate(table, name)));
        }
    }

    /** Drops a constraint that nothing declares. */
    record DropConstraint(Table table, String name, String column) implements ConstraintChange {

        @Override
        public String text() {
            return "drop constraint " + name + " of table " + table;
        }

        @Override
        public Work work(Set<Table> large) {
            return Work.of(dropped(table, name)).locking(table, Mode.ACCESS_EXCLUSIVE);
        }
    }

    /** Checks the rows that were there before a constraint, where an interrupted migration has not. */
    record Validate(Table table, String constraint) implements ConstraintChange {

        @Override
        public String text() {
            return "alter table " + table + ": validate " + constraint;
        }

        @Override
        public Work work(Set<Table> large) {
            return Work.after(List.of(Later.once(table, validate(table, constraint))));
        }
    }
}
