package io.vinculum.migration;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Table;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tables as they are, and what the last migration left behind about them. */
record DatabaseState(Map<Table, ActualTable> tables, Map<Table, Tracked> tracked, boolean prepared) {

    /** A table that is there. */
    record ActualTable(
            Map<String, ActualColumn> columns,
            List<String> primaryKey,
            List<ActualIndex> indexes,
            List<String> foreignKeys,
            @Nullable String comment) {}

    /** A column that is there. */
    record ActualColumn(
            String type,
            boolean required,
            boolean numbered,
            @Nullable String comment) {}

    /** An index that is there; {@code ours} when a migration made it. */
    record ActualIndex(
            String name,
            List<String> columns,
            boolean unique,
            boolean live,
            boolean partial,
            String method,
            boolean ours) {}

    /** What the last migration declared of a table: its identity, defaults and enum values by column. */
    record Tracked(String owner, String identity, Map<String, String> defaults, Map<String, String> checks) {}

    private static final String PREPARED = "select to_regclass('vinculum.migrated_table') is not null, "
            // The newest of the own tables stands for all of them.
            + "to_regclass('vinculum.workflow_outbox') is not null";

    private static final String COLUMNS = """
            select n.nspname, c.relname, a.attname, t.typname, a.attnotnull, a.attidentity <> '' as numbered,
                   col_description(c.oid, a.attnum) as comment, obj_description(c.oid, 'pg_class') as table_comment
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            left join pg_type t on t.oid = a.atttypid
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^(pg_|information_schema$)'
            order by c.oid, a.attnum
            """;

    private static final String INDEXES = """
            select n.nspname, c.relname, i.relname as name, x.indisunique, x.indisprimary, m.amname,
                   x.indpred is not null as partial,
                   coalesce(pg_get_expr(x.indpred, x.indrelid) = '(deleted_at IS NULL)', false) as live,
                   coalesce(obj_description(i.oid, 'pg_class') like 'vinculum:%', false) as ours,
                   array(select coalesce(a.attname, '')::text from unnest(x.indkey) with ordinality k(attnum, position)
                         left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum and a.attnum > 0
                         order by k.position) as columns
            from pg_index x
            join pg_class c on c.oid = x.indrelid
            join pg_class i on i.oid = x.indexrelid
            join pg_am m on m.oid = i.relam
            join pg_namespace n on n.oid = c.relnamespace
            where n.nspname !~ '^(pg_|information_schema$)' and x.indisvalid
            """;

    private static final String FOREIGN_KEYS = """
            select n.nspname, c.relname, a.attname
            from pg_constraint k
            join pg_class c on c.oid = k.conrelid
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
            where k.contype = 'f' and cardinality(k.conkey) = 1
            """;

    private static final String TRACKED = """
            select t.table_schema, t.table_name, t.owner, t.identity, d.column_name, d.default_sql, d.check_values
            from vinculum.migrated_table t
            left join vinculum.migrated_column d on d.table_schema = t.table_schema and d.table_name = t.table_name
            order by 1, 2
            """;

    static Future<DatabaseState> read(Session session) {
        return session.run(Statement.of(PREPARED))
                .compose(rows ->
                        read(session, rows.get(0).getBoolean(0), rows.get(0).getBoolean(1)));
    }

    private static Future<DatabaseState> read(Session session, boolean begun, boolean prepared) {
        Future<List<Row>> columns = session.run(Statement.of(COLUMNS));
        Future<List<Row>> indexes = session.run(Statement.of(INDEXES));
        Future<List<Row>> foreignKeys = session.run(Statement.of(FOREIGN_KEYS));
        Future<List<Row>> tracked = begun ? session.run(Statement.of(TRACKED)) : Future.succeededFuture(List.of());
        return Future.all(columns, indexes, foreignKeys, tracked)
                .map(done -> new DatabaseState(
                        tables(columns.result(), indexes.result(), foreignKeys.result()),
                        tracked(tracked.result()),
                        prepared));
    }

    private static Table table(Row row) {
        return new Table(row.getString(0), row.getString(1));
    }

    private static Map<Table, ActualTable> tables(List<Row> columns, List<Row> indexes, List<Row> foreignKeys) {
        Map<Table, ActualTable> tables = new LinkedHashMap<>();
        for (Row row : columns) {
            ActualTable table = tables.computeIfAbsent(
                    table(row),
                    name -> new ActualTable(
                            new LinkedHashMap<>(),
                            new ArrayList<>(),
                            new ArrayList<>(),
                            new ArrayList<>(),
                            row.getString("table_comment")));
            if (row.getString("attname") != null) {
                table.columns().put(row.getString("attname"), column(row));
            }
        }
        for (Row row : indexes) {
            Optional.ofNullable(tables.get(table(row))).ifPresent(table -> addIndex(table, row));
        }
        for (Row row : foreignKeys) {
            Optional.ofNullable(tables.get(table(row)))
                    .ifPresent(table -> table.foreignKeys().add(row.getString("attname")));
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

    private static void addIndex(ActualTable table, Row row) {
        List<String> columns = Arrays.asList(row.getArrayOfStrings("columns"));
        if (row.getBoolean("indisprimary")) {
            table.primaryKey().addAll(columns);
            return;
        }
        table.indexes()
                .add(new ActualIndex(
                        row.getString("name"),
                        columns,
                        row.getBoolean("indisunique"),
                        row.getBoolean("live"),
                        row.getBoolean("partial"),
                        row.getString("amname"),
                        row.getBoolean("ours")));
    }

    private static Map<Table, Tracked> tracked(List<Row> rows) {
        Map<Table, Tracked> tracked = new HashMap<>();
        for (Row row : rows) {
            Tracked table = tracked.computeIfAbsent(
                    table(row),
                    name -> new Tracked(
                            row.getString("owner"),
                            row.getString("identity"),
                            new LinkedHashMap<>(),
                            new LinkedHashMap<>()));
            if (row.getString("column_name") != null) {
                table.defaults().put(row.getString("column_name"), row.getString("default_sql"));
                table.checks().put(row.getString("column_name"), row.getString("check_values"));
            }
        }
        return tracked;
    }
}
