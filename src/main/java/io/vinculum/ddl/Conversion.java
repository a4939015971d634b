package io.vinculum.ddl;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.ddl.TableSpec.Column;
import java.util.Set;

/** How the values of a column become those of another type. */
public final class Conversion {
    /** Types whose every value fits into another one, as {@code from>to}. */
    private static final Set<String> WIDENINGS =
            Set.of("int4>int8", "int4>numeric", "int8>numeric", "int4>float8", "varchar>text", "json>jsonb");

    private static final Set<String> NUMBERS = Set.of("int2", "int4", "int8", "numeric", "float4", "float8");
    private static final Set<String> TIMES = Set.of("timestamptz", "timestamp", "date");

    private Conversion() {}

    public static boolean widens(String from, String to) {
        return WIDENINGS.contains(from + ">" + to) || to.equals(from + "[]");
    }

    /** The expression that converts the present value; through text where PostgreSQL has no cast. */
    public static String sql(Column column, String from) {
        String name = quote(column.name());
        String to = column.type().sqlName();
        if (column.type().list() && !from.endsWith("[]")) {
            return "case when " + name + " is not null then array[" + cast(name, from, to.substring(0, to.length() - 2))
                    + "] end";
        }
        if (!column.type().list() && from.endsWith("[]")) {
            return cast("(" + name + ")[1]", from.substring(0, from.length() - 2), to);
        }
        return column.type().list() ? name + "::text[]::" + to : cast(name, from, to);
    }

    private static String cast(String value, String from, String to) {
        boolean direct = (NUMBERS.contains(from) && NUMBERS.contains(to))
                || (TIMES.contains(from) && TIMES.contains(to))
                || (from.equals("json") && to.equals("jsonb"));
        return direct ? value + "::" + to : value + "::text::" + to;
    }
}
