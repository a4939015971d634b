package io.vinculum.migration;

import io.vinculum.catalog.Index;
import io.vinculum.catalog.Table;
import io.vinculum.ddl.Change;
import io.vinculum.ddl.ColumnChange;
import io.vinculum.ddl.ConstraintChange;
import io.vinculum.ddl.Ddl;
import io.vinculum.ddl.IndexChange;
import io.vinculum.ddl.TableChange;
import io.vinculum.ddl.TableSpec;
import io.vinculum.migration.DatabaseState.ActualTable;
import io.vinculum.migration.DatabaseState.Tracked;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Lists the changes that lead from the tables as they are to the tables as they should be. Pure. */
final class Comparison {

    /** The parts of a migration, in the order they happen. */
    enum Part {
        OWN,
        SCHEMAS,
        RENAMES,
        DROPPED_CONSTRAINTS,
        DROPPED_TABLES,
        NEW_TABLES,
        COLUMNS,
        REPLACED_INDEXES,
        INDEX_NAMES,
        INDEXES,
        DROPPED_INDEXES,
        REFERENCES,
        VALIDATIONS
    }

    private final List<TableSpec> specs;
    private final DatabaseState before;
    private final DatabaseState state;
    private final Renaming renaming;
    private final Map<Part, List<Change>> changes = new EnumMap<>(Part.class);
    private final List<String> refusals = new ArrayList<>();

    private Comparison(DatabaseState state, List<TableSpec> specs) {
        this.specs = specs;
        this.before = state;
        this.renaming = Renaming.of(state, specs);
        this.state = state.renamed(renaming);
    }

    static Comparison of(DatabaseState state, List<TableSpec> specs) {
        Comparison comparison = new Comparison(state, specs);
        comparison.compare();
        return comparison;
    }

    List<Change> changes() {
        return changes.values().stream().flatMap(List::stream).toList();
    }

    List<String> refusals() {
        return refusals;
    }

    Renaming renaming() {
        return renaming;
    }

    /** The tables that are there, under their old names. */
    DatabaseState before() {
        return before;
    }

    void add(Part part, Change change) {
        changes.computeIfAbsent(part, name -> new ArrayList<>()).add(change);
    }

    void refuse(String why) {
        refusals.add(why);
    }

    private void compare() {
        OwnTables.after(state.version()).forEach(step -> add(Part.OWN, step));
        Set<String> schemas = specs.stream()
                .filter(TableSpec::managed)
                .map(spec -> spec.table().schema())
                .collect(Collectors.toCollection(TreeSet::new));
        schemas.removeAll(state.schemas());
        schemas.forEach(schema -> add(Part.SCHEMAS, new TableChange.CreateSchema(schema)));
        rename();
        specs.forEach(this::compare);
        Set<Table> wanted = specs.stream().map(TableSpec::table).collect(Collectors.toSet());
        state.tracked().keySet().stream()
                .filter(table -> !wanted.contains(table) && state.tables().containsKey(table))
                .forEach(table -> add(Part.DROPPED_TABLES, new TableChange.DropTable(table)));
    }

    private void rename() {
        renaming.tables().forEach((old, now) -> {
            add(Part.RENAMES, new TableChange.MoveTable(old, now));
            String key = Objects.requireNonNull(state.tables().get(now)).primaryKeyName();
            String wanted = Ddl.primaryKeyName(now);
            if (key.equals(Ddl.primaryKeyName(old)) && !key.equals(wanted) && Ddl.kept(wanted)) {
                add(Part.RENAMES, new ConstraintChange.RenameConstraint(now, key, wanted));
            }
        });
        renaming.columns()
                .forEach((old, columns) -> columns.forEach(
                        (from, to) -> add(Part.RENAMES, new ColumnChange.RenameColumn(renaming.now(old), from, to))));
    }

    private void compare(TableSpec spec) {
        ActualTable actual = state.tables().get(spec.table());
        if (!spec.managed()) {
            new AdoptionCheck(spec, actual, refusals).check();
        } else if (actual == null) {
            create(spec);
        } else {
            state.trackedOf(spec.table()).ifPresent(tracked -> renameEntity(spec, tracked));
            new TableComparison(this, spec, actual, state.trackedOf(spec.table())).compare();
        }
    }

    /** The journal of removals knows models and links by name; the tables of relations have no rows there. */
    private void renameEntity(TableSpec spec, Tracked tracked) {
        if (!tracked.owner().equals(spec.owner()) && !spec.owner().contains(".")) {
            add(Part.RENAMES, new TableChange.RenameEntity(spec.table(), tracked.owner(), spec.owner()));
        }
    }

    private void create(TableSpec spec) {
        add(Part.NEW_TABLES, new TableChange.CreateTable(spec));
        for (Index index : spec.indexes()) {
            add(Part.INDEXES, new IndexChange.CreateIndex(spec.table(), index, true, false, false));
        }
        for (TableSpec.Reference reference : spec.references()) {
            add(Part.REFERENCES, new ConstraintChange.AddReference(spec.table(), reference, true));
        }
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
