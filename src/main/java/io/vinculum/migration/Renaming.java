package io.vinculum.migration;

import io.vinculum.catalog.Table;
import io.vinculum.ddl.TableSpec;
import io.vinculum.ddl.TableSpec.Column;
import io.vinculum.migration.DatabaseState.ActualTable;
import io.vinculum.migration.DatabaseState.Tracked;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which tables and columns that are there get another name, because their declaration says what they were.
 *
 * @param tables the new names, by the old ones
 * @param columns by a table's old name: the new names of its columns, by the old ones
 */
record Renaming(Map<Table, Table> tables, Map<Table, Map<String, String>> columns) {

    static Renaming of(DatabaseState state, List<TableSpec> specs) {
        Set<Table> wanted = specs.stream().map(TableSpec::table).collect(Collectors.toSet());
        Map<Table, Table> tables = new LinkedHashMap<>();
        Map<Table, Map<String, String>> columns = new LinkedHashMap<>();
        for (TableSpec spec : specs) {
            if (!spec.managed()) {
                continue;
            }
            if (!state.tables().containsKey(spec.table())) {
                formerTables(spec, state)
                        .filter(old -> !wanted.contains(old) && !tables.containsKey(old))
                        .findFirst()
                        .ifPresent(old -> tables.put(old, spec.table()));
            }
        }
        Map<String, String> keys = keys(state, specs, tables);
        for (TableSpec spec : specs) {
            if (spec.managed()) {
                Table old = before(tables, spec.table());
                Optional<Tracked> tracked = state.trackedOf(old);
                ActualTable actual = state.tables().get(old);
                if (actual != null && tracked.isPresent()) {
                    columns.put(old, columns(spec, actual, tracked.get(), keys));
                }
            }
        }
        return new Renaming(tables, columns);
    }

    /** Tables that a declaration names as its former one; those of others are never taken. */
    private static Stream<Table> formerTables(TableSpec spec, DatabaseState state) {
        Stream<Table> byOwner = state.tracked().entrySet().stream()
                .filter(entry -> !spec.was().owner().isEmpty()
                        && entry.getValue().owner().equals(spec.was().owner()))
                .map(Map.Entry::getKey);
        return Stream.concat(spec.was().tables().stream(), byOwner)
                .filter(table ->
                        state.tracked().containsKey(table) && state.tables().containsKey(table));
    }

    private static Map<String, String> columns(
            TableSpec spec, ActualTable actual, Tracked tracked, Map<String, String> keys) {
        Set<String> wanted = spec.columns().stream().map(Column::name).collect(Collectors.toCollection(HashSet::new));
        Map<String, String> renamed = new LinkedHashMap<>();
        for (Column column : spec.columns()) {
            if (!actual.columns().containsKey(column.name())) {
                Stream.concat(column.was().stream(), formerKey(spec, column, keys).stream())
                        .filter(old -> actual.columns().containsKey(old)
                                && tracked.defaults().containsKey(old))
                        .filter(old -> !wanted.contains(old) && !renamed.containsKey(old))
                        .findFirst()
                        .ifPresent(old -> renamed.put(old, column.name()));
            }
        }
        return renamed;
    }

    /**
     * The former names of the key columns that lead to renamed models, by the new ones. A model that names its former
     * table does not say what it was called, but the database knows.
     */
    private static Map<String, String> keys(DatabaseState state, List<TableSpec> specs, Map<Table, Table> tables) {
        Map<String, String> keys = new LinkedHashMap<>();
        specs.stream()
                .filter(spec -> tables.containsValue(spec.table()))
                .forEach(spec -> state.trackedOf(before(tables, spec.table()))
                        .ifPresent(tracked -> keys.put(spec.owner() + "_id", tracked.owner() + "_id")));
        return keys;
    }

    /** Links and tables of many-to-many relations name their key columns after models. */
    private static Optional<String> formerKey(TableSpec spec, Column column, Map<String, String> keys) {
        boolean between = spec.primaryKey().size() > 1 && spec.primaryKey().contains(column.name());
        return between ? Optional.ofNullable(keys.get(column.name())) : Optional.empty();
    }

    private static Table before(Map<Table, Table> tables, Table now) {
        return tables.entrySet().stream()
                .filter(entry -> entry.getValue().equals(now))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(now);
    }

    /** The new name of a table. */
    Table now(Table old) {
        return tables.getOrDefault(old, old);
    }

    /** The new name of a column. */
    String now(Table oldTable, String column) {
        return columns.getOrDefault(oldTable, Map.of()).getOrDefault(column, column);
    }

    /** The old name of a table. */
    Table before(Table now) {
        return before(tables, now);
    }

    /** The old name of a column. */
    String before(Table now, String column) {
        return columns.getOrDefault(before(now), Map.of()).entrySet().stream()
                .filter(entry -> entry.getValue().equals(column))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(column);
    }
}
