package io.vinculum.graphql;

import static graphql.schema.GraphQLInputObjectField.newInputObjectField;
import static graphql.schema.GraphQLList.list;
import static graphql.schema.GraphQLNonNull.nonNull;
import static graphql.schema.GraphQLTypeReference.typeRef;

import graphql.Scalars;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLNamedType;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Operator;
import io.vinculum.selection.Ordering;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The input types of a schema: filters, orders and data. One filter type for each scalar, not for each field. */
final class InputTypes {
    private final ScalarTypes scalars;
    private final TypeNames names;
    private final Map<String, GraphQLInputObjectType> comparisons = new LinkedHashMap<>();

    /** Entities that a list leads to; only those have a filter of lists. */
    private final Set<Entity> listed;

    InputTypes(ScalarTypes scalars, TypeNames names, Catalog catalog) {
        this.scalars = scalars;
        this.names = names;
        this.listed = catalog.entities().stream()
                .flatMap(entity -> entity.relations().values().stream())
                .filter(Relation::list)
                .map(Relation::target)
                .collect(Collectors.toSet());
    }

    String filters(Entity entity) {
        return names.of(entity, "Filters");
    }

    private String listFilters(Entity entity) {
        return names.of(entity, "ListFilters");
    }

    String order(Entity entity) {
        return names.of(entity, "Order");
    }

    String create(Model model) {
        return names.of(model, "Create");
    }

    String update(Model model) {
        return names.of(model, "Update");
    }

    String data(Link link) {
        return names.of(link, "Data");
    }

    private String direction() {
        return names.of("OrderDirection", "");
    }

    /** The input types of one entity. */
    List<GraphQLNamedType> of(Entity entity) {
        List<GraphQLNamedType> types = new ArrayList<>();
        types.add(filterType(entity));
        if (listed.contains(entity) && !entity.remote()) {
            types.add(listFilterType(entity));
        }
        types.add(orderType(entity));
        if (entity instanceof Model model && !model.remote()) {
            types.add(writeType(model, true));
            types.add(writeType(model, false));
        } else if (entity instanceof Link link && !link.custom().isEmpty()) {
            types.add(dataType(link));
        }
        return types;
    }

    /** The types that entities share; ask after all of them. */
    List<GraphQLNamedType> shared() {
        List<GraphQLNamedType> types = new ArrayList<>(comparisons.values());
        GraphQLEnumType.Builder direction = GraphQLEnumType.newEnum().name(direction());
        for (Ordering.Direction value : Ordering.Direction.values()) {
            direction.value(value.name());
        }
        types.add(direction.build());
        return types;
    }

    private GraphQLInputObjectType filterType(Entity entity) {
        GraphQLInputObjectType.Builder type =
                GraphQLInputObjectType.newInputObject().name(filters(entity));
        entity.fields().values().forEach(field -> type.field(input(field.name(), comparison(field.type()))));
        for (Relation relation : entity.relations().values()) {
            if (!relation.target().remote()) {
                String name = relation.list() ? listFilters(relation.target()) : filters(relation.target());
                type.field(input(relation.name(), typeRef(name)));
            }
        }
        GraphQLInputType self = typeRef(filters(entity));
        combining(entity, type, self);
        boolean searchable = entity.fields().values().stream().anyMatch(Field::searchable);
        if (searchable && !taken(entity, "q")) {
            type.field(input("q", Scalars.GraphQLString));
        }
        return type.build();
    }

    private static void combining(Entity entity, GraphQLInputObjectType.Builder type, GraphQLInputType self) {
        for (String name : List.of("and", "or")) {
            if (!taken(entity, name)) {
                type.field(input(name, list(nonNull(self))));
            }
        }
        if (!taken(entity, "not")) {
            type.field(input("not", self));
        }
    }

    private static boolean taken(Entity entity, String name) {
        return entity.fields().containsKey(name) || entity.relations().containsKey(name);
    }

    private GraphQLInputObjectType listFilterType(Entity entity) {
        GraphQLInputType inner = typeRef(filters(entity));
        return GraphQLInputObjectType.newInputObject()
                .name(listFilters(entity))
                .field(input("some", inner))
                .field(input("every", inner))
                .field(input("none", inner))
                .build();
    }

    private static GraphQLInputObjectField input(String name, GraphQLInputType type) {
        return newInputObjectField().name(name).type(type).build();
    }

    private GraphQLInputType comparison(ColumnType type) {
        String name = names.of(type.graphqlName(), type.list() ? "ListFilter" : "Filter");
        comparisons.computeIfAbsent(name, key -> comparisonType(key, type));
        return typeRef(name);
    }

    private GraphQLInputObjectType comparisonType(String name, ColumnType type) {
        GraphQLInputObjectType.Builder comparison =
                GraphQLInputObjectType.newInputObject().name(name);
        GraphQLInputType value = value(type);
        for (Operator operator : Operator.values()) {
            if (operator.takes(type)) {
                boolean many = operator == Operator.IN || operator == Operator.NIN;
                comparison.field(input(operator.word(), many ? list(nonNull(value)) : value));
            }
        }
        return comparison.field(input("isNull", Scalars.GraphQLBoolean)).build();
    }

    private GraphQLInputType value(ColumnType type) {
        GraphQLInputType single = type.enumName() == null ? scalars.of(type.scalar()) : typeRef(type.enumName());
        return type.list() ? list(nonNull(single)) : single;
    }

    private GraphQLInputObjectType orderType(Entity entity) {
        GraphQLInputObjectType.Builder type = GraphQLInputObjectType.newInputObject()
                .name(order(entity))
                .description("One key each; the order of the list counts.");
        entity.fields().values().stream()
                .filter(field -> !field.type().list() && field.type().scalar() != Scalar.JSON)
                .forEach(field -> type.field(input(field.name(), typeRef(direction()))));
        entity.relations().values().stream()
                .filter(relation -> !relation.list() && !relation.target().remote())
                .forEach(relation -> type.field(input(relation.name(), typeRef(order(relation.target())))));
        return type.build();
    }

    private GraphQLInputObjectType writeType(Model model, boolean creating) {
        GraphQLInputObjectType.Builder type =
                GraphQLInputObjectType.newInputObject().name(creating ? create(model) : update(model));
        model.fields().values().stream().filter(Field::writable).forEach(field -> {
            boolean isKey = field.role() == Field.Role.KEY;
            boolean needed = isKey ? !creating : creating && field.required() && field.defaultText() == null;
            GraphQLInputType value = keyOrValue(field);
            type.field(newInputObjectField()
                    .name(field.name())
                    .description(field.description())
                    .type(needed ? nonNull(value) : value)
                    .build());
        });
        model.relations().values().stream()
                .filter(relation -> relation.pivot() != null)
                .forEach(relation -> type.field(input(relation.name(), list(nonNull(Scalars.GraphQLID)))));
        return type.build();
    }

    private GraphQLInputType keyOrValue(Field field) {
        return field.type().key() ? Scalars.GraphQLID : value(field.type());
    }

    private GraphQLInputObjectType dataType(Link link) {
        GraphQLInputObjectType.Builder type =
                GraphQLInputObjectType.newInputObject().name(data(link));
        link.custom()
                .forEach(field -> type.field(newInputObjectField()
                        .name(field.name())
                        .description(field.description())
                        .type(value(field.type()))
                        .build()));
        return type.build();
    }
}
