package io.vinculum.catalog;

import io.vinculum.failure.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which indexes a model gets, and why. */
final class ModelIndexes {
    private final ModelBuilder builder;
    private final Map<String, Field> fields;
    private final Problems problems;
    private final Map<String, Index> made = new LinkedHashMap<>();

    ModelIndexes(ModelBuilder builder, Map<String, Field> fields, Problems problems) {
        this.builder = builder;
        this.fields = fields;
        this.problems = problems;
    }

    List<Index> all() {
        for (FieldBuilder field : builder.fields) {
            Field stored = fields.get(field.name);
            if (stored != null && field.unique) {
                add(Index.unique(List.of(stored), field.name + " is @unique"));
            } else if (stored != null && field.index) {
                add(Index.plain(List.of(stored), field.name + " has an @index"));
            }
        }
        builder.uniqueSets.forEach(set -> set(set, true));
        builder.indexSets.forEach(set -> set(set, false));
        fields.values().stream()
                .filter(field -> field.role() == Field.Role.REFERENCE)
                .forEach(field ->
                        add(Index.plain(List.of(field), "the relation behind " + field.name() + " is read back")));
        return new ArrayList<>(made.values());
    }

    private void add(Index index) {
        made.putIfAbsent(index.fields() + "/" + index.unique(), index);
    }

    private void set(List<String> names, boolean unique) {
        List<Field> columns = new ArrayList<>();
        for (String name : names) {
            Field field = fields.containsKey(name) ? fields.get(name) : fields.get(name + "_id");
            if (field == null) {
                problems.add(
                        builder.place,
                        builder.typeName + " has no field '" + name + "' to index"
                                + Nearest.hint(name, fields.keySet()));
            } else {
                columns.add(field);
            }
        }
        if (columns.size() == names.size() && !columns.isEmpty()) {
            add(
                    unique
                            ? Index.unique(columns, "@model(unique: " + names + ")")
                            : Index.plain(columns, "@model(index: " + names + ")"));
        }
    }
}
