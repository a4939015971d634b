package io.vinculum.query;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Model;
import io.vinculum.condition.Slot;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import io.vinculum.json.JsonText;
import io.vinculum.selection.QueryLimits;
import io.vinculum.selection.Selection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs the levels of the plans of one request: a level's statements go out together, its children's afterwards. */
final class Execution {
    private final Function<Statement, Future<List<Row>>> session;
    private final RemoteRows remote;
    private final QueryLimits limits;
    private int rowsSoFar;

    Execution(Function<Statement, Future<List<Row>>> session, RemoteRows remote, QueryLimits limits) {
        this.session = session;
        this.remote = remote;
        this.limits = limits;
    }

    Future<Answer> run(Bound bound) {
        Plan plan = bound.plan();
        boolean oneRecord = plan.root() instanceof Level.Sql sql && sql.listInside();
        int most = oneRecord ? left() : Math.min(limits.rootRows(), left());
        return fetch(plan.root(), bound, List.of(), most).map(root -> {
            checkKeys(bound, root);
            return new Answer(bound, root);
        });
    }

    private int left() {
        return limits.rows() - rowsSoFar;
    }

    private Future<LevelRows> fetch(Level level, Bound bound, List<?> parentKeys, int most) {
        boolean root = level.parentColumn() < 0;
        if (!root && parentKeys.isEmpty()) {
            return below(level, bound, LevelRows.grouped(List.of()));
        }
        Future<? extends List<? extends Tuple>> rows = level instanceof Level.Sql sql
                ? session.apply(sql.bind(bound.values(), parentKeys, most))
                : remoteRows((Level.Remote) level, bound, parentKeys, most);
        return rows.compose(found -> {
            check(level, found.size(), most);
            return below(level, bound, arranged(level, found));
        });
    }

    private static LevelRows arranged(Level level, List<? extends Tuple> found) {
        if (level.parentColumn() >= 0) {
            return LevelRows.grouped(found);
        }
        if (!(level instanceof Level.Sql sql)) {
            return LevelRows.root(found);
        }
        if (sql.countColumn() >= 0) {
            return LevelRows.counted(found, sql.countColumn());
        }
        return sql.listInside() ? LevelRows.ofOneRecord(found) : LevelRows.root(found);
    }

    private void check(Level level, int found, int most) {
        rowsSoFar += found;
        if (found > most || rowsSoFar > limits.rows()) {
            String what = level.title().lines().findFirst().orElse("");
            throw new Failure(
                    FailureCode.TOO_LARGE,
                    "the answer has more than " + Math.min(most, limits.rows()) + " rows (at: " + what
                            + "); ask for less with take, relations or filters");
        }
    }

    private Future<LevelRows> below(Level level, Bound bound, LevelRows rows) {
        List<Future<LevelRows>> children = new ArrayList<>();
        for (Level child : level.children()) {
            children.add(fetch(child, bound, rows.keys(child.parentColumn()), left()));
        }
        return children.isEmpty()
                ? Future.succeededFuture(rows)
                : Future.all(children).map(done -> {
                    children.forEach(child -> rows.add(child.result()));
                    return rows;
                });
    }

    private static void checkKeys(Bound bound, LevelRows rows) {
        if (bound.plan().keySlots().isEmpty()) {
            return;
        }
        Set<String> there = new LinkedHashSet<>();
        rows.rows()
                .forEach(row ->
                        there.add(String.valueOf(row.getValue(bound.plan().keyColumn()))));
        Set<String> missing = new LinkedHashSet<>();
        for (Slot slot : bound.plan().keySlots()) {
            Object asked = slot.bind(bound.values());
            List.of(asked instanceof Object[] many ? many : new Object[] {asked})
                    .forEach(key -> missing.add(String.valueOf(key)));
        }
        missing.removeAll(there);
        if (!missing.isEmpty()) {
            throw Failure.notFound(bound.plan().entity().name() + " not found: " + Nearest.some(missing));
        }
    }

    private Future<List<Tuple>> remoteRows(Level.Remote level, Bound bound, List<?> parentKeys, int most) {
        if (level.parentColumn() < 0) {
            return list(level, bound, null, most).map(records -> rows(level, records, record -> List.of("")));
        }
        if (level.pairs().isEmpty()) {
            Field match = level.match();
            return list(level, bound, parentKeys, most)
                    .map(records -> rows(level, records, record -> List.of(key(match, record.getValue(match.name())))))
                    .map(rows -> paged(level, bound, rows));
        }
        return session.apply(level.pairs().get().bind(bound.values(), parentKeys, most))
                .compose(pairs -> ofPairs(level, bound, pairs, most));
    }

    private Future<List<Tuple>> ofPairs(Level.Remote level, Bound bound, List<Row> pairs, int most) {
        Map<Object, List<Object>> parentsOf = new LinkedHashMap<>();
        for (Row pair : pairs) {
            parentsOf
                    .computeIfAbsent(pair.getValue(1), key -> new ArrayList<>())
                    .add(pair.getValue(0));
        }
        if (parentsOf.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Field match = level.match();
        return list(level, bound, new ArrayList<>(parentsOf.keySet()), most)
                .map(records -> rows(
                        level,
                        records,
                        record -> parentsOf.getOrDefault(key(match, record.getValue(match.name())), List.of())))
                .map(rows -> paged(level, bound, rows));
    }

    private Future<JsonArray> list(Level.Remote level, Bound bound, @Nullable List<?> keys, int most) {
        Model model = (Model) level.selection().entity();
        JsonObject request = RemoteRequest.of(level, bound.values(), keys, most);
        return remote.list(model.module(), request);
    }

    /** A key as this database would answer it, so that keys of both stores are equal. */
    private static Object key(Field field, @Nullable Object raw) {
        return field.type().element().read(JsonText.plain(raw), field.name());
    }

    private static List<Tuple> rows(
            Level.Remote level, JsonArray records, Function<JsonObject, List<Object>> parentsOf) {
        List<Tuple> rows = new ArrayList<>();
        for (Object element : records) {
            if (!(element instanceof JsonObject record)) {
                throw new Failure(
                        FailureCode.UNAVAILABLE,
                        "the module of " + level.selection().entity().name() + " answered something that is no record");
            }
            for (Object parent : parentsOf.apply(record)) {
                rows.add(row(level, record, parent));
            }
        }
        return rows;
    }

    private static Tuple row(Level.Remote level, JsonObject record, Object parent) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(parent);
        for (Field field : level.fields()) {
            Object raw = record.getValue(field.name());
            boolean key = raw != null && field.type().key() && !field.type().list();
            values.add(key ? key(field, raw) : raw);
        }
        return Tuple.wrap(values);
    }

    private static List<Tuple> paged(Level.Remote level, Bound bound, List<Tuple> rows) {
        Selection.Paging paging = level.selection().paging();
        if (paging.all()) {
            return rows;
        }
        long skip = paging.skip().map(slot -> (Long) slot.bind(bound.values())).orElse(0L);
        long take = paging.take().map(slot -> (Long) slot.bind(bound.values())).orElse(Long.MAX_VALUE);
        Map<Object, Long> seen = new HashMap<>();
        List<Tuple> kept = new ArrayList<>();
        for (Tuple row : rows) {
            long position = seen.merge(row.getValue(0), 1L, Long::sum) - 1;
            if (position >= skip && position - skip < take) {
                kept.add(row);
            }
        }
        return kept;
    }
}
