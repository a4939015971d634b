package io.vinculum.query;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Model;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.json.JsonText;
import io.vinculum.plan.Level;
import io.vinculum.selection.Selection.Paging;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks a module elsewhere for the rows of one level and checks what it answers: rows that were not asked for and values of
 * another type than declared are a failure, never part of an answer.
 */
final class RemoteAnswer {
    private final Level.Ask level;
    private final List<? extends @Nullable Object> values;
    private final Deadline deadline;
    private final String entity;

    /** Rows with how many there are without paging, -1 when it was not asked for. */
    record Rows(List<Tuple> rows, long count) {}

    RemoteAnswer(Level.Ask level, List<? extends @Nullable Object> values, Deadline deadline) {
        this.level = level;
        this.values = values;
        this.deadline = deadline;
        this.entity = level.selection().entity().name();
    }

    /**
     * Asks for rows.
     *
     * @param keys the parents' keys, null at the root and where pairs tell
     * @param pairs which far key belongs to which parent, empty where a field of the rows holds the key
     * @param most one more row than this is never asked for
     */
    Future<Rows> rows(RemoteRows remote, @Nullable List<?> keys, List<Row> pairs, int most) {
        if (level.parentColumn() < 0) {
            return list(remote, null, most).map(answer -> {
                Rows rows = checked(answer, record -> List.of(""));
                checkTake(rows.rows().size());
                return rows;
            });
        }
        if (level.pairs().isEmpty()) {
            return list(remote, keys, most)
                    .map(answer -> paged(checked(answer, record -> List.of(key(level.match(), record)))));
        }
        return ofPairs(remote, pairs, most);
    }

    private Future<Rows> ofPairs(RemoteRows remote, List<Row> pairs, int most) {
        Map<Object, List<Object>> parentsOf = new LinkedHashMap<>();
        for (Row pair : pairs) {
            parentsOf
                    .computeIfAbsent(pair.getValue(1), key -> new ArrayList<>())
                    .add(pair.getValue(0));
        }
        if (parentsOf.isEmpty()) {
            return Future.succeededFuture(new Rows(List.of(), -1));
        }
        return list(remote, new ArrayList<>(parentsOf.keySet()), most)
                .map(answer -> paged(checked(
                        answer, record -> parentsOf.getOrDefault(key(level.match(), record), List.of()))));
    }

    private Future<RemoteRows.Records> list(RemoteRows remote, @Nullable List<?> keys, int most) {
        Model model = (Model) level.selection().entity();
        return remote.list(model.module(), RemoteRequest.of(level, values, keys, most), deadline);
    }

    private Rows checked(RemoteRows.Records answer, Function<JsonObject, List<Object>> parentsOf) {
        JsonArray records = answer.data();
        RemoteFilter filter = new RemoteFilter(values);
        List<Tuple> rows = new ArrayList<>();
        for (Object element : records) {
            if (!(element instanceof JsonObject record)) {
                throw wrong("something that is no record: " + JsonText.shown(element));
            }
            if (!filter.holds(level.selection().filter(), record)) {
                throw wrong("a record that the filters exclude");
            }
            for (Object parent : parentsOf.apply(record)) {
                rows.add(row(record, parent));
            }
        }
        return new Rows(rows, count(answer));
    }

    private long count(RemoteRows.Records answer) {
        if (!level.count()) {
            return -1;
        }
        if (answer.count() < 0) {
            throw new Failure(
                    FailureCode.NOT_ALLOWED,
                    "the module of " + entity + " answers no count; leave out count and skip, or answer "
                            + "{\"metadata\": {\"count\": …}} there");
        }
        return answer.count();
    }

    private void checkTake(int found) {
        level.selection().paging().take().ifPresent(slot -> {
            long take = (Long) slot.bind(values);
            if (found > take) {
                throw wrong(found + " records where at most " + take + " were asked for");
            }
        });
    }

    private Failure wrong(String what) {
        return new Failure(FailureCode.UNAVAILABLE, "the module of " + entity + " answered " + what);
    }

    private Tuple row(JsonObject record, Object parent) {
        List<@Nullable Object> row = new ArrayList<>();
        row.add(parent);
        for (Field field : level.fields()) {
            Object raw = record.getValue(field.name());
            if (raw == null && field.required()) {
                throw wrong("no value for " + entity + "." + field.name() + ", which is required");
            }
            row.add(raw == null ? null : value(field, raw));
        }
        return Tuple.wrap(row);
    }

    /** Keys as this database would answer them, so that keys of both stores are equal; other values as they came. */
    private Object value(Field field, Object raw) {
        try {
            Object read = field.type().read(JsonText.plain(raw), entity + "." + field.name());
            return field.type().key() && !field.type().list() ? read : raw;
        } catch (Failure failure) {
            throw wrong("a wrong value: " + failure.getMessage());
        }
    }

    private Object key(Field field, JsonObject record) {
        Object raw = record.getValue(field.name());
        if (raw == null) {
            return "";
        }
        try {
            return field.type().element().read(JsonText.plain(raw), entity + "." + field.name());
        } catch (Failure failure) {
            throw wrong("a wrong value: " + failure.getMessage());
        }
    }

    private Rows paged(Rows all) {
        Paging paging = level.selection().paging();
        if (paging.all()) {
            return all;
        }
        long skip = paging.skip().map(slot -> (Long) slot.bind(values)).orElse(0L);
        long take = paging.take().map(slot -> (Long) slot.bind(values)).orElse(Long.MAX_VALUE);
        Map<Object, Long> seen = new HashMap<>();
        List<Tuple> kept = new ArrayList<>();
        for (Tuple row : all.rows()) {
            long position = seen.merge(row.getValue(0), 1L, Long::sum) - 1;
            if (position >= skip && position - skip < take) {
                kept.add(row);
            }
        }
        return new Rows(kept, all.count());
    }
}
