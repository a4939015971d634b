package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Model;
import io.vinculum.database.Identifier;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Unnest;
import io.vinculum.write.Closure.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The records that a write locks before anything else. All writes lock in one order: records by entity and key, each
 * entity's with the strongest lock that any of them needs; then links by name and pair; then the journal. Pure.
 */
final class RecordLocks {
    /** How strong a lock is. */
    enum Strength {
        /** The record may be updated meanwhile, but not deleted. */
        KEY_SHARE("for key share"),
        /** One writer at a time, as an update; references to the record may still be made. */
        NO_KEY_UPDATE("for no key update"),
        /** Nothing else may hold the record. */
        UPDATE("for update");

        private final String sql;

        Strength(String sql) {
            this.sql = sql;
        }
    }

    private static final class Locked {
        private final Set<Object> keys = new LinkedHashSet<>();
        private final Set<Object> needed = new LinkedHashSet<>();
        private Strength strength = Strength.KEY_SHARE;
    }

    private final TreeMap<Model, Locked> byModel = new TreeMap<>(Comparator.comparing(Model::name));

    /** Adds records; those of another database cannot be locked and are left out. */
    void add(Model model, Collection<?> keys, Strength strength) {
        if (!keys.isEmpty() && !model.remote()) {
            Locked locked = locked(model);
            locked.keys.addAll(keys);
            locked.strength = locked.strength.compareTo(strength) < 0 ? strength : locked.strength;
        }
    }

    /** Adds records that must be there, not soft-deleted. */
    void need(Model model, Collection<?> keys, Strength strength) {
        add(model, keys, strength);
        if (!keys.isEmpty() && !model.remote()) {
            locked(model).needed.addAll(keys);
        }
    }

    private Locked locked(Model model) {
        return byModel.computeIfAbsent(model, made -> new Locked());
    }

    void addAll(RecordLocks others) {
        others.byModel.forEach((model, locked) -> {
            add(model, locked.keys, locked.strength);
            locked(model).needed.addAll(locked.needed);
        });
    }

    /** Makes all locks at least as strong. */
    void atLeast(Strength strength) {
        byModel.values()
                .forEach(locked ->
                        locked.strength = locked.strength.compareTo(strength) < 0 ? strength : locked.strength);
    }

    /** Text is compared by bytes, so that the order of locks does not depend on a column's collation. */
    static String ordered(String column, ColumnType type) {
        return type.scalar().isText() ? column + " collate \"C\"" : column;
    }

    private static String key(Model model) {
        return quote("m", model.key().column());
    }

    private static String select(Model model, Locked locked, String keys, String more) {
        return "select " + key(model) + " as key, m.deleted_at is null as live, m.deleted_at from "
                + Identifier.table(model.table().schema(), model.table().name()) + " m where " + key(model)
                + " = any(" + keys + ")" + more + " order by "
                + ordered(key(model), model.key().type()) + " " + locked.strength.sql;
    }

    /** One statement for each entity, in order, that answers keys, whether they are live, and when they were deleted. */
    List<Statement> statements() {
        List<Statement> statements = new ArrayList<>();
        byModel.forEach((model, locked) -> {
            Unnest parameters = new Unnest();
            String keys = parameters.addArray(model.key().type(), List.copyOf(locked.keys));
            statements.add(new Statement(select(model, locked, keys, ""), parameters.parameters()));
        });
        return statements;
    }

    /** The entities in the order of {@link #statements}. */
    List<Model> models() {
        return List.copyOf(byModel.keySet());
    }

    /** Locks all of them; the statements are sent at once and wait one after the other. */
    Future<List<List<Row>>> lock(Session session) {
        return Pipeline.run(session, statements());
    }

    /** Whether the answers of {@link #lock} have every record that must be there. */
    boolean satisfied(List<List<Row>> answers) {
        int i = 0;
        for (Locked locked : byModel.values()) {
            Set<Object> live = new HashSet<>();
            answers.get(i++).stream().filter(row -> row.getBoolean(1)).forEach(row -> live.add(row.getValue(0)));
            if (!live.containsAll(locked.needed)) {
                return false;
            }
        }
        return true;
    }

