package io.vinculum.migration;

import io.vinculum.catalog.Table;
import io.vinculum.ddl.TableChange;
import java.util.ArrayList;
import java.util.List;

/**
 * Vinculum's own tables, by numbered steps; each is applied once and recorded. A step that was released never changes:
 * what a later version needs is another step at the end.
 */
final class OwnTables {
    static final String SCHEMA = "vinculum";

    static final Table VERSION = new Table(SCHEMA, "migrated_version");

    private OwnTables() {}

    /**
     * What was migrated, what a removal took (so that a restore brings back just that), and workflows. Databases made
     * before steps were numbered may have any part of it, so it is safe to repeat.
     */
    private static final List<String> FIRST = List.of(
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

    private static final List<String> NUMBERED = List.of(
            "create table vinculum.migrated_version (number integer primary key, applied_at timestamptz not null "
                    + "default now())",
            "insert into vinculum.migrated_version (number) values (1)",
            """
            create table vinculum.migrated_catalog (
              number bigint generated always as identity primary key, fingerprint text not null,
              applied_at timestamptz not null default now())""",
            "alter table vinculum.migrated_table alter column identity set default ''");

    /** What functions of the author made in a run, beside the result that they were given. */
    private static final List<String> EVALUATED =
            List.of("alter table vinculum.workflow_step add column if not exists evaluated json");

    static final List<TableChange.OwnStep> STEPS = List.of(
            new TableChange.OwnStep(VERSION, 1, "migrations, removals and workflows", FIRST),
            new TableChange.OwnStep(VERSION, 2, "which steps and catalogs were applied", NUMBERED),
            new TableChange.OwnStep(VERSION, 3, "what was evaluated in a run", EVALUATED));

    /** The number of the newest step that this version knows. */
    static int newest() {
        return STEPS.size();
    }

    /** The steps that a database of the given version lacks. */
    static List<TableChange.OwnStep> after(int version) {
        return new ArrayList<>(STEPS.subList(Math.min(version, STEPS.size()), STEPS.size()));
    }
}
