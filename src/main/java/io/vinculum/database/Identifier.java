package io.vinculum.database;

/** Quotes names for SQL; the one place where a name becomes SQL text. */
public final class Identifier {
    private Identifier() {}

    /** A column, an alias or a table without its schema. */
    public static String quote(String name) {
        if (name.isEmpty() || name.indexOf(0) >= 0) {
            throw new IllegalArgumentException("not a name");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A column of an aliased table. */
    public static String quote(String alias, String column) {
        return alias + "." + quote(column);
    }

    /** A table in its schema. */
    public static String table(String schema, String name) {
        return quote(schema) + "." + quote(name);
    }

    /** A text constant; for DDL only, where PostgreSQL takes no parameters. */
    public static String literal(String text) {
        String escaped = text.replace("'", "''");
        return text.indexOf('\\') < 0 ? "'" + escaped + "'" : "E'" + escaped.replace("\\", "\\\\") + "'";
    }
}
