package io.vinculum.catalog;

import io.vinculum.catalog.Field.Role;
import io.vinculum.catalog.Link.Side;
import io.vinculum.catalog.Relation.Ownership;
import io.vinculum.failure.Nearest;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Turns the declaration of one link into a {@link Link} and puts its relations on both sides' models. */
final class LinkResolution {
    private final Resolution resolution;
    private final Problems problems;

    LinkResolution(Resolution resolution, Problems problems) {
        this.resolution = resolution;
        this.problems = problems;
    }

    Optional<Link> resolve(LinkBuilder builder) {
        List<FieldBuilder> unknown = builder.fields.stream()
                .filter(field -> !resolution.isKnownType(field))
                .toList();
        if (!unknown.isEmpty()) {
            unknown.forEach(field -> resolution.unknownType(builder.typeName, field));
            return Optional.empty();
        }
        List<FieldBuilder> sides = builder.fields.stream()
                .filter(field -> resolution.isModel(field.type.name()))
                .toList();
        if (sides.size() != 2) {
            List<String> types = builder.fields.stream()
                    .map(f -> f.name + ": " + f.type.name())
                    .toList();
            problems.add(
                    builder.place,
                    "the link " + builder.typeName + " needs exactly two fields of a model's type, "
                            + "like 'products: [Product!]!' and 'brand: Brand'; it has " + sides.size() + " (" + types
                            + ")");
            return Optional.empty();
        }
        Optional<Model> first = resolution.model(sides.get(0).type.name());
        Optional<Model> second = resolution.model(sides.get(1).type.name());
        if (first.isEmpty() || second.isEmpty()) {
            return Optional.empty();
        }
        sides.forEach(side -> checkSide(builder, side));
        return builder.readOnlyKey == null
                ? Optional.of(written(builder, sides, first.get(), second.get()))
                : readOnly(builder, sides, first.get(), second.get());
    }

    private void checkSide(LinkBuilder builder, FieldBuilder side) {
        resolution.names().check(side.name, side.place);
        if (side.type.list() && !side.type.elementRequired()) {
            problems.add(
                    side.place,
                    builder.typeName + "." + side.name + " never holds nulls; write [" + side.type.name() + "!]!");
        }
        if (side.unique || side.index || side.id || side.searchable || side.defaultText != null) {
            problems.add(
                    side.place,
                    builder.typeName + "." + side.name
                            + " is a side of a link; @unique, @index, @id, @searchable and @default do not go there");
        }
    }

    private Link written(LinkBuilder builder, List<FieldBuilder> declared, Model one, Model two) {
        boolean self = one == two;
        Side first = side(declared.get(0), one, self);
        Side second = side(declared.get(1), two, self);
        if (first.key().column().equals(second.key().column())) {
            problems.add(
                    declared.get(1).place,
                    "both sides of " + builder.typeName + " would be kept in the column '"
                            + first.key().column() + "'; give one @column(name: \"…\")");
        }
        Map<String, Field> fields = new LinkedHashMap<>();
        fields.put(first.key().name(), first.key());
        fields.put(second.key().name(), second.key());
        List<Field> custom = customColumns(builder, fields);
        fields.put(
                "id",
                new Field(
                        "id",
                        "id",
                        ColumnType.of(Scalar.ID),
                        true,
                        null,
                        false,
                        Role.GENERATED,
                        "The id of the link."));
        Resolution.timestamps(fields);
        Link link = new Link(
                builder,
                checked(builder, one, two),
                first,
                second,
                custom,
                fields,
                indexes(builder, first, second, fields));
        resolution.names().check(link.table().name(), builder.place);
        resolution.names().take("the link " + builder.typeName, link.name(), link.plural(), builder.place);
        connect(link, first, declared.get(0));
        connect(link, second, declared.get(1));
        return link;
    }

    /** Records can only be held where both are in this database, and where every writer of the table asks for them. */
    private boolean checked(LinkBuilder builder, Model one, Model two) {
        boolean possible = builder.managed && !one.remote() && !two.remote();
        if (Boolean.TRUE.equals(builder.checked) && !possible) {
            String reason = builder.managed
                    ? (one.remote() ? one : two).typeName() + " is not in this database"
                    : "its table is adopted, and others write it too";
            problems.add(
                    builder.place,
                    builder.typeName + " cannot be checked: " + reason
                            + "; leave 'checked' out, or say checked: false");
        }
        return possible && !Boolean.FALSE.equals(builder.checked);
    }

    private static Side side(FieldBuilder declared, Model model, boolean self) {
        String column =
                declared.column != null ? declared.column : self ? Names.snake(declared.name) + "_id" : model.linkKey();
        Field key = new Field(
                column, column, model.key().type(), true, null, false, Role.KEY, "The key of " + declared.name + ".");
        return new Side(declared.name, model, declared.type.list(), declared.deleteCascade, key);
    }

