package io.vinculum.ddl;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Index;
import io.vinculum.catalog.Table;
import io.vinculum.database.Identifier;
import io.vinculum.ddl.Work.Later;
import io.vinculum.ddl.Work.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Changes of an index. Those of a large table are made concurrently. */
public sealed interface IndexChange extends Change {

    /**
     * Makes an index.
     *
     * @param fresh whether its table is made by the same migration
     * @param broken whether a half-built one has its name and goes first
     * @param commentOnly whether it is there and lacks its comment only
     */
    record CreateIndex(Table table, Index index, boolean fresh, boolean broken, boolean commentOnly)
            implements IndexChange {

        @Override
        public String text() {
            return "create " + (commentOnly ? "the comment of the " : "")
                    + (index.unique() ? "unique index on " : "index on ") + table + " " + Ddl.columns(index) + ": "
                    + index.reason() + (broken ? " (a half-built one is dropped first)" : "");
        }

        @Override
        public Work work(Set<Table> large) {

            String comment = Ddl.commentIndex(table, index);
            if (commentOnly) {
                return Work.of(comment);
            }
            String name = Identifier.table(table.schema(), Ddl.indexName(table, index));
            if (fresh || !large.contains(table)) {
                List<String> sql = new ArrayList<>();
                if (broken) {
                    sql.add("drop index if exists " + name);
                }
                sql.add(Ddl.createIndex(table, index, false));
                sql.add(comment);
                Work work = Work.of(sql);
                return fresh ? work : work.locking(table, broken ? Mode.ACCESS_EXCLUSIVE : Mode.SHARE);
            }
            String drop = "drop index concurrently if exists " + name;
            List<Later> later = new ArrayList<>();
            if (broken) {
                later.add(Later.concurrently(table, drop, ""));
            }
            later.add(Later.concurrently(table, Ddl.createIndex(table, index, true), drop));
            later.add(Later.once(table, comment));
            return Work.after(later);
        }
    }

    /** Gives an index the name that a new one would have. */
    record RenameIndex(Table table, String from, String to) implements IndexChange {

        @Override
        public String text() {
            return "rename index " + from + " to " + to;
        }

        @Override
        public Work work(Set<Table> large) {
            return Work.of("alter index " + Identifier.table(table.schema(), from) + " rename to " + quote(to))
                    .locking(table, Mode.SHARE_UPDATE_EXCLUSIVE);
        }
    }

    /** Drops an index that nothing declares. */
    record DropIndex(Table table, String name) implements IndexChange {

        @Override
        public String text() {
            return "drop index " + name + " of " + table;
        }

        @Override
        public Work work(Set<Table> large) {
            String index = Identifier.table(table.schema(), name);
            return large.contains(table)
                    ? Work.after(List.of(Later.concurrently(table, "drop index concurrently if exists " + index, "")))
                    : Work.of("drop index if exists " + index).locking(table, Mode.ACCESS_EXCLUSIVE);
        }
    }
}
