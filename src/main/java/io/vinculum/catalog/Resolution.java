package io.vinculum.catalog;

import io.vinculum.catalog.Field.Role;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns declarations into models with fields and relations, and gathers what is wrong with them. */
final class Resolution {
    private static final Set<String> TIMESTAMPS = Set.of(Entity.CREATED_AT, Entity.UPDATED_AT, Entity.DELETED_AT);
    private static final Set<Scalar> KEY_TYPES = Set.of(Scalar.ID, Scalar.STRING, Scalar.INT, Scalar.LONG, Scalar.UUID);

    private static final Set<String> FILTER_WORDS = Set.of("and", "or", "not");

    private final CatalogBuilder declared;
    private final Problems problems;
    private final Map<String, ModelBuilder> builders = new LinkedHashMap<>();
    private final Map<String, Field> keys = new HashMap<>();
    private final Map<String, Model> models = new LinkedHashMap<>();
    private final NameChecks names;

    Resolution(CatalogBuilder declared, Problems problems) {
        this.declared = declared;
        this.problems = problems;
        this.names = new NameChecks(problems);
    }

    Catalog resolve() {
        declared.enums.forEach((name, values) -> checkEnum(name, values));
        declared.models.forEach(this::enter);
        builders.values().forEach(this::findKey);
        builders.values().forEach(this::makeModel);
        RelationResolution relations = new RelationResolution(this, problems);
        builders.values().forEach(relations::resolve);
        Map<String, Link> links = new LinkedHashMap<>();
        LinkResolution linkResolution = new LinkResolution(this, problems);
        for (LinkBuilder link : declared.links) {
            linkResolution.resolve(link).ifPresent(made -> links.put(made.name(), made));
        }
        Map<String, List<Model>> modules = new LinkedHashMap<>();
        models.values()
                .forEach(model -> modules.computeIfAbsent(model.module(), name -> new ArrayList<>())
                        .add(model));
        return new Catalog(
                modules, links, declared.deprecatedValues, new RenameResolution(declared, problems).resolve());
    }

    /** Which names are taken. */
    NameChecks names() {
        return names;
    }

    Optional<Model> model(String typeName) {
        return Optional.ofNullable(models.get(typeName));
    }

    ModelBuilder builder(String typeName) {
        return Objects.requireNonNull(builders.get(typeName));
    }

    boolean isModel(String typeName) {
        return builders.containsKey(typeName);
    }

    private void checkEnum(String name, List<String> values) {
        Place place = declared.enumPlaces.getOrDefault(name, Place.JAVA);
        names.checkType(name, place);
        if (values.isEmpty()) {
            problems.add(place, "the enum '" + name + "' has no values; give it at least one");
        }
    }

    private void enter(ModelBuilder model) {
        ModelBuilder before = builders.putIfAbsent(model.typeName, model);
        if (before != null) {
            problems.add(model.place, "the type '" + model.typeName + "' is declared at " + before.place + " already");
            return;
        }
        names.checkType(model.typeName, model.place);
        if (declared.enums.containsKey(model.typeName)) {
            problems.add(model.place, "the name '" + model.typeName + "' is that of an enum too; rename one");
        }
        names.take("the model " + model.typeName, model.name(), model.plural(), model.place);
        names.check(model.module, model.place);
        names.check(model.table().name(), model.place);
    }

    private void findKey(ModelBuilder model) {
        List<FieldBuilder> marked = model.fields.stream().filter(f -> f.id).toList();
        if (marked.size() > 1) {
            problems.add(marked.get(1).place, model.typeName + " has two fields with @id; a key is one field");
        }
        Optional<FieldBuilder> chosen = marked.stream()
                .findFirst()
                .or(() -> model.fields.stream().filter(f -> f.name.equals("id")).findFirst());
        if (chosen.isEmpty()) {
            problems.add(model.place, model.typeName + " has no key; add 'id: ID!' or mark a field with @id");
            return;
        }
        FieldBuilder field = chosen.get();
        Optional<Scalar> scalar = Scalar.named(field.type.name());
        if (scalar.isEmpty() || field.type.list() || !KEY_TYPES.contains(scalar.get())) {
            problems.add(
                    field.place,
                    "the key " + model.typeName + "." + field.name + " must be ID, String, Int, Long or UUID, was "
                            + field.type.name());
            return;
        }
        keys.put(
                model.typeName,
                new Field(
                        field.name,
                        field.columnName(),
                        ColumnType.key(scalar.get()),
                        true,
                        null,
                        field.searchable,
                        Role.KEY,
                        field.description));
    }

    private void makeModel(ModelBuilder builder) {
        Field key = keys.get(builder.typeName);
        if (key == null) {
            return;
        }
        Map<String, Field> fields = new LinkedHashMap<>();
        fields.put(key.name(), key);
        Map<String, Place> places = new HashMap<>();
        for (FieldBuilder field : builder.fields) {
            checkField(builder, field, places);
            if (!field.name.equals(key.name())) {
                storedField(builder, field).ifPresent(stored -> putStored(fields, stored, field.place));
            }
        }
        timestamps(fields);
        List<Index> indexes = new ModelIndexes(builder, fields, problems).all();
        models.put(builder.typeName, new Model(builder, key, fields, indexes));
    }

    private void checkField(ModelBuilder builder, FieldBuilder field, Map<String, Place> places) {
        names.check(field.name, field.place);
        if (TIMESTAMPS.contains(field.name)) {
            problems.add(
                    field.place,
                    "'" + field.name + "' is on every model by itself; remove it from " + builder.typeName);
        }
        if (FILTER_WORDS.contains(field.name)) {
            problems.add(
                    field.place,
                    "'" + field.name + "' is a word of filters; name the field otherwise and keep the "
                            + "column with @column(name: \"" + field.name + "\")");
        }
        Place before = places.putIfAbsent(field.name, field.place);
        if (before != null) {
            problems.add(field.place, builder.typeName + "." + field.name + " is declared at " + before + " already");
        }
        if (field.deleteCascade) {
            problems.add(
                    field.place,
                    "@deleteCascade belongs on a side of a link; inside a module, children whose "
                            + "relation is required go with their parent by themselves");
        }
    }

