package io.vinculum.graphql;

import static graphql.schema.GraphQLArgument.newArgument;
import static graphql.schema.GraphQLFieldDefinition.newFieldDefinition;
import static graphql.schema.GraphQLList.list;
import static graphql.schema.GraphQLNonNull.nonNull;
import static graphql.schema.GraphQLTypeReference.typeRef;

import graphql.Scalars;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCodeRegistry;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLEnumValueDefinition;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLSchema;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Names;
import io.vinculum.catalog.Relation;
import io.vinculum.failure.Failure;
import io.vinculum.graphql.RootField.Links.Action;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the GraphQL schema of a catalog. */
final class SchemaBuilder {
    private final Catalog catalog;
    private final ScalarTypes scalars = new ScalarTypes();
    private final InputTypes inputs;
    private final Map<String, RootField> roots = new LinkedHashMap<>();
    private final GraphQLObjectType.Builder query =
            GraphQLObjectType.newObject().name("Query");
    private final GraphQLObjectType.Builder mutation =
            GraphQLObjectType.newObject().name("Mutation");

    SchemaBuilder(Catalog catalog) {
        this.catalog = catalog;
        this.inputs = new InputTypes(scalars, new TypeNames(catalog), catalog);
    }

    Schema build() {
        Set<GraphQLNamedType> types = new LinkedHashSet<>();
        enums().forEach((name, values) -> types.add(enumeration(name, values)));
        for (Entity entity : catalog.entities()) {
            types.add(objectType(entity));
            types.addAll(inputs.of(entity));
            root(entity);
        }
        types.addAll(inputs.shared());
        graph(types);
        links();
        runs(types);
        return new Schema(schema(types), Map.copyOf(roots));
    }

    /** The fast builder traverses nothing to find types, so all of them are named; our own need no validation. */
    private GraphQLSchema schema(Set<GraphQLNamedType> types) {
        return new GraphQLSchema.FastBuilder(
                        GraphQLCodeRegistry.newCodeRegistry(), query.build(), mutation.build(), null)
                .addTypes(types)
                .addTypes(scalars.used())
                .withValidation(false)
                .build();
    }

    private Map<String, List<String>> enums() {
        Map<String, List<String>> enums = new LinkedHashMap<>();
        for (Entity entity : catalog.entities()) {
            for (Field field : entity.fields().values()) {
                if (field.type().enumName() != null) {
                    enums.put(field.type().enumName(), field.type().values());
                }
            }
        }
        return enums;
    }

    private GraphQLEnumType enumeration(String name, List<String> values) {
        GraphQLEnumType.Builder type = GraphQLEnumType.newEnum().name(name);
        Map<String, String> deprecated = catalog.deprecatedValues(name);
        values.forEach(value -> type.value(GraphQLEnumValueDefinition.newEnumValueDefinition()
                .name(value)
                .value(value)
                .deprecationReason(deprecated.get(value))
                .build()));
        return type.build();
    }

    private GraphQLObjectType objectType(Entity entity) {
        GraphQLObjectType.Builder type =
                GraphQLObjectType.newObject().name(entity.typeName()).description(entity.description());
        entity.fields()
                .values()
                .forEach(field -> type.field(newFieldDefinition()
                        .name(field.name())
                        .description(field.description())
                        .deprecate(field.deprecation())
                        .type(output(field))
                        .build()));
        entity.relations().values().forEach(relation -> type.field(relationField(relation)));
        return type.build();
    }

    private GraphQLOutputType output(Field field) {
        ColumnType type = field.type();
        GraphQLOutputType single = type.enumName() == null ? scalars.of(type.scalar()) : typeRef(type.enumName());
        GraphQLOutputType whole = type.list() ? list(nonNull(single)) : single;
        return field.required() ? nonNull(whole) : whole;
    }

    private GraphQLFieldDefinition relationField(Relation relation) {
        GraphQLFieldDefinition.Builder field = newFieldDefinition()
                .name(relation.name())
                .description(relation.description())
                .deprecate(relation.deprecation());
        String target = relation.target().typeName();
        return relation.list()
                ? field.type(nonNull(list(nonNull(typeRef(target)))))
                        .arguments(listArguments(relation.target()))
                        .build()
                : field.type(typeRef(target)).build();
    }

    private List<GraphQLArgument> listArguments(Entity entity) {
        return List.of(
                newArgument()
                        .name("filters")
                        .type(typeRef(inputs.filters(entity)))
                        .build(),
                newArgument()
                        .name("order")
                        .type(list(nonNull(typeRef(inputs.order(entity)))))
                        .build(),
                newArgument().name("skip").type(Scalars.GraphQLInt).build(),
                newArgument().name("take").type(Scalars.GraphQLInt).build());
    }

    private static GraphQLArgument withDeleted() {
        return newArgument().name("withDeleted").type(Scalars.GraphQLBoolean).build();
    }

    private void root(Entity entity) {
        String plural = Names.camel(entity.plural());
        addQuery(
                newFieldDefinition()
                        .name(plural)
                        .type(nonNull(list(nonNull(typeRef(entity.typeName())))))
                        .arguments(listArguments(entity))
                        .argument(withDeleted())
                        .build(),
                new RootField.Many(entity));
        if (entity instanceof Model model) {
            addQuery(
                    newFieldDefinition()
                            .name(Names.camel(model.name()))
                            .type(typeRef(model.typeName()))
                            .argument(newArgument().name("id").type(nonNull(Scalars.GraphQLID)))
                            .build(),
                    new RootField.One(model));
            if (!model.remote()) {
                writes(model);
            }
        } else if (entity instanceof Link link) {
            tie(link);
        }
    }