    /** The records that the answers of {@link #lock} do not have at all. */
    Set<Member> absent(List<List<Row>> answers) {
        Set<Member> absent = new HashSet<>();
        int i = 0;
        for (Map.Entry<Model, Locked> entry : byModel.entrySet()) {
            entry.getValue().keys.forEach(key -> absent.add(new Member(entry.getKey(), key)));
            answers.get(i++).forEach(row -> absent.remove(new Member(entry.getKey(), row.getValue(0))));
        }
        return absent;
    }

    /** Whether all of the others are among these. */
    boolean contains(RecordLocks others) {
        return others.byModel.entrySet().stream()
                .allMatch(entry -> byModel.containsKey(entry.getKey())
                        && locked(entry.getKey()).keys.containsAll(entry.getValue().keys));
    }

    /**
     * The locks as part of a writing statement: what to put before it, and the condition under which it writes, which
     * is that all records that must be there are. The condition makes PostgreSQL take the locks first, and in order.
     */
    record Guard(String with, String condition) {
        static final Guard NONE = new Guard("", "");

        /** The condition behind {@code where}, or behind nothing. */
        String where() {
            return condition.isEmpty() ? "" : " where " + condition;
        }
    }

    Guard guard(Unnest parameters) {
        if (byModel.isEmpty()) {
            return Guard.NONE;
        }
        List<String> expressions = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        byModel.forEach((model, locked) -> {
            String name = "g" + expressions.size();
            boolean all = locked.needed.size() == locked.keys.size();
            String keys = parameters.addArray(model.key().type(), List.copyOf(locked.keys));
            String live = all ? " and m.deleted_at is null" : "";
            String before = conditions.isEmpty() ? "" : " and " + conditions.get(conditions.size() - 1);
            expressions.add(name + " as materialized (" + select(model, locked, keys, live + before) + ")");
            conditions.add(complete(model, locked, name, parameters));
        });
        return new Guard("with " + String.join(", ", expressions) + " ", String.join(" and ", conditions));
    }

    private static String complete(Model model, Locked locked, String name, Unnest parameters) {
        if (locked.needed.isEmpty()) {
            return "(select count(*) from " + name + ") >= 0";
        }
        String some = "";
        if (locked.needed.size() < locked.keys.size()) {
            some = " where live and key = any("
                    + parameters.addArray(model.key().type(), List.copyOf(locked.needed)) + ")";
        }
        // A parameter, so that the statement's text does not depend on how many there are.
        String count = parameters.addCount(locked.needed.size());
        return "(select count(*) from " + name + some + ") = " + count;
    }

    /** Finds which of the records that must be there are not, and says so. */
    Future<Throwable> missing(Session session, String consequence) {
        List<Model> needing = byModel.keySet().stream()
                .filter(model -> !locked(model).needed.isEmpty())
                .toList();
        List<Statement> statements = needing.stream()
                .map(model -> missing(model, locked(model).needed))
                .toList();
        return Pipeline.run(session, statements).map(answers -> {
            for (int i = 0; i < answers.size(); i++) {
                if (!answers.get(i).isEmpty()) {
                    return notFound(needing.get(i), answers.get(i), consequence);
                }
            }
            return Pipeline.conflict();
        });
    }

    private static Failure notFound(Model model, List<Row> missing, String consequence) {
        List<String> keys =
                missing.stream().map(row -> String.valueOf(row.getValue(0))).toList();
        return Failure.notFound(model.name() + " not found: " + String.join(", ", keys) + "; " + consequence);
    }

    /** Keys whose records are not there; a deleted record counts as not there. */
    private static Statement missing(Model model, Collection<Object> keys) {
        Unnest parameters = new Unnest();
        String array = parameters.addArray(model.key().type(), List.copyOf(keys));
        String sql = "select u.key from unnest(" + array + ") with ordinality u(key, n) where not exists (select from "
                + Identifier.table(model.table().schema(), model.table().name()) + " m where " + key(model)
                + " = u.key and m.deleted_at is null) order by u.n";
        return new Statement(sql, parameters.parameters());
    }
}
