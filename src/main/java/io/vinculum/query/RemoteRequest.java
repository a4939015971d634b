package io.vinculum.query;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Field;
import io.vinculum.condition.Condition;
import io.vinculum.condition.Condition.All;
import io.vinculum.condition.Condition.Any;
import io.vinculum.condition.Condition.Compare;
import io.vinculum.condition.Condition.Empty;
import io.vinculum.condition.Condition.Not;
import io.vinculum.condition.Condition.Related;
import io.vinculum.condition.Condition.Words;
import io.vinculum.failure.Failure;
import io.vinculum.plan.Level;
import io.vinculum.selection.Ordering;
import io.vinculum.selection.Selection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a level's selection as the body of a {@code list} request. */
final class RemoteRequest implements Condition.Visitor<JsonObject> {
    private final List<? extends @Nullable Object> values;

    private RemoteRequest(List<? extends @Nullable Object> values) {
        this.values = values;
    }

    static JsonObject of(
            Level.Ask level, List<? extends @Nullable Object> values, @Nullable List<?> keys, int rowsLeft) {
        Selection selection = level.selection();
        JsonArray fields = new JsonArray();
        level.fields().forEach(field -> fields.add(field.name()));
        JsonObject filters = selection.filter().accept(new RemoteRequest(values));
        if (keys != null) {
            JsonObject in = new JsonObject().put(level.match().name(), new JsonObject().put("$in", keysOf(keys)));
            filters = filters.isEmpty()
                    ? in
                    : new JsonObject().put("$and", new JsonArray().add(in).add(filters));
        }
        JsonObject request = new JsonObject()
                .put("model", selection.entity().name())
                .put("fields", fields)
                .put("filters", filters)
                .put("pagination", pagination(selection, values, keys == null, rowsLeft));
        if (selection.withDeleted()) {
            request.put("withDeleted", true);
        }
        return level.count() ? request.put("count", true) : request;
    }

    private static JsonArray keysOf(List<?> keys) {
        JsonArray array = new JsonArray();
        keys.forEach(key -> array.add(key instanceof Number ? key : key.toString()));
        return array;
    }

    /** A page is cut there at the root; below it, each parent has a page of its own, which is cut here. */
    private static JsonObject pagination(
            Selection selection, List<? extends @Nullable Object> values, boolean root, int rowsLeft) {
        JsonObject pagination = new JsonObject();
        JsonArray order = new JsonArray();
        for (Ordering ordering : selection.order()) {
            order.add(new JsonObject()
                    .put(ordering.field().name(), ordering.direction().name()));
        }
        pagination.put("order", order);
        if (root) {
            selection.paging().skip().ifPresent(slot -> pagination.put("skip", slot.bind(values)));
            // A row more than asked for is asked for only where no page is, to notice that there are too many.
            long take = selection
                    .paging()
                    .take()
                    .map(slot -> (Long) slot.bind(values))
                    .orElse(Long.MAX_VALUE);
            pagination.put("take", Math.min(take, rowsLeft + 1L));
        }
        return pagination;
    }

    @Override
    public JsonObject all(All all) {
        return all.conditions().isEmpty() ? new JsonObject() : parts("$and", all.conditions());
    }

    @Override
    public JsonObject any(Any any) {
        return parts("$or", any.conditions());
    }

    private JsonObject parts(String operator, List<Condition> conditions) {
        JsonArray parts = new JsonArray();
        conditions.forEach(condition -> parts.add(condition.accept(this)));
        return new JsonObject().put(operator, parts);
    }

    @Override
    public JsonObject not(Not not) {
        return new JsonObject().put("$not", not.condition().accept(this));
    }

    @Override
    public JsonObject compare(Compare compare) {
        compare.value().bind(values);
        return onField(
                compare.field(),
                "$" + compare.operator().word(),
                values.get(compare.value().index()));
    }

    private static JsonObject onField(Field field, String operator, @Nullable Object value) {
        return new JsonObject().put(field.name(), new JsonObject().put(operator, value));
    }

    @Override
    public JsonObject empty(Empty empty) {
        return onField(empty.field(), empty.empty() ? "$eq" : "$ne", null);
    }

    @Override
    public JsonObject related(Related related) {
        throw Failure.invalid("filters on " + related.relation().owner().name() + " cannot go through "
                + related.relation().name() + ", its rows are not in this database");
    }

    @Override
    public JsonObject words(Words words) {
        return new JsonObject().put("q", values.get(words.words().index()));
    }
}
