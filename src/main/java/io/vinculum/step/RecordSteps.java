package io.vinculum.step;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Model;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.StepContext;
import io.vinculum.module.Modules;
import io.vinculum.write.Ids;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What steps do with the records of one model, through its module. */
final class RecordSteps {
    private final Modules modules;
    private final Model model;
    private final String key;

    RecordSteps(Modules modules, Model model) {
        this.modules = modules;
        this.model = model;
        this.key = model.key().name();
    }

    /** The keys of records that a step makes, or takes away. */
    record Created(JsonArray ids) {}

    /** Records as they were. */
    record Before(JsonArray records) {}

    /**
     * Makes records. The keys are chosen and kept first, so that a second try finds what the first one made; but where
     * the database counts them, a try that died behind its insert leaves its records.
     */
    JsonArray create(JsonArray records, StepContext context) {
        Created created = context.prepare(Created.class, () -> chosen(records));
        JsonArray keyed = new JsonArray();
        for (int i = 0; i < records.size(); i++) {
            JsonObject record = object(records.getValue(i)).copy();
            keyed.add(
                    created.ids().isEmpty()
                            ? record
                            : record.put(key, created.ids().getValue(i)));
        }
        JsonArray made = made(keyed, created);
        context.undoWith(new Created(keys(made)));
        return made;
    }

    private Created chosen(JsonArray records) {
        JsonArray given = new JsonArray();
        JsonArray ids = new JsonArray();
        for (Object one : records) {
            Object id = object(one).getValue(key);
            if (id != null) {
                given.add(id);
                ids.add(id);
            } else {
                Ids.next(model).map(String::valueOf).ifPresent(ids::add);
            }
        }
        JsonArray there = given.isEmpty() ? given : present(given, true, new JsonArray().add(key));
        if (!there.isEmpty()) {
            // Told before anything is kept, so that the undo never takes a record for its own that was there.
            throw new Failure(FailureCode.DUPLICATE, model.name() + " is there already: " + keys(there));
        }
        return new Created(ids.size() == records.size() ? ids : new JsonArray());
    }

    private JsonArray made(JsonArray records, Created created) {
        try {
            return modules.create(model.module(), model.name(), records).await();
        } catch (Failure failure) {
            if (failure.code() == FailureCode.DUPLICATE && !created.ids().isEmpty()) {
                JsonArray there = present(created.ids(), false, new JsonArray().add("*"));
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

    void restore(Created gone) {
        modules.remove(model.module(), "restore", model.name(), gone.ids()).await();
    }
}
