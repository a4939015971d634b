package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.database.Identifier;
import io.vinculum.database.Statement;
import io.vinculum.value.Unnest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes records of one model as one statement. Pure. */
public final class RecordSql {
    private final Model model;

    public RecordSql(Model model) {
        this.model = model;
    }

    private String table() {
        return Identifier.table(model.table().schema(), model.table().name());
    }

    private Set<Field> given(List<RecordInput> records) {
        Set<Field> given = new LinkedHashSet<>();
        records.forEach(record -> given.addAll(record.values().keySet()));
        return given;
    }

    private static <T> List<@Nullable T> column(List<RecordInput> records, Function<RecordInput, @Nullable T> value) {
        List<@Nullable T> column = new ArrayList<>(records.size());
        records.forEach(record -> column.add(value.apply(record)));
        return column;
    }

    /** Inserts all records and answers their rows in the same order. */
    public Statement insert(List<RecordInput> records) {
        Unnest rows = new Unnest();
        List<String> columns = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (Field field : given(records)) {
            columns.add(quote(field.column()));
            values.add(rows.add(
                    field.type(), column(records, record -> record.values().get(field))));
        }
        if (columns.isEmpty()) {
            // Nothing was given but that they exist; the database counts the keys.
            rows.addFlags(column(records, record -> true));
            columns.add(quote("created_at"));
            values.add("now()");
        }
        String sql = "insert into " + table() + " as t (" + String.join(", ", columns) + ") select "
                + String.join(", ", values) + " from " + rows.sqlWithNumber() + " order by u.n returning "
                + RowJson.columns(model, "t");
        return new Statement(sql, rows.parameters());
    }

    /** Updates the given fields of each record that is there and answers their rows. */
    public Statement update(List<RecordInput> records) {
        Unnest rows = new Unnest();
        String key = rows.add(
                model.key().type(), column(records, record -> record.values().get(model.key())));
        List<String> sets = new ArrayList<>();
        Set<Field> given = given(records);
        given.remove(model.key());
        for (Field field : given) {
            String value = rows.add(
                    field.type(), column(records, record -> record.values().get(field)));
            boolean everywhere =
                    records.stream().allMatch(record -> record.values().containsKey(field));
            String flag = everywhere
                    ? "true"
                    : rows.addFlags(column(records, record -> record.values().containsKey(field)));
            String own = quote(field.column());
            sets.add(own + " = "
                    + (everywhere ? value : "case when " + flag + " then " + value + " else t." + own + " end"));
        }
        sets.add("updated_at = now()");
        String sql = "update " + table() + " t set " + String.join(", ", sets) + " from " + rows.sql() + " where "
                + quote("t", model.key().column()) + " = " + key + " and t.deleted_at is null returning "
                + RowJson.columns(model, "t");
        return new Statement(sql, rows.parameters());
    }

    /** Unties records from everything a many-to-many relation led to. */
    public Statement clearPivot(Relation.Pivot pivot, List<Object> keys) {
        String sql = "delete from "
                + Identifier.table(pivot.table().schema(), pivot.table().name()) + " where "
                + quote(pivot.near().column()) + " = any(" + pivot.near().type().manyPlaceholder(1) + ")";
        return Statement.of(sql, pivot.near().type().many(keys));
    }

    /** Ties records to others by a many-to-many relation. */
    public Statement fillPivot(Relation.Pivot pivot, List<Object> near, List<Object> far) {
        Unnest rows = new Unnest();
        String one = rows.add(pivot.near().type(), near);
        String other = rows.add(pivot.far().type(), far);
        String sql = "insert into "
                + Identifier.table(pivot.table().schema(), pivot.table().name()) + " ("
                + quote(pivot.near().column()) + ", " + quote(pivot.far().column()) + ") select " + one + ", " + other
                + " from " + rows.sql() + " on conflict do nothing";
        return new Statement(sql, rows.parameters());
    }
}
