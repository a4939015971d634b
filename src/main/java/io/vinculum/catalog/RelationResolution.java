package io.vinculum.catalog;

import io.vinculum.catalog.Field.Role;
import io.vinculum.catalog.Relation.Ownership;
import io.vinculum.failure.Nearest;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Turns the fields that lead to models of the same module into relations. */
final class RelationResolution {
    private final Resolution models;
    private final Problems problems;

    RelationResolution(Resolution models, Problems problems) {
        this.models = models;
        this.problems = problems;
    }

    /** Gives a model its relations, where it could be made. */
    void resolve(ModelBuilder builder) {
        models.model(builder.typeName).ifPresent(owner -> resolve(builder, owner));
    }

    private void resolve(ModelBuilder builder, Model owner) {
        for (FieldBuilder field : builder.fields) {
            Optional<Model> target = models.model(field.type.name());
            if (target.isPresent() && isRelationInside(builder, field)) {
                relation(owner, target.get(), field)
                        .ifPresent(made -> models.addRelation(made.deprecated(field.deprecation)));
            }
        }
    }

    private boolean isRelationInside(ModelBuilder builder, FieldBuilder field) {
        if (field.type.list() || field.mappedBy != null || field.pivotTable != null) {
            return models.sameModule(builder, field);
        }
        return models.builder(field.type.name()).module.equals(builder.module);
    }

    private Optional<Relation> relation(Model owner, Model target, FieldBuilder field) {
        if (field.pivotTable != null) {
            return pivotRelation(owner, target, field);
        }
        if (field.mappedBy != null) {
            return inverseRelation(owner, target, field);
        }
        if (field.type.list()) {
            problems.add(
                    field.place,
                    owner.typeName() + "." + field.name + " is a list of a model; say "
                            + "@relation(mappedBy: \"…\") for the other side of a relation, or @relation(table: \"…\") for "
                            + "many-to-many");
            return Optional.empty();
        }
        Field reference = owner.field(Names.snake(field.name) + "_id");
        return Optional.of(new Relation(
                field.name,
                owner,
                target,
                false,
                field.type.required(),
                new Join.ByKey(reference, target.key()),
                Ownership.NONE,
                null,
                field.place,
                field.description));
    }

    private Optional<Relation> inverseRelation(Model owner, Model target, FieldBuilder field) {
        Optional<FieldBuilder> other = models.builder(target.typeName()).fields.stream()
                .filter(f -> f.name.equals(field.mappedBy))
                .findFirst();
        boolean leadsBack = other.isPresent()
                && other.get().type.name().equals(owner.typeName())
                && !other.get().type.list();
        if (!leadsBack) {
            List<String> possible = models.builder(target.typeName()).fields.stream()
                    .filter(f -> f.type.name().equals(owner.typeName()) && !f.type.list())
                    .map(f -> f.name)
                    .toList();
            problems.add(
                    field.place,
                    owner.typeName() + "." + field.name + " is mapped by " + target.typeName() + "."
                            + field.mappedBy + ", which is no relation to " + owner.typeName()
                            + Nearest.hint(String.valueOf(field.mappedBy), possible));
            return Optional.empty();
        }
        Field reference = target.field(Names.snake(other.get().name) + "_id");
        return Optional.of(new Relation(
                field.name,
                owner,
                target,
                field.type.list(),
                false,
                new Join.ByKey(owner.key(), reference),
                reference.required() ? Ownership.REQUIRED : Ownership.OPTIONAL,
                null,
                field.place,
                field.description));
    }

    private Optional<Relation> pivotRelation(Model owner, Model target, FieldBuilder field) {
        if (!field.type.list()) {
            problems.add(
                    field.place,
                    owner.typeName() + "." + field.name + " has @relation(table: …), so it must be a list: ["
                            + field.type.name() + "!]!");
            return Optional.empty();
        }
        Table table = Table.parse(Objects.requireNonNull(field.pivotTable), owner.module());
        boolean self = owner == target;
        Field near = pivotField(self ? "source_id" : owner.linkKey(), owner.key());
        Field far = pivotField(self ? field.name + "_id" : target.linkKey(), target.key());
        Join join = new Join.Through(table, owner.key(), near, far, null, null, target.key(), false);
        return Optional.of(new Relation(
                field.name,
                owner,
                target,
                true,
                false,
                join,
                Ownership.NONE,
                new Relation.Pivot(table, near, far),
                field.place,
                field.description));
    }

    private static Field pivotField(String column, Field key) {
        return new Field(column, column, key.type(), true, null, false, Role.KEY, null);
    }
}
