package io.vinculum.migration;

import io.vinculum.catalog.Table;
import io.vinculum.ddl.Ddl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tables as they are, and what migrations recorded about them.
 *
 * @param version the newest step of {@link OwnTables} that was applied
 * @param applied the fingerprints of the catalogs that were migrated to, the latest last
 */
record DatabaseState(
        int version,
        List<String> applied,
        Set<String> schemas,
        Map<Table, ActualTable> tables,
        Map<Table, Tracked> tracked) {

    /** A table that is there. */
    record ActualTable(
            Map<String, ActualColumn> columns,
            List<String> primaryKey,
            String primaryKeyName,
            List<ActualIndex> indexes,
            List<ActualReference> references,
            List<ActualCheck> checks,
            @Nullable String comment,
            long estimatedRows) {}

    /** A column that is there. */
    record ActualColumn(
            String type,
            boolean required,
            boolean numbered,
            @Nullable String comment) {}

    /** An index that is there; {@code valid} unless its building was interrupted. */
    record ActualIndex(
            String name,
            List<String> columns,
            boolean unique,
            boolean live,
            boolean partial,
            String method,
            boolean valid,
            @Nullable String comment) {

        /** Whether a migration made it. */
        boolean ours() {
            return comment != null && comment.startsWith(Ddl.INDEX_MARK);
        }
    }

    /** A foreign key of one column that is there; {@code ours} when a migration made it. */
    record ActualReference(
            String name, String column, Table target, String targetColumn, boolean validated, boolean ours) {}

    /** A check of one column that is there: of an enum's values, or that it is not null. */
    record ActualCheck(String name, String column, List<String> values, boolean notNull, boolean validated) {}

    /** What the last migration declared of a table: what it belongs to, and each column's default and enum values. */
    record Tracked(String owner, Map<String, @Nullable String> defaults, Map<String, @Nullable String> values) {}

    Optional<Tracked> trackedOf(Table table) {
        return Optional.ofNullable(tracked.get(table));
    }

    /** The same state with tables and columns under their new names; constraints and indexes keep theirs. */
    DatabaseState renamed(Renaming renaming) {
        Map<Table, ActualTable> actual = new LinkedHashMap<>();
        tables.forEach((table, there) -> actual.put(renaming.now(table), renamed(table, there, renaming)));
        Map<Table, Tracked> known = new LinkedHashMap<>();
        tracked.forEach((table, there) -> known.put(
                renaming.now(table),
                new Tracked(
                        there.owner(),
                        renamed(table, there.defaults(), renaming),
                        renamed(table, there.values(), renaming))));
        return new DatabaseState(version, applied, schemas, actual, known);
    }

    private static <V extends @Nullable Object> Map<String, V> renamed(
            Table table, Map<String, V> byColumn, Renaming renaming) {
        Map<String, V> renamed = new LinkedHashMap<>();
        byColumn.forEach((column, value) -> renamed.put(renaming.now(table, column), value));
        return renamed;
    }

    private static ActualTable renamed(Table table, ActualTable there, Renaming renaming) {
        List<ActualReference> references = there.references().stream()
                .map(one -> new ActualReference(
                        one.name(),
                        renaming.now(table, one.column()),
                        renaming.now(one.target()),
                        renaming.now(one.target(), one.targetColumn()),
                        one.validated(),
                        one.ours()))
                .toList();
        List<ActualIndex> indexes = there.indexes().stream()
                .map(one -> new ActualIndex(
                        one.name(),
                        renamed(table, one.columns(), renaming),
                        one.unique(),
                        one.live(),
                        one.partial(),
                        one.method(),
                        one.valid(),
                        one.comment()))
                .toList();
        List<ActualCheck> checks = there.checks().stream()
                .map(one -> new ActualCheck(
                        one.name(), renaming.now(table, one.column()), one.values(), one.notNull(), one.validated()))
                .toList();
        return new ActualTable(
                renamed(table, there.columns(), renaming),
                renamed(table, there.primaryKey(), renaming),
                there.primaryKeyName(),
                indexes,
                references,
                checks,
                there.comment(),
                there.estimatedRows());
    }

    private static List<String> renamed(Table table, List<String> columns, Renaming renaming) {
        return columns.stream().map(column -> renaming.now(table, column)).toList();
    }
}
