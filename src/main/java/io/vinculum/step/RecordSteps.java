package io.vinculum.step;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Model;
import io.vinculum.database.Session;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.StepContext;
import io.vinculum.module.Modules;
import io.vinculum.write.Ids;
import io.vinculum.write.Write;
import io.vinculum.write.Write.Answer;
import io.vinculum.write.Write.Removing;
import io.vinculum.write.Writes;
import io.vinculum.write.Written;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What steps do with the records of one model. */
final class RecordSteps {
    private final Writes writes;
    private final Modules modules;
    private final Model model;
    private final String key;

    RecordSteps(Writes writes, Modules modules, Model model) {
        this.writes = writes;
        this.modules = modules;
        this.model = model;
        this.key = model.key().name();
    }

    /** Whether the records are in this database, where runs are kept too. */
    boolean here() {
        return !model.remote();
    }

    /** The keys of records that a step makes, or takes away. */
    record Created(JsonArray ids) {}

    /** Records as they were. */
    record Before(JsonArray records) {}

    /** Makes records in the transaction that keeps the step's result: both are there, or none. */
    Future<JsonArray> create(JsonArray records, Session session, StepContext context) {
        return writes.inside(session, Write.create(model, records.getList(), Answer.ROWS))
                .map(Written::rows)
                .map(made -> {
                    context.undoWith(new Created(keys(made)));
                    return made;
                });
    }

    /**
     * Makes records in a module elsewhere. Keys that are not given are made and kept first, so that a second try finds
     * the records of the first. A record with a given key may belong to another run, so this run never adopts it: the
     * records of a try that died after its insert stay. The same holds where the module numbers its keys.
     */
    JsonArray create(JsonArray records, StepContext context) {
        Created chosen = context.prepare(Created.class, () -> chosen(records));
        if (chosen.ids().isEmpty()) {
            JsonArray made =
                    modules.create(model.module(), model.name(), records).await();
            context.undoWith(new Created(keys(made)));
            return made;
        }
        JsonArray keyed = new JsonArray();
        for (int i = 0; i < records.size(); i++) {
            keyed.add(object(records.getValue(i)).copy().put(key, chosen.ids().getValue(i)));
        }
        return made(keyed, chosen);
    }

    /** A key for each record; none where one is given, or where the module makes them. */
    private Created chosen(JsonArray records) {
        JsonArray ids = new JsonArray();
        for (Object one : records) {
            if (object(one).getValue(key) == null) {
                Ids.next(model).map(String::valueOf).ifPresent(ids::add);
            }
        }
        return new Created(ids.size() == records.size() ? ids : new JsonArray());
    }

    private JsonArray made(JsonArray records, Created chosen) {
        try {
            return modules.create(model.module(), model.name(), records).await();
        } catch (Failure failure) {
            if (failure.code() == FailureCode.DUPLICATE) {
                JsonArray there = present(chosen.ids(), false, new JsonArray().add("*"));
                if (there.size() == records.size()) {
                    return there;
                }
            }
            throw failure;
        }
    }

    private JsonArray present(JsonArray ids, boolean deletedToo, JsonArray fields) {
        return modules.list(
                        model.module(),
                        new JsonObject()
                                .put("model", model.name())
                                .put("fields", fields)
                                .put("withDeleted", deletedToo)
                                .put("filters", new JsonObject().put(key, new JsonObject().put("$in", ids))))
                .await();
    }

    private JsonArray keys(JsonArray records) {
        JsonArray keys = new JsonArray();
        records.forEach(record -> keys.add(object(record).getValue(key)));
        return keys;
    }

    private static JsonObject object(Object record) {
        if (record instanceof JsonObject object) {
            return object;
        }
        throw Failure.invalid("a record is an object, was " + record);
    }

    void delete(Created created) {
        modules.remove(model.module(), "delete", model.name(), created.ids()).await();
    }

    JsonArray update(JsonArray records, StepContext context) {
        context.prepare(Before.class, () -> new Before(asTheyAre(records)));
        return modules.update(model.module(), model.name(), records).await();
    }

    private JsonArray asTheyAre(JsonArray records) {
        Set<String> fields = new LinkedHashSet<>(List.of(key));
        records.forEach(record -> fields.addAll(object(record).fieldNames()));
        fields.stream()
                .filter(field -> !model.fields().containsKey(field))
                .findFirst()
                .ifPresent(field -> {
                    throw Failure.invalid("a step updates fields of " + model.name() + ", which has no '" + field
                            + "'; it has: " + String.join(", ", model.fields().keySet()));
                });
        return records.isEmpty()
                ? new JsonArray()
                : present(keys(records), false, new JsonArray(new ArrayList<>(fields)));
    }

    void putBack(Before before) {
        modules.update(model.module(), model.name(), before.records()).await();
    }

    JsonArray remove(JsonArray ids, StepContext context) {
        Created there =
                context.prepare(Created.class, () -> new Created(keys(present(ids, false, new JsonArray().add(key)))));
        return modules.remove(model.module(), "softDelete", model.name(), there.ids())
                .map(gone -> there.ids())
                .await();
    }

    /** Deletes records in the transaction that keeps the step's result. */
    Future<JsonArray> remove(JsonArray ids, Session session, StepContext context) {
        return writes.inside(session, Write.remove(model, ids.getList(), Removing.SOFT))
                .map(Written::rows)
                .map(gone -> {
                    context.undoWith(new Created(gone));
                    return gone;
                });
    }

    void restore(Created gone) {
        modules.remove(model.module(), "restore", model.name(), gone.ids()).await();
    }
}
