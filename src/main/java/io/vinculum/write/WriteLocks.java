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
import io.vinculum.value.Scalar;
import io.vinculum.value.Unnest;
import io.vinculum.write.Closure.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a write locks before it writes anything. All writes lock in one order: records by entity and key, each entity's
 * with the strongest lock that any of them needs; then names, which stand for what no row stands for; then unique
 * values. After that a write waits only for transactions that wait for nothing it holds:
 *
 * <ul>
 *   <li>a row of a checked link is written only under a lock on both its records, or a full lock on one;
 *   <li>rows of other links are locked by link and pair under the link's name, which whoever writes several things
 *       holds alone;
 *   <li>an entry of the journal is written under the lock of its own row; old entries are deleted last, without waiting.
 * </ul>
 *
 * Pure.
 */
final class WriteLocks {
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

    /** Names, and whether each is held alone. */
    private final TreeMap<String, Boolean> names = new TreeMap<>();

    private final TreeMap<Model, UniqueValues.Lock> values = new TreeMap<>(Comparator.comparing(Model::name));

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

    /** Holds a name together with others that share it. */
    void share(String name) {
        names.putIfAbsent(name, false);
    }

    /** Holds a name alone. */
    void alone(String name) {
        names.put(name, true);
    }

    /** Holds all names of links alone. */
    void aloneWithLinks() {
        names.replaceAll((name, alone) -> alone || name.startsWith(LinkSql.NAMES));
    }

    /** Locks unique values of one model. */
    void values(Model model, UniqueValues.Lock lock) {
        values.put(model, lock);
    }

    /** How many records of each model there are. */
    Map<Model, Integer> counts() {
        Map<Model, Integer> counts = new LinkedHashMap<>();
        byModel.forEach((model, locked) -> counts.put(model, locked.keys.size()));
        return counts;
    }

    /** The records by model. */
    Map<Model, List<Object>> records() {
        Map<Model, List<Object>> records = new LinkedHashMap<>();
        byModel.forEach((model, locked) -> records.put(model, List.copyOf(locked.keys)));
        return records;
    }

    private Locked locked(Model model) {
        return byModel.computeIfAbsent(model, made -> new Locked());
    }

    void addAll(WriteLocks others) {
        others.byModel.forEach((model, locked) -> {
            add(model, locked.keys, locked.strength);
            if (!locked.needed.isEmpty()) {
                locked(model).needed.addAll(locked.needed);
            }
        });
        others.names.forEach((name, alone) -> names.merge(name, alone, Boolean::logicalOr));
        values.putAll(others.values);
    }

    /** Those of some records that are among these. */
    Set<Member> among(Set<Member> some) {
        Set<Member> among = new LinkedHashSet<>(some);
        among.removeIf(member -> !byModel.containsKey(member.model())
                || !locked(member.model()).keys.contains(member.key()));
        return among;
    }

    /** Without some records. */
    WriteLocks without(Set<Member> absent) {
        WriteLocks left = new WriteLocks();
        left.addAll(this);
        absent.forEach(member -> {
            Locked locked = left.byModel.get(member.model());
            if (locked != null) {
                locked.keys.remove(member.key());
                locked.needed.remove(member.key());
            }
        });
        left.byModel.values().removeIf(locked -> locked.keys.isEmpty());
        return left;
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

    /**
     * One statement for each entity, in order, that answers keys, whether they are live, and when they were deleted; then
     * those for names and values.
     */
    List<Statement> statements() {
        List<Statement> statements = new ArrayList<>();
        byModel.forEach((model, locked) -> {
            Unnest parameters = new Unnest();
            String keys = parameters.addArray(model.key().type(), List.copyOf(locked.keys));
            statements.add(new Statement(select(model, locked, keys, ""), parameters.parameters()));
        });
        if (!names.isEmpty()) {
            Unnest parameters = new Unnest();
            String held = held(parameters);
            statements.add(new Statement("select " + held, parameters.parameters()));
        }
        values.forEach((model, lock) -> {
            Unnest parameters = new Unnest();
            String rows = lock.old().isEmpty() ? "" : rows(model, parameters);
            statements.add(new Statement(lock.sql(parameters, rows), parameters.parameters()));
        });
        return statements;
    }

    /** The records of a model as they are once they are locked. */
    private String rows(Model model, Unnest parameters) {
        Locked locked = byModel.get(model);
        return locked == null
                ? ""
                : Identifier.table(model.table().schema(), model.table().name()) + " m where " + key(model) + " = any("
                        + parameters.addArray(model.key().type(), List.copyOf(locked.keys)) + ")";
    }

    private String held(Unnest parameters) {
        String names = parameters.addArray(ColumnType.of(Scalar.STRING), List.copyOf(this.names.keySet()));
        String alone = parameters.addArray(ColumnType.of(Scalar.BOOLEAN), List.copyOf(this.names.values()));
        String key = "(hashtextextended(h.name, 0))";
        return "case when h.alone then pg_advisory_xact_lock" + key + "::text else pg_advisory_xact_lock_shared" + key
                + "::text end from unnest(" + names + ", " + alone + ") h(name, alone)";
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

    /** Whether all of the others are among these, and no weaker. */
    boolean contains(WriteLocks others) {
        return others.byModel.entrySet().stream().allMatch(entry -> contains(entry.getKey(), entry.getValue()))
                && others.names.entrySet().stream()
                        .allMatch(entry ->
                                names.containsKey(entry.getKey()) && (names.get(entry.getKey()) || !entry.getValue()));
    }

    private boolean contains(Model model, Locked other) {
        Locked own = byModel.get(model);
        return own != null && own.keys.containsAll(other.keys) && own.strength.compareTo(other.strength) >= 0;
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
        if (byModel.isEmpty() && names.isEmpty()) {
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
        if (!names.isEmpty()) {
            expressions.add("named as materialized (select " + held(parameters)
                    + (conditions.isEmpty() ? "" : " where " + conditions.get(conditions.size() - 1)) + ")");
            conditions.add("(select count(*) from named) >= 0");
        }
        values.values().forEach(lock -> {
            String name = "v" + expressions.size();
            String before = " and " + conditions.get(conditions.size() - 1);
            expressions.add(name + " as materialized (" + lock.sql(parameters, "") + before + ")");
            conditions.add("(select count(*) from " + name + ") >= 0");
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
        return missing(session, consequence, Set.of());
    }

    /**
     * The same.
     *
     * @param absent records that were not there when they were to be locked
     */
    Future<Throwable> missing(Session session, String consequence, Set<Member> absent) {
        List<Model> needing = byModel.keySet().stream()
                .filter(model -> !locked(model).needed.isEmpty())
                .toList();
        List<Statement> statements = needing.stream()
                .map(model -> missing(model, locked(model).needed))
                .toList();
        return Pipeline.run(session, statements).map(answers -> {
            for (int i = 0; i < answers.size(); i++) {
                if (!answers.get(i).isEmpty()) {
                    List<String> keys = answers.get(i).stream()
                            .map(row -> String.valueOf(row.getValue(0)))
                            .toList();
                    return notFound(needing.get(i), keys, consequence);
                }
            }
            return absent.stream()
                    .findFirst()
                    .<Throwable>map(one -> notFound(one.model(), List.of(String.valueOf(one.key())), consequence))
                    .orElseGet(Pipeline::conflict);
        });
    }

    private static Failure notFound(Model model, List<String> keys, String consequence) {
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