    private List<Field> customColumns(LinkBuilder builder, Map<String, Field> fields) {
        List<Field> custom = new ArrayList<>();
        for (FieldBuilder field : builder.fields) {
            if (resolution.isModel(field.type.name())) {
                continue;
            }
            if (List.of("id", Entity.CREATED_AT, Entity.UPDATED_AT, Entity.DELETED_AT, "link", "outcome")
                    .contains(field.name)) {
                problems.add(field.place, "'" + field.name + "' is on every link by itself; rename the custom column");
                continue;
            }
            resolution.scalarField(builder.typeName, field).ifPresent(column -> {
                if (fields.putIfAbsent(column.name(), column) != null) {
                    problems.add(field.place, builder.typeName + " has a column '" + column.name() + "' already");
                }
                custom.add(column);
            });
        }
        return custom;
    }

    private static List<Index> indexes(LinkBuilder builder, Side first, Side second, Map<String, Field> fields) {
        List<Index> indexes = new ArrayList<>();
        indexes.add(sideIndex(builder, first, second));
        indexes.add(sideIndex(builder, second, first));
        for (FieldBuilder field : builder.fields) {
            Field column = fields.get(field.name);
            if (column != null && column.role() == Role.DATA && (field.index || field.unique)) {
                indexes.add(
                        field.unique
                                ? Index.unique(List.of(column), field.name + " is @unique")
                                : Index.plain(List.of(column), field.name + " has an @index"));
            }
        }
        return indexes;
    }

    /** Cardinality is an index, so that no race can break it. */
    private static Index sideIndex(LinkBuilder builder, Side near, Side far) {
        String from = builder.typeName + " is read from " + near.model().typeName();
        return far.list()
                ? Index.plain(List.of(near.key(), far.key()), from)
                : Index.unique(List.of(near.key()), from + ", and one has one '" + far.field() + "' at most");
    }

    /** Puts the field of one side on the other side's model, its link row beside it, and the side on the row. */
    private void connect(Link link, Side side, FieldBuilder declared) {
        Side near = link.other(side);
        Join.Through join = new Join.Through(
                link.table(),
                near.model().key(),
                near.key(),
                side.key(),
                link.deletedAt(),
                link.field(Entity.CREATED_AT),
                side.model().key(),
                link.exclusive(near) && link.managed());
        add(link, declared, side.field(), near.model(), side.model(), side.list(), join);
        add(
                link,
                declared,
                side.field() + "_link",
                near.model(),
                link,
                side.list(),
                new Join.ByKey(near.model().key(), near.key()));
        add(
                link,
                declared,
                side.rowField(link),
                link,
                side.model(),
                false,
                new Join.ByKey(side.key(), side.model().key()));
    }

    private void add(
            Link link, FieldBuilder declared, String name, Entity owner, Entity target, boolean list, Join join) {
        String description = declared.description == null ? link.description() : declared.description;
        resolution.addRelation(new Relation(
                name,
                owner,
                target,
                list,
                false,
                join,
                Ownership.NONE,
                null,
                declared.place,
                description,
                declared.deprecation));
    }

    private Optional<Link> readOnly(LinkBuilder builder, List<FieldBuilder> declared, Model one, Model two) {
        String name = Objects.requireNonNull(builder.readOnlyKey);
        Field key = one.fields().get(name);
        if (key == null) {
            problems.add(
                    builder.place,
                    one.typeName() + " has no field '" + name + "' for the read-only link " + builder.typeName
                            + Nearest.hint(name, one.fields().keySet()));
            return Optional.empty();
        }
        if (!sameKind(key.type().scalar(), two.key().type().scalar())) {
            problems.add(
                    builder.place,
                    one.typeName() + "." + name + " is " + key.type().graphqlName() + ", but the key of "
                            + two.typeName() + " is " + two.key().type().graphqlName()
                            + "; a read-only link joins equal types");
            return Optional.empty();
        }
        if (key.type().list() != declared.get(1).type.list()) {
            problems.add(
                    declared.get(1).place,
                    one.typeName() + "." + name + (key.type().list() ? " holds many keys" : " holds one key")
                            + ", so '" + declared.get(1).name + "' must be "
                            + (key.type().list() ? "a list: [" + two.typeName() + "!]!" : "single: " + two.typeName()));
            return Optional.empty();
        }
        if (builder.fields.size() > 2 || declared.stream().anyMatch(side -> side.deleteCascade)) {
            problems.add(
                    builder.place,
                    builder.typeName + " is read-only (it has a key), so it has neither custom "
                            + "columns nor @deleteCascade");
        }
        Side first = side(declared.get(0), one, one == two);
        Side second = side(declared.get(1), two, one == two);
        if (Boolean.TRUE.equals(builder.checked)) {
            problems.add(
                    builder.place,
                    builder.typeName + " is read-only (it has a key), so no link of it is made that could be checked; "
                            + "leave 'checked' out");
        }
        Link link = new Link(builder, false, first, second, List.of(), Map.of(), List.of());
        add(link, declared.get(1), second.field(), one, two, second.list(), new Join.ByKey(key, two.key()));
        add(link, declared.get(0), first.field(), two, one, first.list(), new Join.ByKey(two.key(), key));
        return Optional.of(link);
    }

    private static boolean sameKind(Scalar one, Scalar two) {
        return one == two || (one.isText() && two.isText());
    }
}
