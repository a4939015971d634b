package io.vinculum.ddl;

import io.vinculum.catalog.Table;
import java.util.Set;

/**
 * One change between the database as it is and as it should be: its words, its SQL with the locks that it takes, and
 * what it risks.
 */
public sealed interface Change permits TableChange, ColumnChange, ChangeValues, IndexChange, ConstraintChange {

    /** The change in words, the verb first: create, alter, rename or drop. */
    String text();

    /** The table that it changes, under its new name. */
    Table table();

    /**
     * How it is made. Pure; what is large is changed without holding others up.
     *
     * @param large the tables with many rows, by their new names
     */
    Work work(Set<Table> large);

    /** Whether values are lost, or may no longer be there as they were. */
    default boolean destructive() {
        return false;
    }

    /** Whether PostgreSQL writes every row again while the table is locked. */
    default boolean rewrites() {
        return false;
    }
}
