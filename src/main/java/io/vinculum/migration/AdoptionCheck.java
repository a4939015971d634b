package io.vinculum.migration;

import io.vinculum.ddl.TableSpec;
import io.vinculum.ddl.TableSpec.Column;
import io.vinculum.failure.Nearest;
import io.vinculum.migration.DatabaseState.ActualColumn;
import io.vinculum.migration.DatabaseState.ActualTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that a table which something else owns has the columns that are declared. */
record AdoptionCheck(TableSpec spec, @Nullable ActualTable actual, List<String> refusals) {

    void check() {
        if (actual == null) {
            refusals.add(spec.owner() + " adopts the table " + spec.table()
                    + ", which is not in this database; check @table or @link, and --database");
            return;
        }
        for (Column column : spec.columns()) {
            checkColumn(column, actual.columns().get(column.name()), actual);
        }
    }

    private void checkColumn(Column column, @Nullable ActualColumn there, ActualTable table) {
        if (there == null) {
            refusals.add(spec.owner() + " adopts the table " + spec.table() + ", which has no column '" + column.name()
                    + "'" + Nearest.hint(column.name(), table.columns().keySet()));
            return;
        }
        boolean list = column.type().list();
        String type = list && there.type().endsWith("[]")
                ? there.type().substring(0, there.type().length() - 2)
                : there.type();
        boolean fits = list == there.type().endsWith("[]")
                && Comparison.fits(column.type().scalar(), type, column.type().key());
        if (!fits) {
            refusals.add(spec.owner() + " declares the column '" + column.name() + "' of " + spec.table() + " as "
                    + column.type().graphqlName() + ", but it is " + there.type());
        }
    }
}