    private void putStored(Map<String, Field> fields, Field stored, Place place) {
        boolean sameColumn = (TIMESTAMPS.contains(stored.column()) && !TIMESTAMPS.contains(stored.name()))
                || fields.values().stream().anyMatch(other -> other.column().equals(stored.column()));
        if (fields.containsKey(stored.name()) || sameColumn) {
            if (!TIMESTAMPS.contains(stored.name())) {
                problems.add(
                        place, "the column '" + stored.column() + "' is there twice; rename a field or use @column");
            }
            return;
        }
        fields.put(stored.name(), stored);
    }

    static void timestamps(Map<String, Field> fields) {
        fields.put(Entity.CREATED_AT, Field.timestamp(Entity.CREATED_AT, true));
        fields.put(Entity.UPDATED_AT, Field.timestamp(Entity.UPDATED_AT, true));
        fields.put(Entity.DELETED_AT, Field.timestamp(Entity.DELETED_AT, false));
    }

    private Optional<Field> storedField(ModelBuilder builder, FieldBuilder field) {
        if (!isModel(field.type.name())) {
            return scalarField(builder.typeName, field);
        }
        if (field.type.list() || field.mappedBy != null || field.pivotTable != null) {
            return Optional.empty();
        }
        Field target = keys.get(field.type.name());
        if (!sameModule(builder, field) || target == null) {
            return Optional.empty();
        }
        String name = Names.snake(field.name) + "_id";
        return Optional.of(new Field(
                name,
                field.column == null ? name : field.column,
                target.type(),
                field.type.required(),
                null,
                false,
                Role.REFERENCE,
                "The key of " + field.name + "."));
    }

    /** A custom column or a model's field of a scalar or enum type. */
    Optional<Field> scalarField(String owner, FieldBuilder field) {
        Optional<ColumnType> type = columnType(field);
        if (type.isEmpty()) {
            unknownType(owner, field);
            return Optional.empty();
        }
        names.check(field.columnName(), field.place);
        checkScalar(owner, field, type.get());
        return Optional.of(new Field(
                field.name,
                field.columnName(),
                type.get(),
                field.type.required(),
                field.defaultText,
                field.searchable,
                Role.DATA,
                field.description,
                field.deprecation));
    }

    /** Whether a field's type is a scalar, an enum or a model. */
    boolean isKnownType(FieldBuilder field) {
        return isModel(field.type.name()) || columnType(field).isPresent();
    }

    void unknownType(String owner, FieldBuilder field) {
        List<String> known = new ArrayList<>(
                Arrays.stream(Scalar.values()).map(Scalar::graphqlName).toList());
        known.addAll(declared.enums.keySet());
        known.addAll(builders.keySet());
        problems.add(
                field.place,
                owner + "." + field.name + " is of an unknown type '" + field.type.name() + "'"
                        + Nearest.hint(field.type.name(), known));
    }

    private Optional<ColumnType> columnType(FieldBuilder field) {
        List<String> values = declared.enums.get(field.type.name());
        Optional<ColumnType> single = values != null
                ? Optional.of(ColumnType.enumeration(field.type.name(), values))
                : Scalar.named(field.type.name()).map(ColumnType::of);
        return field.type.list() ? single.map(ColumnType::asList) : single;
    }

    private void checkScalar(String owner, FieldBuilder field, ColumnType type) {
        String path = owner + "." + field.name;
        if (field.searchable && (!type.scalar().isText() || type.list())) {
            problems.add(field.place, path + " cannot be @searchable; only single String and ID fields can");
        }
        if (type.list() && !field.type.elementRequired()) {
            problems.add(field.place, path + " is a list that may hold nulls; write [" + field.type.name() + "!]");
        }
        if (field.mappedBy != null || field.pivotTable != null) {
            problems.add(field.place, path + " has @relation, but its type is no model of this module");
        }
        if (field.defaultText != null) {
            try {
                type.parse(field.defaultText, "the default of " + path);
            } catch (Failure failure) {
                problems.add(field.place, String.valueOf(failure.getMessage()));
            }
        }
    }

    /** Whether a field leads to a model of its own module; says so where it does not. */
    boolean sameModule(ModelBuilder builder, FieldBuilder field) {
        ModelBuilder target = builder(field.type.name());
        if (target.module.equals(builder.module)) {
            return true;
        }
        problems.add(
                field.place,
                builder.typeName + "." + field.name + " leads to " + target.typeName
                        + " of the module '" + target.module
                        + "'; modules are joined by a link: declare a type with @link in "
                        + "links/" + Names.snake(builder.typeName) + "_" + target.name() + ".graphqls");
        return false;
    }

    /** Puts a relation on its owner, or says what has its name already. */
    void addRelation(Relation relation) {
        Map<String, Relation> relations =
                relation.owner() instanceof Model model ? model.relations : ((Link) relation.owner()).relations;
        @Nullable
        Place taken = relations.containsKey(relation.name())
                ? Objects.requireNonNull(relations.get(relation.name())).place()
                : relation.owner().fields().containsKey(relation.name())
                        ? relation.owner().place()
                        : null;
        if (taken != null) {
            problems.add(
                    relation.place(),
                    relation.owner().typeName() + " has a field '" + relation.name() + "' already, declared at " + taken
                            + "; rename this one");
            return;
        }
        relations.put(relation.name(), relation);
    }
}
