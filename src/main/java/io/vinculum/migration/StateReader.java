package io.vinculum.migration;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Table;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.ddl.Ddl;
import io.vinculum.migration.DatabaseState.ActualCheck;
import io.vinculum.migration.DatabaseState.ActualColumn;
import io.vinculum.migration.DatabaseState.ActualIndex;
import io.vinculum.migration.DatabaseState.ActualReference;
import io.vinculum.migration.DatabaseState.ActualTable;
import io.vinculum.migration.DatabaseState.Tracked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads a {@link DatabaseState} from the catalogs of PostgreSQL; no statement looks at the rows of a table. */
final class StateReader {
    /** An enum's value in the text of a constraint: values are names of GraphQL, so none is quoted. */
    private static final Pattern VALUE = Pattern.compile("'(\\w+)'::text");

    private static final String PREPARED = "select to_regclass('vinculum.migrated_table') is not null, "
            + "to_regclass('vinculum.migrated_version') is not null";

    private static final String VERSION =
            "select (select coalesce(max(number), 0) from vinculum.migrated_version), array(select fingerprint "
                    + "from vinculum.migrated_catalog order by number)";

    private static final String SCHEMAS = "select nspname::text from pg_namespace";

    private static final String OTHERS = "n.nspname !~ '^(pg_|information_schema$)'";

    private static final String COLUMNS = """
            select n.nspname, c.relname, a.attname, t.typname, a.attnotnull, a.attidentity <> '' as numbered,
                   col_description(c.oid, a.attnum) as comment, obj_description(c.oid, 'pg_class') as table_comment,
                   c.reltuples::int8 as rows
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_type t on t.oid = a.atttypid
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and %s
            order by c.oid, a.attnum
            """.formatted(OTHERS);

    private static final String INDEXES = """
            select n.nspname, c.relname, i.relname as name, x.indisunique, x.indisprimary, m.amname,
                   x.indisvalid and x.indisready as valid, x.indpred is not null as partial,
                   coalesce(pg_get_expr(x.indpred, x.indrelid) = '(deleted_at IS NULL)', false) as live,
                   obj_description(i.oid, 'pg_class') as comment,
                   array(select coalesce(a.attname, '')::text from unnest(x.indkey) with ordinality k(attnum, position)
                         left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum and a.attnum > 0
                         order by k.position) as columns
            from pg_index x
            join pg_class c on c.oid = x.indrelid
            join pg_class i on i.oid = x.indexrelid
            join pg_am m on m.oid = i.relam
            join pg_namespace n on n.oid = c.relnamespace
            where %s
            """.formatted(OTHERS);

    private static final String CONSTRAINTS = """
            select n.nspname, c.relname, k.conname, k.contype::text as kind, a.attname, k.convalidated,
                   tn.nspname as target_schema, t.relname as target_table, ta.attname as target_column,
                   case when k.contype = 'c' then pg_get_constraintdef(k.oid) else '' end as text
            from pg_constraint k
            join pg_class c on c.oid = k.conrelid
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
            left join pg_class t on t.oid = k.confrelid
            left join pg_namespace tn on tn.oid = t.relnamespace
            left join pg_attribute ta on ta.attrelid = t.oid and ta.attnum = k.confkey[1]
            where k.contype in ('f', 'c') and cardinality(k.conkey) = 1 and %s
            order by k.oid
            """.formatted(OTHERS);

    private static final String TRACKED = """
            select t.table_schema, t.table_name, t.owner, d.column_name, d.default_sql, d.check_values
            from vinculum.migrated_table t
            left join vinculum.migrated_column d on d.table_schema = t.table_schema and d.table_name = t.table_name
            order by 1, 2
            """;

    private StateReader() {}

    static Future<DatabaseState> read(Session session) {
        return session.run(Statement.of(PREPARED))
                .compose(rows ->
                        read(session, rows.get(0).getBoolean(0), rows.get(0).getBoolean(1)));
    }

    private static Future<DatabaseState> read(Session session, boolean tracking, boolean versioned) {
        Future<List<Row>> version = when(versioned, session, VERSION);
        Future<List<Row>> schemas = when(true, session, SCHEMAS);
        Future<List<Row>> columns = when(true, session, COLUMNS);
        Future<List<Row>> indexes = when(true, session, INDEXES);
        Future<List<Row>> constraints = when(true, session, CONSTRAINTS);
        Future<List<Row>> tracked = when(tracking, session, TRACKED);
        return Future.all(List.of(version, schemas, columns, indexes, constraints, tracked))
                .map(done -> {
                    Map<Table, Tracked> known = tracked(tracked.result());
                    Map<Table, ActualTable> tables = tables(columns.result());
                    addIndexes(tables, indexes.result());
                    addConstraints(tables, constraints.result(), known);
                    Set<String> names = schemas.result().stream()
                            .map(row -> row.getString(0))
                            .collect(Collectors.toSet());
                    Optional<Row> newest = version.result().stream().findFirst();
                    return new DatabaseState(
                            newest.map(row -> row.getInteger(0)).orElse(0),
                            newest.map(row -> List.of(row.getArrayOfStrings(1))).orElse(List.of()),
                            names,
                            tables,
                            known);
                });
    }

