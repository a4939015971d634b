package io.vinculum.ddl;

import static io.vinculum.database.Identifier.literal;
import static io.vinculum.database.Identifier.quote;
import static io.vinculum.ddl.Ddl.dropped;
import static io.vinculum.ddl.Ddl.validate;

import io.vinculum.catalog.Table;
import io.vinculum.ddl.Work.Later;
import io.vinculum.ddl.Work.Mode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes which values a column of an enum may hold.
 *
 * @param before the values of the check that is there, empty when there is none
 * @param after the values of the new one, empty for none
 * @param renamed the new names of values that rows may hold, by the old ones
 */
public record ChangeValues(
        Table table,
        String column,
        boolean list,
        @Nullable String oldCheck,
        List<String> before,
        List<String> after,
        Map<String, String> renamed)
        implements Change {
    private static final int BATCH = 5_000;

    @Override
    public String text() {
        StringBuilder text = new StringBuilder("alter table " + table + ": column " + column);
        text.append(after.isEmpty() ? " takes any value" : " takes other values");
        renamed.forEach((old, now) ->
                text.append(", '").append(old).append("' becomes '").append(now).append('\''));
        return text.toString();
    }

    /** The values that were admitted and are no longer, renamed ones aside. */
    public List<String> gone() {
        return before.stream()
                .filter(value -> !after.contains(value) && !renamed.containsKey(value))
                .toList();
    }

    /** Whether rows may hold what the new check does not admit. */
    public boolean narrower() {
        return !after.isEmpty() && (before.isEmpty() || !gone().isEmpty());
    }

    @Override
    public boolean destructive() {
        return narrower();
    }

    @Override
    public Work work(Set<Table> large) {

        List<String> sql = new ArrayList<>();
        if (oldCheck != null) {
            sql.add(dropped(table, oldCheck));
        }
        if (after.isEmpty()) {
            return Work.of(sql).locking(table, Mode.ACCESS_EXCLUSIVE);
        }
        String check = Ddl.checkName(table, column);
        Later valid = Later.once(table, validate(table, check));
        if (renamed.isEmpty() || !large.contains(table)) {
            renamed.forEach((old, now) -> sql.add(replaceAll(old, now)));
            sql.add(addCheck(after));
            return Work.of(sql).locking(table, Mode.ACCESS_EXCLUSIVE).then(valid);
        }
        // Old and new values are admitted until the rows are changed, some at a time.
        Set<String> both = new LinkedHashSet<>(after);
        both.addAll(before);
        sql.add(addCheck(both));
        Later[] batches = renamed.entrySet().stream()
                .map(value -> Later.repeated(table, replaceSome(value.getKey(), value.getValue())))
                .toArray(Later[]::new);
        Later swap = Later.once(table, dropped(table, check) + "; " + addCheck(after));
        return Work.of(sql)
                .locking(table, Mode.ACCESS_EXCLUSIVE)
                .then(batches)
                .then(swap)
                .then(batches)
                .then(valid);
    }

    private String addCheck(Set<String> values) {
        return Ddl.addCheck(table, column, list, Ddl.literals(values)) + " not valid";
    }

    private String addCheck(List<String> values) {
        return addCheck(new LinkedHashSet<>(values));
    }

    private String replaceAll(String old, String now) {
        return replacement(old, now) + " where " + holds(old);
    }

    private String replaceSome(String old, String now) {
        return replacement(old, now) + " where ctid = any(array(select ctid from " + Ddl.name(table) + " where "
                + holds(old) + " limit " + BATCH + "))";
    }

    private String replacement(String old, String now) {
        String quoted = quote(column);
        String value =
                list ? "array_replace(" + quoted + ", " + literal(old) + ", " + literal(now) + ")" : literal(now);
        return "update " + Ddl.name(table) + " set " + quoted + " = " + value;
    }

    private String holds(String value) {
        return list
                ? quote(column) + " @> array[" + literal(value) + "]::text[]"
                : quote(column) + " = " + literal(value);
    }
}
