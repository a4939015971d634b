package io.vinculum.write;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.database.Violation;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.List;
import java.util.Optional;

/** Says which rule of which entity a write broke, in the words of the declarations. */
final class BrokenRule {
    private BrokenRule() {}

    /** The failure behind a constraint that was broken; the cause itself when it was something else. */
    static Throwable explain(Catalog catalog, Throwable cause) {
        return Violation.of(cause)
                .<Throwable>map(violation -> explain(catalog, violation))
                .orElse(cause);
    }

    private static Failure explain(Catalog catalog, Violation violation) {
        Optional<Entity> entity = catalog.entities().stream()
                .filter(one -> one.table().name().equals(violation.table())
                        && one.table().schema().equals(violation.schema()))
                .findFirst();
        if (violation.kind() == Violation.Kind.REFERRED) {
            return referred(entity, violation);
        }
        List<String> names = violation.columns().stream()
                .map(column -> entity.map(one -> fieldName(one, column)).orElse(column))
                .toList();
        String fields = String.join(", ", names);
        String what = entity.map(Entity::name).orElse("record") + " with " + fields + " '" + violation.values() + "'";
        return switch (violation.kind()) {
            case UNIQUE -> new Failure(FailureCode.DUPLICATE, "there is another " + what + " already");
            case REFERENCE, REFERRED -> Failure.notFound("the record that a " + what + " refers to is not there");
            case REQUIRED -> Failure.invalid(fields + " is required");
        };
    }

    /** A record cannot go: the violation names the table of those that refer to it, and the record's own key. */
    private static Failure referred(Optional<Entity> by, Violation violation) {
        List<Entity> targets = by.stream()
                .flatMap(one -> one.relations().values().stream())
                .filter(relation -> relation.join() instanceof Join.ByKey join
                        && join.near().role() == Field.Role.REFERENCE
                        && relation.target().keys().stream()
                                .map(Field::column)
                                .toList()
                                .equals(violation.columns()))
                .map(relation -> relation.target())
                .distinct()
                .toList();
        String what = targets.size() == 1 ? targets.get(0).name() : "record";
        String referring = by.map(one -> "records of " + one.name() + " still refer to it; delete or change them first")
                .orElse("records that are not declared here still refer to it");
        return new Failure(
                FailureCode.CONFLICT,
                "the " + what + " '" + violation.values() + "' cannot be deleted: " + referring
                        + "; nothing was deleted");
    }

    private static String fieldName(Entity entity, String column) {
        return entity.fields().values().stream()
                .filter(field -> field.column().equals(column))
                .map(Field::name)
                .findFirst()
                .orElse(column);
    }
}
