package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.database.Identifier;
import io.vinculum.database.Statement;
import io.vinculum.value.Unnest;
import io.vinculum.write.Write.Answer;
import io.vinculum.write.WriteLocks.Guard;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes records of one model as one statement. Pure. */
final class RecordSql {
    private final Model model;
    private final Answer answer;

    RecordSql(Model model, Answer answer) {
        this.model = model;
        this.answer = answer;
    }

    private static String table(Model model) {
        return Identifier.table(model.table().schema(), model.table().name());
    }

    private String returning() {
        return " returning " + (answer == Answer.KEYS ? RowJson.column(model.key(), "t") : RowJson.columns(model, "t"));
    }

    static Set<Field> given(List<RecordInput> records) {
        Set<Field> given = new LinkedHashSet<>();
        records.forEach(record -> given.addAll(record.values().keySet()));
        return given;
    }

    static <T> List<@Nullable T> column(List<RecordInput> records, Function<RecordInput, @Nullable T> value) {
        List<@Nullable T> column = new ArrayList<>(records.size());
        records.forEach(record -> column.add(value.apply(record)));
        return column;
    }

    /**
     * Inserts all records, once the records they refer to are locked, and answers them in the same order; none when one
     * that must be there is not.
     */
    Statement insert(List<RecordInput> records, WriteLocks locks) {
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
        String from = rows.sqlWithNumber();
        Guard guard = locks.guard(rows);
        String sql = guard.with() + "insert into " + table(model) + " as t (" + String.join(", ", columns)
                + ") select " + String.join(", ", values) + " from " + from + guard.where() + " order by u.n"
                + returning();
        return new Statement(sql, rows.parameters());
    }

    /** Updates the given fields of records that are locked. */
    Statement update(List<RecordInput> records) {
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
        String from = rows.sql();
        String sql = "update " + table(model) + " t set " + String.join(", ", sets) + " from " + from
                + " where " + quote("t", model.key().column()) + " = " + key + " and t.deleted_at is null"
                + returning();
        return new Statement(sql, rows.parameters());
    }

    /** Unties records from everything a many-to-many relation led to. */
    static List<Statement> clearPivot(Relation.Pivot pivot, List<Object> keys) {
        String table = Identifier.table(pivot.table().schema(), pivot.table().name());
        String own =
                quote(pivot.near().column()) + " = any(" + pivot.near().type().manyPlaceholder(1) + ")";
        Object near = pivot.near().type().many(keys);
        return List.of(
                Statement.of(
                        "select count(*) from (select from " + table + " where " + own + " order by "
                                + pivotOrder(pivot) + " for update) locked",
                        near),
                Statement.of("delete from " + table + " where " + own, near));
    }

    /** Two writers of a table between must lock its rows in one order, from whichever side they come. */
    static String pivotOrder(Relation.Pivot pivot) {
        boolean nearFirst = pivot.near().column().compareTo(pivot.far().column()) < 0;
        Field one = nearFirst ? pivot.near() : pivot.far();
        Field other = nearFirst ? pivot.far() : pivot.near();
        return WriteLocks.ordered(quote(one.column()), one.type()) + ", "
                + WriteLocks.ordered(quote(other.column()), other.type());
    }

    /** Ties records to others by a many-to-many relation. */
    Statement fillPivot(Relation.Pivot pivot, List<Object> near, List<Object> far) {
        Unnest rows = new Unnest();
        String one = rows.add(pivot.near().type(), near);
        String other = rows.add(pivot.far().type(), far);
        String sql = "insert into "
                + Identifier.table(pivot.table().schema(), pivot.table().name()) + " ("
                + quote(pivot.near().column()) + ", " + quote(pivot.far().column()) + ") select " + one + ", " + other
                + " from " + rows.sql() + " order by 1, 2 on conflict do nothing";
        return new Statement(sql, rows.parameters());
    }

    /** Moves the counter of numbered keys past keys that were given, so that the next one it makes is free. */
    static Statement skipGiven(Model model) {
        String table = table(model);
        String sql = "select setval(s.name, m.highest) from (select pg_get_serial_sequence($1, $2) as name) s, "
                + "(select max(" + quote(model.key().column()) + ") as highest from " + table + ") m "
                + "where s.name is not null and m.highest > coalesce((select last_value from pg_sequences where "
                + "format('%I.%I', schemaname, sequencename) = s.name), 0)";
        return Statement.of(sql, table, model.key().column());
    }
}
