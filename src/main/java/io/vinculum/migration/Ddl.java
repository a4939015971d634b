package io.vinculum.migration;

import static io.vinculum.database.Identifier.literal;
import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Index;
import io.vinculum.catalog.Table;
import io.vinculum.database.Identifier;
import io.vinculum.migration.TableSpec.Column;
import io.vinculum.migration.TableSpec.Reference;
import io.vinculum.value.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes tables, columns and indexes down as SQL. */
final class Ddl {
    private static final int MAX_NAME = 63;

    /** Vinculum's own tables: what it migrated, and what a removal took, so that a restore brings back just that. */
    static final List<String> OWN_TABLES = List.of(
            "create schema if not exists vinculum",
            """
            create table if not exists vinculum.migrated_table (
              table_schema text not null, table_name text not null, owner text not null, identity text not null,
              primary key (table_schema, table_name))""",
            """
            create table if not exists vinculum.migrated_column (
              table_schema text not null, table_name text not null, column_name text not null,
              default_sql text, check_values text,
              primary key (table_schema, table_name, column_name))""",
            """
            create table if not exists vinculum.removed (
              entity text not null, key text not null, other_key text not null default '',
              cause text not null, cause_key text not null,
              deleted_at timestamptz not null, removed_at timestamptz not null default now(),
              primary key (entity, key, other_key))""",
            "create index if not exists removed_cause_idx on vinculum.removed (cause, cause_key)",
            """
            create table if not exists vinculum.workflow_node (
              node uuid primary key, lease_until timestamptz not null) with (fillfactor = 50)""",
            """
            create table if not exists vinculum.workflow_shard (
              shard integer primary key, node uuid, epoch bigint not null default 0)""",
            "insert into vinculum.workflow_shard (shard) select generate_series(0, 1023) on conflict do nothing",
            """
            create table if not exists vinculum.workflow_definition (
              hash text primary key, workflow text not null, graph jsonb not null,
              first_seen timestamptz not null default now())""",
            // Values are json, not jsonb, which forgets the order of members: an order may mean something, as in links.
            // Room on each page, and no index on what changes, so that the end of a run rewrites no index.
            """
            create table if not exists vinculum.workflow_run (
              id text primary key, shard integer not null, workflow text not null, transaction_id text not null,
              definition text not null, state text not null, input json, output json, error jsonb,
              priority integer not null default 0,
              created_at timestamptz not null default now(), finished_at timestamptz) with (fillfactor = 50)""",
            "create index if not exists workflow_run_workflow_idx on vinculum.workflow_run (workflow, created_at)",
            """
            create table if not exists vinculum.workflow_live (
              shard integer not null, run text not null, takeovers integer not null default 0,
              progress integer not null default -1, primary key (shard, run))""",
            """
            create table if not exists vinculum.workflow_step (
              run text not null, node text not null, item integer not null, undo boolean not null, state text not null,
              attempt integer not null, place integer not null, input json, output json, undo_data json, error jsonb,
              started_at timestamptz not null default now(), wake_at timestamptz,
              recorded_at timestamptz not null default now(), primary key (run, node, item, undo))""",
            """
            create table if not exists vinculum.workflow_outbox (
              run text not null, number integer not null, shard integer not null, address text not null, payload json,
              primary key (run, number))""",
            // What an earlier version lacked.
            "alter table vinculum.workflow_run add column if not exists priority integer not null default 0",
            """
            alter table vinculum.workflow_step add column if not exists input json,
              add column if not exists started_at timestamptz not null default now(),
              add column if not exists wake_at timestamptz""",
            """
            alter table vinculum.workflow_run alter column input type json, alter column output type json""",
            """
            alter table vinculum.workflow_step alter column input type json, alter column output type json,
              alter column undo_data type json""",
            // Rows come and go by thousands a second, and half of a page waits for the end of what began in it.
            """
            alter table vinculum.workflow_run set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.1)""",
            "alter table vinculum.workflow_step set (autovacuum_vacuum_scale_factor = 0.1)",
            "alter table vinculum.workflow_live set (autovacuum_vacuum_scale_factor = 0.1)",
            "drop index if exists vinculum.workflow_run_shard_idx",
            """
            insert into vinculum.workflow_live (shard, run)
            select shard, id from vinculum.workflow_run where finished_at is null on conflict do nothing""");

