package io.vinculum.migration;

import io.vinculum.catalog.Table;
import io.vinculum.ddl.Change;
import io.vinculum.ddl.ChangeValues;
import io.vinculum.ddl.ColumnChange;
import io.vinculum.ddl.TableChange;
import io.vinculum.ddl.TableSpec;
import io.vinculum.migration.DatabaseState.ActualColumn;
import io.vinculum.migration.DatabaseState.ActualTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names the directive that would keep rows, where something goes and something alike comes. Never decides by it. */
final class Hints {
    private static final Set<String> EVERYWHERE = Set.of("id", "created_at", "updated_at", "deleted_at");

    private final DatabaseState before;
    private final Renaming renaming;
    private final List<Change> changes;
    private final List<String> hints = new ArrayList<>();

    private Hints(Comparison comparison) {
        this.before = comparison.before();
        this.renaming = comparison.renaming();
        this.changes = comparison.changes();
    }

    static List<String> of(Comparison comparison) {
        Hints hints = new Hints(comparison);
        hints.tables();
        hints.columns();
        hints.values();
        return hints.hints;
    }

    private <C extends Change> List<C> all(Class<C> kind) {
        return changes.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private void tables() {
        for (TableChange.DropTable drop : all(TableChange.DropTable.class)) {
            ActualTable old = before.tables().get(renaming.before(drop.table()));
            for (TableChange.CreateTable create : all(TableChange.CreateTable.class)) {
                if (old != null && alike(old, create.spec())) {
                    Table from = drop.table();
                    boolean moved = !from.schema().equals(create.table().schema());
                    hints.add("if " + create.spec().owner() + " is what the table " + from
                            + " was, say @was(name: \"" + (moved ? from : from.name())
                            + "\") on it; otherwise the table is dropped with its rows and a new one made");
                }
            }
        }
    }

    private static boolean alike(ActualTable old, TableSpec created) {
        Set<String> one = new HashSet<>(old.columns().keySet());
        Set<String> two = new HashSet<>();
        created.columns().forEach(column -> two.add(column.name()));
        one.removeAll(EVERYWHERE);
        two.removeAll(EVERYWHERE);
        Set<String> both = new HashSet<>(one);
        both.retainAll(two);
        return !both.isEmpty() && both.size() * 2 >= Math.max(one.size(), two.size());
    }

    private void columns() {
        for (ColumnChange.DropColumn drop : all(ColumnChange.DropColumn.class)) {
            ActualTable table = before.tables().get(renaming.before(drop.table()));
            ActualColumn old = table == null ? null : table.columns().get(renaming.before(drop.table(), drop.column()));
            for (ColumnChange.AddColumn add : all(ColumnChange.AddColumn.class)) {
                if (old != null
                        && add.table().equals(drop.table())
                        && old.type().equals(add.column().type().sqlName())) {
                    hints.add("if " + add.column().name() + " of " + add.table() + " is what " + drop.column()
                            + " was, say @was(name: \"" + drop.column()
                            + "\") on it; otherwise the column is dropped with its values");
                }
            }
        }
    }

    private void values() {
        for (ChangeValues change : all(ChangeValues.class)) {
            List<String> come = change.after().stream()
                    .filter(value -> !change.before().contains(value)
                            && !change.renamed().containsValue(value))
                    .toList();
            if (!change.before().isEmpty() && !change.gone().isEmpty() && !come.isEmpty()) {
                String gone = change.gone().get(0);
                hints.add("if '" + come.get(0) + "' of " + change.table() + "." + change.column() + " is what '" + gone
                        + "' was, say @was(name: \"" + gone + "\") on the value of the enum");
            }
        }
    }
}
