package io.vinculum.ddl;

import io.vinculum.catalog.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a change is made.
 *
 * @param locks the locks on tables that were there before, which the transaction takes first
 * @param inside statements of the one transaction
 * @param later what is done after it, each by itself; safe to repeat
 */
public record Work(List<Lock> locks, List<String> inside, List<Later> later) {

    /** The locks of PostgreSQL that changes take, the weakest first. */
    public enum Mode {
        /** Blocks other migrations and vacuum only. */
        SHARE_UPDATE_EXCLUSIVE,
        SHARE,
        SHARE_ROW_EXCLUSIVE,
        ACCESS_EXCLUSIVE;

        public String sql() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        /** Whom it blocks, in words. */
        public String blocks() {
            return switch (this) {
                case SHARE_UPDATE_EXCLUSIVE -> "no reader or writer";
                case SHARE, SHARE_ROW_EXCLUSIVE -> "writers";
                case ACCESS_EXCLUSIVE -> "readers and writers";
            };
        }
    }

    /** A lock on a table, under its new name. */
    public record Lock(Table table, Mode mode) {}

    /** How a statement runs outside of the transaction. */
    public enum Way {
        /** Once; it waits for locks as the transaction does. */
        ONCE,
        /** Until it changes no row. */
        REPEATED,
        /** As a concurrent index: it waits long for others, who do not wait for it. */
        CONCURRENTLY
    }

    /**
     * One statement after the transaction.
     *
     * @param cleanup what removes the remains of a failed try, empty for nothing
     */
    public record Later(Table table, Way way, String sql, String cleanup) {
        public static Later once(Table table, String sql) {
            return new Later(table, Way.ONCE, sql, "");
        }

        public static Later repeated(Table table, String sql) {
            return new Later(table, Way.REPEATED, sql, "");
        }

        public static Later concurrently(Table table, String sql, String cleanup) {
            return new Later(table, Way.CONCURRENTLY, sql, cleanup);
        }
    }

    public Work {
        locks = List.copyOf(locks);
        inside = List.copyOf(inside);
        later = List.copyOf(later);
    }

    public static Work of(String... inside) {
        return new Work(List.of(), List.of(inside), List.of());
    }

    public static Work of(List<String> inside) {
        return new Work(List.of(), inside, List.of());
    }

    public static Work after(List<Later> later) {
        return new Work(List.of(), List.of(), later);
    }

    public Work locking(Table table, Mode mode) {
        List<Lock> all = new ArrayList<>(locks);
        all.add(new Lock(table, mode));
        return new Work(all, inside, later);
    }

    public Work then(Later... more) {
        List<Later> all = new ArrayList<>(later);
        all.addAll(List.of(more));
        return new Work(locks, inside, all);
    }
}