    private static Future<List<Row>> when(boolean there, Session session, String sql) {
        return there ? session.run(Statement.of(sql)) : Future.succeededFuture(List.of());
    }

    private static Table table(Row row) {
        return new Table(row.getString(0), row.getString(1));
    }

    private static Map<Table, ActualTable> tables(List<Row> rows) {
        Map<Table, ActualTable> tables = new LinkedHashMap<>();
        for (Row row : rows) {
            ActualTable table = tables.computeIfAbsent(
                    table(row),
                    name -> new ActualTable(
                            new LinkedHashMap<>(),
                            new ArrayList<>(),
                            "",
                            new ArrayList<>(),
                            new ArrayList<>(),
                            new ArrayList<>(),
                            row.getString("table_comment"),
                            row.getLong("rows")));
            if (row.getString("attname") != null) {
                table.columns().put(row.getString("attname"), column(row));
            }
        }
        return tables;
    }

    private static ActualColumn column(Row row) {
        String type = row.getString("typname");
        return new ActualColumn(
                type.startsWith("_") ? type.substring(1) + "[]" : type,
                row.getBoolean("attnotnull"),
                row.getBoolean("numbered"),
                row.getString("comment"));
    }

    private static void addIndexes(Map<Table, ActualTable> tables, List<Row> rows) {
        for (Row row : rows) {
            tables.computeIfPresent(table(row), (name, table) -> withIndex(table, row));
        }
    }

    private static ActualTable withIndex(ActualTable table, Row row) {
        List<String> columns = Arrays.asList(row.getArrayOfStrings("columns"));
        if (row.getBoolean("indisprimary")) {
            return new ActualTable(
                    table.columns(),
                    columns,
                    row.getString("name"),
                    table.indexes(),
                    table.references(),
                    table.checks(),
                    table.comment(),
                    table.estimatedRows());
        }
        table.indexes()
                .add(new ActualIndex(
                        row.getString("name"),
                        columns,
                        row.getBoolean("indisunique"),
                        row.getBoolean("live"),
                        row.getBoolean("partial"),
                        row.getString("amname"),
                        row.getBoolean("valid"),
                        row.getString("comment")));
        return table;
    }

    private static void addConstraints(Map<Table, ActualTable> tables, List<Row> rows, Map<Table, Tracked> known) {
        for (Row row : rows) {
            ActualTable table = tables.get(table(row));
            if (table == null) {
                continue;
            }
            if (row.getString("kind").equals("f")) {
                table.references().add(reference(row, known.containsKey(table(row))));
            } else {
                check(row, Optional.ofNullable(known.get(table(row))))
                        .ifPresent(check -> table.checks().add(check));
            }
        }
    }

    private static ActualReference reference(Row row, boolean tracked) {
        String column = row.getString("attname");
        return new ActualReference(
                row.getString("conname"),
                column,
                new Table(row.getString("target_schema"), row.getString("target_table")),
                row.getString("target_column"),
                row.getBoolean("convalidated"),
                tracked && row.getString("conname").equals(Ddl.referenceName(table(row), column)));
    }

    /** A check that a migration made; those of others are left alone. */
    private static Optional<ActualCheck> check(Row row, Optional<Tracked> tracked) {
        String name = row.getString("conname");
        String column = row.getString("attname");
        boolean notNull = name.equals(Ddl.requiredName(table(row), column));
        boolean ofValues = name.equals(Ddl.checkName(table(row), column))
                // An earlier version renamed tables without their constraints.
                || (name.endsWith("_values")
                        && tracked.map(known -> known.values().get(column)).isPresent());
        if (tracked.isEmpty() || (!notNull && !ofValues)) {
            return Optional.empty();
        }
        List<String> values = new ArrayList<>();
        Matcher value = VALUE.matcher(row.getString("text"));
        while (!notNull && value.find()) {
            values.add(value.group(1));
        }
        return Optional.of(new ActualCheck(name, column, values, notNull, row.getBoolean("convalidated")));
    }

    private static Map<Table, Tracked> tracked(List<Row> rows) {
        Map<Table, Tracked> tracked = new LinkedHashMap<>();
        for (Row row : rows) {
            Tracked table = tracked.computeIfAbsent(
                    table(row),
                    name -> new Tracked(row.getString("owner"), new LinkedHashMap<>(), new LinkedHashMap<>()));
            if (row.getString("column_name") != null) {
                table.defaults().put(row.getString("column_name"), row.getString("default_sql"));
                table.values().put(row.getString("column_name"), row.getString("check_values"));
            }
        }
        return tracked;
    }
}
