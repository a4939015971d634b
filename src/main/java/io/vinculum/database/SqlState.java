package io.vinculum.database;

import io.vertx.pgclient.PgException;

/** Reads the SQLSTATE of what a statement failed with. */
public final class SqlState {
    public static final String LOCK_NOT_AVAILABLE = "55P03";
    public static final String DEADLOCK = "40P01";
    public static final String CANCELLED = "57014";
    public static final String CHECK_VIOLATION = "23514";

    /** The class of values that are none of their type. */
    public static final String DATA_EXCEPTION = "22";

    private SqlState() {}

    /** The code, empty when PostgreSQL refused nothing. */
    public static String of(Throwable cause) {
        return cause instanceof PgException refused ? String.valueOf(refused.getSqlState()) : "";
    }
}
