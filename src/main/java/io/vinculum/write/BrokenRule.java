package io.vinculum.write;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.database.Violation;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.List;
import java.util.Optional;

/** Says which rule of which entity a write broke, in the words of the declarations. */
public final class BrokenRule {
    private BrokenRule() {}

    /** The failure behind a constraint that was broken; the cause itself when it was something else. */
    public static Throwable explain(Catalog catalog, Throwable cause) {
        return Violation.of(cause)
                .<Throwable>map(violation -> explain(catalog, violation))
                .orElse(cause);
    }

    private static Failure explain(Catalog catalog, Violation violation) {
        Optional<Entity> entity = catalog.entities().stream()
                .filter(one -> one.table().name().equals(violation.table()))
                .findFirst();
        List<String> names = violation.columns().stream()
                .map(column -> entity.map(one -> fieldName(one, column)).orElse(column))
                .toList();
        String fields = String.join(", ", names);
        String what = entity.map(Entity::name).orElse("record") + " with " + fields + " '" + violation.values() + "'";
        return switch (violation.kind()) {
            case UNIQUE -> new Failure(FailureCode.DUPLICATE, "there is another " + what + " already");
            case REFERENCE -> Failure.notFound("the record that a " + what + " refers to is not there");
            case REQUIRED -> Failure.invalid(fields + " is required");
        };
    }

    private static String fieldName(Entity entity, String column) {
        return entity.fields().values().stream()
                .filter(field -> field.column().equals(column))
                .map(Field::name)
                .findFirst()
                .orElse(column);
    }
}
