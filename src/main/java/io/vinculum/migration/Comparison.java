package io.vinculum.migration;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Index;
import io.vinculum.catalog.Table;
import io.vinculum.database.Identifier;
import io.vinculum.migration.Change.Kind;
import io.vinculum.migration.DatabaseState.ActualColumn;
import io.vinculum.migration.DatabaseState.ActualIndex;
import io.vinculum.migration.DatabaseState.ActualTable;
import io.vinculum.migration.DatabaseState.Tracked;
import io.vinculum.migration.TableSpec.Column;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Lists the changes that lead from the tables as they are to the tables as they should be. Pure. */
final class Comparison {
    /** Types whose every value fits into another one, as {@code from>to}. */
    private static final Set<String> WIDENINGS =
            Set.of("int4>int8", "int4>numeric", "int8>numeric", "int4>float8", "varchar>text", "json>jsonb");

    private final DatabaseState state;
    private final List<TableSpec> specs;
    private final List<Change> changes = new ArrayList<>();
    private final List<Change> indexChanges = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();

    private Comparison(DatabaseState state, List<TableSpec> specs) {
        this.state = state;
        this.specs = specs;
    }

    /** The changes, without how many rows they touch. */
    static Comparison of(DatabaseState state, List<TableSpec> specs) {
        Comparison comparison = new Comparison(state, specs);
        comparison.compare();
        return comparison;
    }

    List<Change> changes() {
        List<Change> all = new ArrayList<>(changes);
        all.addAll(indexChanges);
        return all;
    }

    List<String> refusals() {
        return refusals;
    }

    private void compare() {
        if (!state.prepared()) {
            changes.add(new Change(Kind.CREATE, "vinculum's own tables", Ddl.OWN_TABLES, false, Optional.empty()));
        }
        Set<String> schemas = new HashSet<>();
        specs.stream()
                .filter(TableSpec::managed)
                .map(spec -> spec.table().schema())
                .forEach(schemas::add);
        state.tables().keySet().forEach(table -> schemas.remove(table.schema()));
        schemas.stream()
                .sorted()
                .forEach(schema -> changes.add(
                        Change.of(Kind.CREATE, "schema " + schema, "create schema if not exists " + quote(schema))));
        Map<Table, Table> renamed = renames();
        specs.forEach(spec -> compareTable(spec, renamed));
        dropped(renamed).forEach(this::drop);
    }

    /** Tables of links that are gone from the folder, by the new link that is the same but for its name. */
    private Map<Table, Table> renames() {
        Map<Table, Table> renames = new LinkedHashMap<>();
        for (TableSpec spec : specs) {
            if (!spec.identity().isEmpty() && spec.managed() && !state.tables().containsKey(spec.table())) {
                dropped(Map.of()).stream()
                        .filter(old -> spec.identity().equals(identity(old)))
                        .filter(old -> !renames.containsValue(old))
                        .findFirst()
                        .ifPresent(old -> renames.put(spec.table(), old));
            }
        }
        return renames;
    }

    private String identity(Table table) {
        Tracked tracked = state.tracked().get(table);
        return tracked == null ? "" : tracked.identity();
    }

    private List<Table> dropped(Map<Table, Table> renamed) {
        Set<Table> wanted = new HashSet<>();
        specs.forEach(spec -> wanted.add(spec.table()));
        return state.tracked().keySet().stream()
                .filter(table -> !wanted.contains(table) && !renamed.containsValue(table))
                .filter(state.tables()::containsKey)
                .toList();
    }

    private void drop(Table table) {
        changes.add(Change.of(
                        Kind.DROP,
                        "table " + table + ", which nothing declares any more",
                        "drop table " + Ddl.name(table) + " cascade")
                .destroying("select count(*) from " + Ddl.name(table)));
    }

    private void compareTable(TableSpec spec, Map<Table, Table> renamed) {
        if (!spec.managed()) {
            new AdoptionCheck(spec, state.tables().get(spec.table()), refusals).check();
            return;
        }
        Table old = renamed.getOrDefault(spec.table(), spec.table());
        if (!old.equals(spec.table())) {
            changes.add(Change.of(
                            Kind.RENAME,
                            "table " + old + " to " + spec.table(),
                            "alter table " + Ddl.name(old) + " rename to "
                                    + quote(spec.table().name()))
                    .counting("select count(*) from " + Ddl.name(old)));
        }
        ActualTable actual = state.tables().get(old);
        if (actual == null) {
            changes.add(new Change(
                    Kind.CREATE,
                    "table " + spec.table() + " of " + spec.owner(),
                    Ddl.createTable(spec),
                    false,
                    Optional.empty()));
            spec.indexes().forEach(index -> addIndex(spec, index));
            spec.references().forEach(reference -> addReference(spec, reference));
            return;
        }
        alter(spec, old, actual);
    }