    private void addQuery(GraphQLFieldDefinition field, RootField meaning) {
        query.field(field);
        enter(field, meaning);
    }

    private void addMutation(GraphQLFieldDefinition field, RootField meaning) {
        mutation.field(field);
        enter(field, meaning);
    }

    private void enter(GraphQLFieldDefinition field, RootField meaning) {
        if (roots.put(field.getName(), meaning) != null) {
            throw Failure.invalid("two declarations would both make the operation '" + field.getName()
                    + "'; rename one, or use @model(plural: \"…\")");
        }
    }

    private void writes(Model model) {
        String plural = Names.pascal(model.plural());
        for (boolean create : List.of(true, false)) {
            String input = create ? inputs.create(model) : inputs.update(model);
            addMutation(
                    newFieldDefinition()
                            .name((create ? "create" : "update") + plural)
                            .type(nonNull(list(nonNull(typeRef(model.typeName())))))
                            .argument(newArgument().name("data").type(nonNull(list(nonNull(typeRef(input))))))
                            .build(),
                    new RootField.Write(model, create));
        }
        for (String action : List.of("delete", "softDelete", "restore")) {
            addMutation(
                    newFieldDefinition()
                            .name(action + plural)
                            .type(nonNull(list(nonNull(Scalars.GraphQLID))))
                            .argument(newArgument().name("ids").type(nonNull(list(nonNull(Scalars.GraphQLID)))))
                            .build(),
                    new RootField.Remove(model, action));
        }
    }

    private void tie(Link link) {
        for (boolean create : List.of(true, false)) {
            GraphQLFieldDefinition.Builder field = newFieldDefinition()
                    .name((create ? "create" : "dismiss") + link.typeName())
                    .type(create ? nonNull(typeRef(link.typeName())) : typeRef(link.typeName()));
            link.sides()
                    .forEach(side -> field.argument(
                            newArgument().name(side.inputKey(link)).type(nonNull(Scalars.GraphQLID))));
            if (create && !link.custom().isEmpty()) {
                field.argument(newArgument().name("data").type(typeRef(inputs.data(link))));
            }
            addMutation(field.build(), new RootField.Tie(link, create));
        }
    }

    private void graph(Set<GraphQLNamedType> types) {
        GraphQLOutputType json = scalars.of(Scalar.JSON);
        types.add(GraphQLObjectType.newObject()
                .name("GraphResult")
                .description("The answer of graph: its rows, and what is known about them.")
                .field(newFieldDefinition().name("data").type(nonNull(json)).build())
                .field(newFieldDefinition()
                        .name("metadata")
                        .type(scalars.of(Scalar.JSON))
                        .build())
                .build());
        addQuery(
                newFieldDefinition()
                        .name("graph")
                        .description("Any selection across modules, in JSON.")
                        .type(nonNull(typeRef("GraphResult")))
                        .argument(newArgument().name("entity").type(nonNull(Scalars.GraphQLString)))
                        .argument(newArgument().name("fields").type(nonNull(list(nonNull(Scalars.GraphQLString)))))
                        .argument(newArgument().name("filters").type(scalars.of(Scalar.JSON)))
                        .argument(newArgument().name("pagination").type(scalars.of(Scalar.JSON)))
                        .argument(newArgument().name("relations").type(scalars.of(Scalar.JSON)))
                        .argument(newArgument().name("count").type(Scalars.GraphQLBoolean))
                        .argument(withDeleted())
                        .argument(newArgument().name("throwIfKeyNotFound").type(Scalars.GraphQLBoolean))
                        .build(),
                new RootField.Graph());
    }

    private void runs(Set<GraphQLNamedType> types) {
        types.addAll(RunFields.types(scalars.of(Scalar.JSON)));
        RunFields.changes(scalars.of(Scalar.JSON))
                .forEach((action, field) -> addMutation(field, new RootField.ChangeRun(action)));
        RunFields.reads(scalars.of(Scalar.JSON))
                .forEach((what, field) -> addQuery(field, new RootField.ReadRuns(what)));
    }

    private void links() {
        linkField(
                "createLinks",
                Action.CREATE,
                true,
                "Ties records; each link like {\"product\": {\"product_id\": \"…\"}, …}.");
        linkField("dismissLinks", Action.DISMISS, true, "Unties records.");
        linkField("deleteLinked", Action.DELETE, false, "Removes what hangs on records that were deleted.");
        linkField("restoreLinked", Action.RESTORE, false, "Brings back what deleteLinked removed.");
    }

    private void linkField(String name, Action action, boolean many, @Nullable String description) {
        var json = scalars.of(Scalar.JSON);
        GraphQLFieldDefinition.Builder field = newFieldDefinition().name(name).description(description);
        addMutation(
                many
                        ? field.type(nonNull(list(nonNull(json))))
                                .argument(newArgument().name("links").type(nonNull(list(nonNull(json)))))
                                .build()
                        : field.type(nonNull(json))
                                .argument(newArgument().name("of").type(nonNull(json)))
                                .build(),
                new RootField.Links(action));
    }
}