    private Ddl() {}

    static String name(Table table) {
        return Identifier.table(table.schema(), table.name());
    }

    static List<String> createTable(TableSpec spec) {
        List<String> lines = new ArrayList<>();
        spec.columns().forEach(column -> lines.add("  " + columnDefinition(column)));
        lines.add("  primary key (" + quoted(spec.primaryKey()) + ")");
        List<String> sql = new ArrayList<>();
        sql.add("create table " + name(spec.table()) + " (\n" + String.join(",\n", lines) + ")");
        spec.columns().forEach(column -> sql.addAll(checks(spec.table(), column)));
        comment("table " + name(spec.table()), spec.comment(), sql);
        spec.columns().forEach(column -> comment(columnPath(spec.table(), column.name()), column.comment(), sql));
        return sql;
    }

    static void comment(String on, @Nullable String comment, List<String> into) {
        if (comment != null) {
            into.add("comment on " + on + " is " + literal(comment));
        }
    }

    static String columnPath(Table table, String column) {
        return "column " + name(table) + "." + quote(column);
    }

    static String columnDefinition(Column column) {
        return quote(column.name()) + " " + column.type().sqlName()
                + (column.numbered() ? " generated by default as identity" : "")
                + (column.required() ? " not null" : "")
                + (column.defaultSql() == null ? "" : " default " + column.defaultSql());
    }

    /** The check of an enum's column; empty for others. */
    static List<String> checks(Table table, Column column) {
        String values = checkValues(column.type());
        if (values == null) {
            return List.of();
        }
        String test = column.type().list()
                ? quote(column.name()) + " <@ array[" + values + "]::text[]"
                : quote(column.name()) + " in (" + values + ")";
        return List.of("alter table " + name(table) + " add constraint " + quote(checkName(table, column.name()))
                + " check (" + test + ")");
    }

    static String checkName(Table table, String column) {
        return shortened(table.name() + "_" + column + "_values");
    }

    /** An enum's values as SQL, null when the type is none. */
    static @Nullable String checkValues(ColumnType type) {
        return type.values().isEmpty()
                ? null
                : type.values().stream().map(Identifier::literal).collect(Collectors.joining(", "));
    }

    static List<String> createIndex(Table table, Index index) {
        String name = indexName(table, index);
        String create = "create " + (index.unique() ? "unique index " : "index ") + quote(name) + " on " + name(table)
                + (index.method().equals("btree") ? "" : " using " + index.method()) + " (" + quoted(columns(index))
                + ")"
                + (index.live() ? " where deleted_at is null" : "");
        String reason = "comment on index " + Identifier.table(table.schema(), name) + " is "
                + literal("vinculum: " + index.reason());
        return List.of(create, reason);
    }

    static List<String> columns(Index index) {
        return index.fields().stream().map(Field::column).toList();
    }

    static String indexName(Table table, Index index) {
        return shortened(table.name() + "_" + String.join("_", columns(index)) + (index.unique() ? "_key" : "_idx"));
    }

    static String addReference(Table table, Reference reference) {
        return "alter table " + name(table) + " add constraint "
                + quote(shortened(table.name() + "_" + reference.column() + "_fkey")) + " foreign key ("
                + quote(reference.column()) + ") references " + name(reference.target()) + " ("
                + quote(reference.targetColumn()) + ") deferrable";
    }

    private static String quoted(List<String> columns) {
        return columns.stream().map(Identifier::quote).collect(Collectors.joining(", "));
    }

    /** A name that PostgreSQL keeps whole: cut, with a hash of what was cut. */
    private static String shortened(String name) {
        if (name.length() <= MAX_NAME) {
            return name;
        }
        String hash = Integer.toHexString(name.hashCode());
        return name.substring(0, MAX_NAME - hash.length() - 1) + "_" + hash;
    }
}