    private void alter(TableSpec spec, Table old, ActualTable actual) {
        if (!actual.primaryKey().equals(spec.primaryKey())) {
            refusals.add("the key of " + spec.owner() + " is " + actual.primaryKey() + " in the database and "
                    + spec.primaryKey() + " in the declaration; a key cannot change, move the rows to a new model");
            return;
        }
        Optional<Tracked> tracked = Optional.ofNullable(state.tracked().get(old));
        for (Column column : spec.columns()) {
            ActualColumn there = actual.columns().get(column.name());
            if (there == null) {
                addColumn(spec, old, column);
            } else {
                alterColumn(spec, old, column, there);
                compareDeclared(spec, column, tracked);
            }
        }
        tracked.ifPresent(known -> dropColumns(spec, old, actual, known));
        compareComments(spec, actual);
        compareIndexes(spec, actual);
        spec.references().stream()
                .filter(reference -> !actual.foreignKeys().contains(reference.column()))
                .forEach(reference -> addReference(spec, reference));
    }

    private void addColumn(TableSpec spec, Table old, Column column) {
        List<String> sql = new ArrayList<>();
        sql.add("alter table " + Ddl.name(spec.table()) + " add column " + Ddl.columnDefinition(column));
        sql.addAll(Ddl.checks(spec.table(), column));
        Ddl.comment(Ddl.columnPath(spec.table(), column.name()), column.comment(), sql);
        Change change = new Change(
                Kind.ALTER,
                "table " + spec.table() + ": add column " + column.name() + " "
                        + column.type().sqlName(),
                sql,
                false,
                Optional.empty());
        boolean needsValue = column.required() && column.defaultSql() == null && !column.numbered();
        changes.add(needsValue ? change.counting("select count(*) from " + Ddl.name(old)) : change);
    }

    /** Whether a change adds a column that rows which are there would have no value for. */
    static boolean addsRequiredColumn(Change change) {
        return change.kind() == Kind.ALTER
                && change.what().contains(": add column ")
                && change.counted().isPresent();
    }

    /** Whether a change makes a column required that may hold nulls. */
    static boolean requiresColumn(Change change) {
        return change.kind() == Kind.ALTER && change.what().endsWith(" required");
    }

    private void alterColumn(TableSpec spec, Table old, Column column, ActualColumn there) {
        String alter = "alter table " + Ddl.name(spec.table()) + " alter column " + quote(column.name());
        String where = "table " + spec.table() + ": column " + column.name();
        String wanted = column.type().sqlName();
        if (!there.type().equals(wanted)) {
            Change change = Change.of(
                    Kind.ALTER,
                    where + " from " + there.type() + " to " + wanted,
                    alter + " drop default",
                    alter + " type " + wanted + " using " + quote(column.name()) + "::" + wanted,
                    column.defaultSql() == null
                            ? alter + " drop default"
                            : alter + " set default " + column.defaultSql());
            String count = "select count(" + quote(column.name()) + ") from " + Ddl.name(old);
            changes.add(WIDENINGS.contains(there.type() + ">" + wanted) ? change : change.destroying(count));
        }
        if (column.required() && !there.required()) {
            changes.add(Change.of(Kind.ALTER, where + " required", alter + " set not null")
                    .counting("select count(*) from " + Ddl.name(old) + " where " + quote(column.name()) + " is null"));
        } else if (!column.required() && there.required()) {
            changes.add(Change.of(Kind.ALTER, where + " optional", alter + " drop not null"));
        }
    }

    private void compareDeclared(TableSpec spec, Column column, Optional<Tracked> tracked) {
        String table = Ddl.name(spec.table());
        String where = "table " + spec.table() + ": column " + column.name();
        String oldDefault =
                tracked.map(known -> known.defaults().get(column.name())).orElse(null);
        if (!Objects.equals(oldDefault, column.defaultSql())) {
            changes.add(Change.of(
                    Kind.ALTER,
                    where + (column.defaultSql() == null ? " without" : " with") + " a default",
                    "alter table " + table + " alter column " + quote(column.name())
                            + (column.defaultSql() == null ? " drop default" : " set default " + column.defaultSql())));
        }
        String oldValues =
                tracked.map(known -> known.checks().get(column.name())).orElse(null);
        String values = Ddl.checkValues(column.type());
        if (!Objects.equals(oldValues, values)) {
            compareValues(spec, column, oldValues == null ? "" : oldValues, where);
        }
    }

