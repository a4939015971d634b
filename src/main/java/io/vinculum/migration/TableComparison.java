package io.vinculum.migration;

import io.vinculum.catalog.Index;
import io.vinculum.catalog.Table;
import io.vinculum.ddl.ChangeValues;
import io.vinculum.ddl.ColumnChange;
import io.vinculum.ddl.ConstraintChange;
import io.vinculum.ddl.Conversion;
import io.vinculum.ddl.Ddl;
import io.vinculum.ddl.IndexChange;
import io.vinculum.ddl.TableChange;
import io.vinculum.ddl.TableSpec;
import io.vinculum.ddl.TableSpec.Column;
import io.vinculum.ddl.TableSpec.Reference;
import io.vinculum.migration.Comparison.Part;
import io.vinculum.migration.DatabaseState.ActualCheck;
import io.vinculum.migration.DatabaseState.ActualColumn;
import io.vinculum.migration.DatabaseState.ActualIndex;
import io.vinculum.migration.DatabaseState.ActualReference;
import io.vinculum.migration.DatabaseState.ActualTable;
import io.vinculum.migration.DatabaseState.Tracked;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lists the changes of one table that is there and stays, seen under its new name and those of its columns. */
final class TableComparison {
    private static final Set<String> WHOLE_NUMBERS = Set.of("int4", "int8");

    private final Comparison into;
    private final TableSpec spec;
    private final Table table;
    private final ActualTable actual;
    private final Optional<Tracked> tracked;
    private final Set<String> dropped;

