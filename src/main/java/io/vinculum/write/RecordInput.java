package io.vinculum.write;

import io.vinculum.catalog.Field;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import io.vinculum.json.JsonText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records as they were given, checked against the catalog and bound.
 *
 * @param values by field, bound or null; only what was given
 * @param pivots the keys of in-module many-to-many relations, by relation
 * @param made the fields whose values were made here, not given
 */
public record RecordInput(Map<Field, @Nullable Object> values, Map<Relation, List<Object>> pivots, Set<Field> made) {
    private static final int MOST = 100_000;

    /**
     * Reads records to create: defaults and keys are filled in.
     *
     * @throws Failure {@code INVALID_DATA} that names the record's position, the field and what would be right
     */
    static List<RecordInput> forCreate(Model model, List<?> records) {
        List<RecordInput> inputs = read(model, records);
        boolean numbered = inputs.stream().anyMatch(input -> input.values().containsKey(model.key()));
        for (int i = 0; i < inputs.size(); i++) {
            inputs.get(i).complete(model, where(model, records.size(), i), numbered);
        }
        return inputs;
    }

    /** Reads records to update: each has its key. */
    static List<RecordInput> forUpdate(Model model, List<?> records) {
        List<RecordInput> inputs = read(model, records);
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < inputs.size(); i++) {
            Object key = inputs.get(i).values().get(model.key());
            String where = where(model, records.size(), i);
            if (key == null) {
                throw Failure.invalid(where + " has no '" + model.key().name() + "', which says what to update");
            }
            if (!seen.add(key)) {
                throw Failure.invalid(where + " is there twice, with the key " + JsonText.shown(key.toString()));
            }
        }
        return inputs;
    }

    /** Reads keys of records. */
    static List<Object> keys(Model model, List<?> keys) {
        checkSize(keys.size());
        String where = model.name() + "." + model.key().name();
        return keys.stream()
                .<Object>map(key -> model.key().type().read(key, where))
                .distinct()
                .toList();
    }

    private static void checkSize(int size) {
        if (size > MOST) {
            throw new Failure(FailureCode.TOO_LARGE, "one request writes at most " + MOST + " records, was " + size);
        }
    }

    private static String where(Model model, int count, int index) {
        return count == 1 ? model.name() : model.name() + "[" + index + "]";
    }

    private static List<RecordInput> read(Model model, List<?> records) {
        checkSize(records.size());
        List<RecordInput> inputs = new ArrayList<>(records.size());
        for (int i = 0; i < records.size(); i++) {
            String where = where(model, records.size(), i);
            RecordInput input = new RecordInput(new LinkedHashMap<>(), new LinkedHashMap<>(), new HashSet<>());
            Given.object(where, records.get(i)).forEach((name, raw) -> input.read(model, where, name, raw));
            inputs.add(input);
        }
        return inputs;
    }

    private void read(Model model, String where, String name, @Nullable Object raw) {
        Field field = model.fields().get(name);
        if (field == null) {
            related(model, where, name, raw);
            return;
        }
        if (!field.writable()) {
            throw Failure.invalid(where + "." + name + " is kept by Vinculum and cannot be written");
        }
        if (raw == null && field.required() && field.role() != Field.Role.KEY) {
            throw Failure.invalid(where + "." + name + " is required, so it cannot be null");
        }
        if (raw != null || field.role() != Field.Role.KEY) {
            values.put(field, raw == null ? null : value(field, where, raw));
        }
    }

    /** The path of a value is only worth its text when the value is wrong. */
    private static Object value(Field field, String where, Object raw) {
        Object given = Objects.requireNonNull(Given.value(raw));
        try {
            return field.type().read(given, field.name());
        } catch (Failure wrong) {
            return field.type().read(given, where + "." + field.name());
        }
    }

    private void related(Model model, String where, String name, @Nullable Object raw) {
        Relation relation = model.relations().get(name);
        if (relation == null) {
            List<String> writable = new ArrayList<>();
            model.fields().values().stream().filter(Field::writable).forEach(f -> writable.add(f.name()));
            throw Failure.invalid(model.name() + " has no field '" + Nearest.shown(name) + "' to write"
                    + Nearest.hint(name, writable));
        }
        if (relation.pivot() == null) {
            Field near = relation.join().near();
            throw Failure.invalid(
                    where + "." + name + " leads to " + relation.target().name() + "; "
                            + (near.role() == Field.Role.REFERENCE
                                    ? "give its key as '" + near.name() + "'"
                                    : "write those records, or link them, by themselves"));
        }
        Field far = relation.pivot().far();
        List<Object> keys = new ArrayList<>();
        Given.list(where + "." + name, raw).forEach(key -> keys.add(far.type().read(key, where + "." + name)));
        pivots.put(relation, keys.stream().distinct().toList());
    }

    private void complete(Model model, String where, boolean numbered) {
        if (!values.containsKey(model.key())) {
            Ids.next(model).ifPresent(key -> {
                values.put(model.key(), key);
                made.add(model.key());
            });
            if (numbered && !values.containsKey(model.key())) {
                throw Failure.invalid(where + " has no '" + model.key().name()
                        + "', but another record of the same request has; give all of them, or none");
            }
        }
        for (Field field : model.fields().values()) {
            if (field.role() == Field.Role.TIMESTAMP || field.role() == Field.Role.KEY || values.containsKey(field)) {
                continue;
            }
            if (field.defaultText() != null) {
                values.put(field, field.type().parse(field.defaultText(), where + "." + field.name()));
            } else if (field.required()) {
                throw Failure.invalid(where + "." + field.name() + " is required");
            }
        }
    }
}