    private void compareValues(TableSpec spec, Column column, String oldValues, String where) {
        String table = Ddl.name(spec.table());
        List<String> sql = new ArrayList<>();
        sql.add("alter table " + table + " drop constraint if exists "
                + quote(Ddl.checkName(spec.table(), column.name())));
        sql.addAll(Ddl.checks(spec.table(), column));
        Change change = new Change(Kind.ALTER, where + " takes other values", sql, false, Optional.empty());
        String values = String.valueOf(Ddl.checkValues(column.type()));
        boolean narrower = !column.type().values().isEmpty()
                && (oldValues.isEmpty() || !List.of(values.split(", ")).containsAll(List.of(oldValues.split(", "))));
        String count = column.type().list()
                ? "select count(*) from " + table + " where not " + quote(column.name()) + " <@ array[" + values
                        + "]::text[]"
                : "select count(*) from " + table + " where " + quote(column.name()) + " not in (" + values + ")";
        changes.add(narrower ? change.destroying(count) : change);
    }

    private void dropColumns(TableSpec spec, Table old, ActualTable actual, Tracked known) {
        Set<String> wanted = new HashSet<>();
        spec.columns().forEach(column -> wanted.add(column.name()));
        known.defaults().keySet().stream()
                .filter(column -> !wanted.contains(column) && actual.columns().containsKey(column))
                .forEach(column -> changes.add(Change.of(
                                Kind.DROP,
                                "column " + column + " of table " + spec.table(),
                                "alter table " + Ddl.name(spec.table()) + " drop column " + quote(column) + " cascade")
                        .destroying("select count(" + quote(column) + ") from " + Ddl.name(old))));
    }

    private void compareComments(TableSpec spec, ActualTable actual) {
        List<String> sql = new ArrayList<>();
        if (spec.comment() != null && !spec.comment().equals(actual.comment())) {
            Ddl.comment("table " + Ddl.name(spec.table()), spec.comment(), sql);
        }
        for (Column column : spec.columns()) {
            ActualColumn there = actual.columns().get(column.name());
            if (there != null && column.comment() != null && !column.comment().equals(there.comment())) {
                Ddl.comment(Ddl.columnPath(spec.table(), column.name()), column.comment(), sql);
            }
        }
        if (!sql.isEmpty()) {
            changes.add(new Change(Kind.ALTER, "table " + spec.table() + ": comments", sql, false, Optional.empty()));
        }
    }

    private void compareIndexes(TableSpec spec, ActualTable actual) {
        Set<String> kept = new HashSet<>();
        for (Index index : spec.indexes()) {
            Optional<ActualIndex> there =
                    actual.indexes().stream().filter(one -> same(index, one)).findFirst();
            if (there.isEmpty()) {
                continue;
            }
            kept.add(there.get().name());
            String name = Ddl.indexName(spec.table(), index);
            if (there.get().ours() && !there.get().name().equals(name)) {
                indexChanges.add(Change.of(
                        Kind.RENAME,
                        "index " + there.get().name() + " to " + name,
                        "alter index "
                                + Identifier.table(
                                        spec.table().schema(), there.get().name()) + " rename to " + quote(name)));
            }
        }
        actual.indexes().stream()
                .filter(one -> one.ours() && !kept.contains(one.name()))
                .forEach(one -> indexChanges.add(Change.of(
                        Kind.DROP,
                        "index " + one.name() + " of " + spec.table(),
                        "drop index if exists " + Identifier.table(spec.table().schema(), one.name()))));
        spec.indexes().stream()
                .filter(index -> actual.indexes().stream().noneMatch(one -> same(index, one)))
                .forEach(index -> addIndex(spec, index));
    }

    private static boolean same(Index wanted, ActualIndex there) {
        return there.columns().equals(Ddl.columns(wanted))
                && there.unique() == wanted.unique()
                && there.live() == wanted.live()
                && there.partial() == wanted.live()
                && there.method().equals(wanted.method());
    }

    private void addIndex(TableSpec spec, Index index) {
        String what = (index.unique() ? "unique index on " : "index on ") + spec.table() + " " + Ddl.columns(index)
                + ": " + index.reason();
        indexChanges.add(new Change(Kind.CREATE, what, Ddl.createIndex(spec.table(), index), false, Optional.empty()));
    }

    private void addReference(TableSpec spec, TableSpec.Reference reference) {
        indexChanges.add(Change.of(
                Kind.ALTER,
                "table " + spec.table() + ": " + reference.column() + " refers to " + reference.target(),
                Ddl.addReference(spec.table(), reference)));
    }

    /** Whether values of the scalar can be read from and written to a column of the PostgreSQL type. */
    static boolean fits(Scalar scalar, String type, boolean key) {
        return switch (scalar) {
            case ID, STRING -> Set.of("text", "varchar", "bpchar", "citext").contains(type);
            case INT -> type.equals("int4") || (!key && type.equals("int2"));
            case LONG -> type.equals("int8") || (!key && (type.equals("int4") || type.equals("int2")));
            case FLOAT -> type.equals("float8") || type.equals("float4");
            default -> type.equals(scalar.sqlName());
        };
    }
}