    TableComparison(Comparison into, TableSpec spec, ActualTable actual, Optional<Tracked> tracked) {
        this.into = into;
        this.spec = spec;
        this.table = spec.table();
        this.actual = actual;
        this.tracked = tracked;
        Set<String> wanted = spec.columns().stream().map(Column::name).collect(Collectors.toSet());
        this.dropped = tracked.map(known -> known.defaults().keySet()).orElse(Set.of()).stream()
                .filter(column -> !wanted.contains(column) && actual.columns().containsKey(column))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    void compare() {
        if (!actual.primaryKey().equals(spec.primaryKey())) {
            into.refuse("the key of " + spec.owner() + " is " + actual.primaryKey() + " in the database and "
                    + spec.primaryKey() + " in the declaration; a key cannot change, move the rows to a new model");
            return;
        }
        for (Column column : spec.columns()) {
            ActualColumn there = actual.columns().get(column.name());
            if (there == null) {
                into.add(Part.COLUMNS, new ColumnChange.AddColumn(table, column));
            } else {
                compare(column, there);
            }
        }
        dropped.forEach(column -> into.add(Part.COLUMNS, new ColumnChange.DropColumn(table, column)));
        comments();
        indexes();
        references();
    }

    private void compare(Column column, ActualColumn there) {
        boolean otherType = !there.type().equals(column.type().sqlName());
        if (otherType && spec.primaryKey().contains(column.name()) && !bothWhole(column, there)) {
            into.refuse("the key of " + spec.owner() + " is " + there.type() + " in the database and "
                    + column.type().sqlName() + " in the declaration; a key changes between Int and Long only, "
                    + "move the rows to a new model");
            return;
        }
        Optional<ActualCheck> check = check(column.name(), false);
        List<String> values = check.map(ActualCheck::values).orElse(List.of());
        if (otherType) {
            if (!values.isEmpty()) {
                into.add(Part.COLUMNS, changeValues(column, check, values, List.of()));
                check = Optional.empty();
                values = List.of();
            }
            boolean widening = Conversion.widens(there.type(), column.type().sqlName());
            into.add(Part.COLUMNS, new ColumnChange.AlterType(table, column, there.type(), widening));
        } else {
            defaults(column);
        }
        values(column, check, values);
        requirement(column, there);
    }

    private static boolean bothWhole(Column column, ActualColumn there) {
        return WHOLE_NUMBERS.contains(there.type())
                && WHOLE_NUMBERS.contains(column.type().sqlName());
    }

    private Optional<ActualCheck> check(String column, boolean notNull) {
        return actual.checks().stream()
                .filter(check -> check.column().equals(column) && check.notNull() == notNull)
                .findFirst();
    }

    private void defaults(Column column) {
        String known = tracked.map(one -> one.defaults().get(column.name())).orElse(null);
        if (!Objects.equals(known, column.defaultSql())) {
            into.add(Part.COLUMNS, new ColumnChange.SetDefault(table, column));
        }
    }

    private void values(Column column, Optional<ActualCheck> check, List<String> before) {
        List<String> after = column.type().values();
        if (!new HashSet<>(before).equals(new HashSet<>(after))) {
            into.add(Part.COLUMNS, changeValues(column, check, before, after));
            return;
        }
        check.ifPresent(there -> keep(there.name(), Ddl.checkName(table, column.name()), there.validated()));
    }

    /** A constraint that stays as it is, but for its name and an interrupted validation. */
    private void keep(String name, String wanted, boolean validated) {
        if (!name.equals(wanted)) {
            into.add(Part.RENAMES, new ConstraintChange.RenameConstraint(table, name, wanted));
        }
        if (!validated) {
            into.add(Part.VALIDATIONS, new ConstraintChange.Validate(table, wanted));
        }
    }

    private ChangeValues changeValues(
            Column column, Optional<ActualCheck> check, List<String> before, List<String> after) {
        Map<String, String> renamed = new LinkedHashMap<>();
        column.valuesWas().forEach((now, old) -> {
            if (before.contains(old) && after.contains(now)) {
                renamed.put(old, now);
            }
        });
        @Nullable String oldCheck = check.map(ActualCheck::name).orElse(null);
        return new ChangeValues(table, column.name(), column.type().list(), oldCheck, before, after, renamed);
    }

    private void requirement(Column column, ActualColumn there) {
        Optional<ActualCheck> half = check(column.name(), true);
        boolean wanted = column.required() && !there.required();
        String name = Ddl.requiredName(table, column.name());
        if (wanted) {
            half.filter(check -> !check.name().equals(name))
                    .ifPresent(check ->
                            into.add(Part.RENAMES, new ConstraintChange.RenameConstraint(table, check.name(), name)));
            into.add(Part.COLUMNS, new ColumnChange.Require(table, column.name(), half.isPresent()));
            return;
        }
        half.ifPresent(check -> into.add(
                Part.DROPPED_CONSTRAINTS, new ConstraintChange.DropConstraint(table, check.name(), column.name())));
        if (!column.required() && there.required()) {
            into.add(Part.COLUMNS, new ColumnChange.Relax(table, column.name()));
        }
    }

    private void comments() {
        if (differs(spec.comment(), actual.comment())) {
            into.add(Part.COLUMNS, new TableChange.Comment(table, null, spec.comment()));
        }
        for (Column column : spec.columns()) {
            ActualColumn there = actual.columns().get(column.name());
            if (there != null && differs(column.comment(), there.comment())) {
                into.add(Part.COLUMNS, new TableChange.Comment(table, column.name(), column.comment()));
            }
        }
    }

    /** A comment that was there before the first migration stays where nothing is declared. */
    private boolean differs(@Nullable String wanted, @Nullable String there) {
        return !Objects.equals(wanted, there) && (wanted != null || tracked.isPresent());
    }

    private void indexes() {
        Set<String> kept = new HashSet<>();
        Set<String> wantedNames = new HashSet<>();
        for (Index index : spec.indexes()) {
            String name = Ddl.indexName(table, index);
            Optional<ActualIndex> there = actual.indexes().stream()
                    .filter(one -> same(index, one))
                    .max(Comparator.comparing((ActualIndex one) -> one.name().equals(name))
                            .thenComparing(ActualIndex::ours));
            if (there.isPresent()) {
                kept.add(there.get().name());
                keep(index, name, there.get());
                continue;
            }
            wantedNames.add(name);
            boolean broken =
                    actual.indexes().stream().anyMatch(one -> one.name().equals(name) && !one.valid());
            into.add(Part.INDEXES, new IndexChange.CreateIndex(table, index, false, broken, false));
        }
        for (ActualIndex one : actual.indexes()) {
            boolean gone = one.columns().stream().anyMatch(dropped::contains);
            if (one.ours() && one.valid() && !gone && !kept.contains(one.name())) {
                Part part = wantedNames.contains(one.name()) ? Part.REPLACED_INDEXES : Part.DROPPED_INDEXES;
                into.add(part, new IndexChange.DropIndex(table, one.name()));
            }
        }
    }

    private void keep(Index index, String name, ActualIndex there) {
        if (there.ours() && !there.name().equals(name)) {
            into.add(Part.INDEX_NAMES, new IndexChange.RenameIndex(table, there.name(), name));
        }
        boolean named = there.ours() || there.name().equals(name);
        if (named && !Ddl.indexComment(index).equals(there.comment())) {
            into.add(Part.INDEXES, new IndexChange.CreateIndex(table, index, false, false, true));
        }
    }

    private static boolean same(Index wanted, ActualIndex there) {
        return there.valid()
                && there.columns().equals(Ddl.columns(wanted))
                && there.unique() == wanted.unique()
                && there.live() == wanted.live()
                && there.partial() == wanted.live()
                && there.method().equals(wanted.method());
    }

    private void references() {
        Set<String> kept = new HashSet<>();
        for (Reference reference : spec.references()) {
            Optional<ActualReference> there = actual.references().stream()
                    .filter(one -> one.column().equals(reference.column())
                            && one.target().equals(reference.target())
                            && one.targetColumn().equals(reference.targetColumn()))
                    .max(Comparator.comparing(ActualReference::ours));
            there.ifPresent(one -> kept.add(one.name()));
            String name = Ddl.referenceName(table, reference.column());
            there.filter(ActualReference::ours).ifPresent(one -> keep(one.name(), name, one.validated()));
            if (there.isEmpty()) {
                into.add(Part.REFERENCES, new ConstraintChange.AddReference(table, reference, false));
            }
        }
        actual.references().stream()
                .filter(one -> one.ours() && !kept.contains(one.name()) && !dropped.contains(one.column()))
                .forEach(one -> into.add(
                        Part.DROPPED_CONSTRAINTS,
                        new ConstraintChange.DropConstraint(table, one.name(), one.column())));
    }
}
