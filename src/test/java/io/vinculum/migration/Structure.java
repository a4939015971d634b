package io.vinculum.migration;

import io.vertx.core.Future;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What PostgreSQL says of the tables of a database, as lines that can be compared. */
final class Structure {
    private static final String OURS = "n.nspname !~ '^(pg_|information_schema$|vinculum$|public$)'";
    private static final Pattern VALUES = Pattern.compile("ARRAY\\[(.*?)]");

    private static final String COLUMNS = "select format('column %s.%s.%s %s %s default %s identity %s comment %s', "
            + "n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
            + "pg_get_expr(d.adbin, d.adrelid), a.attidentity, col_description(c.oid, a.attnum)) from pg_class c "
            + "join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 "
            + "and not a.attisdropped left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum "
            + "where c.relkind = 'r' and " + OURS;

    private static final String TABLES = "select format('table %s.%s comment %s', n.nspname, c.relname, "
            + "obj_description(c.oid, 'pg_class')) from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            + "where c.relkind = 'r' and " + OURS;

    private static final String CONSTRAINTS = "select format('constraint %s.%s %s %s valid %s', n.nspname, c.relname, "
            + "k.conname, pg_get_constraintdef(k.oid), k.convalidated) from pg_constraint k join pg_class c on "
            + "c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace where k.contype <> 'n' and " + OURS;

    private static final String INDEXES = "select format('index %s valid %s comment %s', pg_get_indexdef(i.oid), "
            + "x.indisvalid, obj_description(i.oid, 'pg_class')) from pg_index x join pg_class i on "
            + "i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace where " + OURS;

    private Structure() {}

    static Future<List<String>> of(Database database) {
        String all = String.join(" union all ", COLUMNS, TABLES, CONSTRAINTS, INDEXES);
        return database.read(Statement.of(all)).map(rows -> {
            List<String> lines = new ArrayList<>();
            rows.forEach(row -> lines.add(sorted(row.getString(0))));
            lines.sort(null);
            return lines;
        });
    }

    /** Checks list their values in the order of the declaration, which may change without any other change. */
    private static String sorted(String line) {
        Matcher values = VALUES.matcher(line);
        return values.replaceAll(
                found -> "ARRAY" + new TreeSet<>(Arrays.asList(found.group(1).split(", "))));
    }
}
