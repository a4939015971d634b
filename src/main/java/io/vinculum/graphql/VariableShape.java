package io.vinculum.graphql;

import graphql.execution.CoercedVariables;
import graphql.language.ListType;
import graphql.language.NonNullType;
import graphql.language.Type;
import graphql.language.TypeName;
import graphql.language.VariableDefinition;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNonNull;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLTypeUtil;
import io.vinculum.condition.Leaf;
import io.vinculum.selection.QueryLimits;
import io.vinculum.selection.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Separates the shape of an operation's variables from their values: scalars are values; enums and booleans may decide
 * what is done, so they are shape.
 */
final class VariableShape {
    private final Shape shape;
    private final Map<String, @Nullable Object> leaves = new LinkedHashMap<>();

    private VariableShape(Shape shape) {
        this.shape = shape;
    }

    static VariableShape of(
            GraphQLSchema schema,
            List<VariableDefinition> definitions,
            CoercedVariables variables,
            QueryLimits limits) {
        VariableShape shape = new VariableShape(Shape.ofValues(limits));
        for (VariableDefinition definition : definitions) {
            String name = definition.getName();
            if (variables.containsKey(name)) {
                @Nullable Object leaf = shape.walk(type(schema, definition.getType()), variables.get(name));
                shape.leaves.put(name, leaf);
            } else {
                shape.shape.mark('-');
            }
        }
        return shape;
    }

    private static GraphQLInputType type(GraphQLSchema schema, Type<?> type) {
        if (type instanceof NonNullType nonNull) {
            return GraphQLNonNull.nonNull(type(schema, nonNull.getType()));
        }
        if (type instanceof ListType list) {
            return GraphQLList.list(type(schema, list.getType()));
        }
        return (GraphQLInputType) Objects.requireNonNull(schema.getType(((TypeName) type).getName()));
    }

    private @Nullable Object walk(GraphQLInputType declared, @Nullable Object value) {
        GraphQLInputType type = (GraphQLInputType) GraphQLTypeUtil.unwrapNonNull(declared);
        if (value == null) {
            shape.mark('N');
            return null;
        }
        if (type instanceof GraphQLInputObjectType object) {
            return object(object, (Map<?, ?>) value);
        }
        if (type instanceof GraphQLList list) {
            return list(list, value);
        }
        boolean decides = type instanceof GraphQLEnumType || value instanceof Boolean;
        if (decides && !isJson(type)) {
            shape.mark('=');
            shape.text(value.toString());
            return value;
        }
        return shape.leaf(value, isJson(type) ? Leaf.Kind.ONE : Leaf.Kind.of(value));
    }

    private static boolean isJson(GraphQLInputType type) {
        return type instanceof GraphQLScalarType scalar && scalar.getName().equals("JSON");
    }

    private Object object(GraphQLInputObjectType type, Map<?, ?> value) {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        shape.count();
        shape.mark('{');
        value.forEach((name, element) -> {
            String field = String.valueOf(name);
            shape.text(field);
            kept.put(field, walk(type.getField(field).getType(), element));
        });
        shape.mark('}');
        return kept;
    }

    private Object list(GraphQLList type, Object value) {
        GraphQLInputType element = (GraphQLInputType) type.getWrappedType();
        List<?> list = value instanceof List<?> many ? many : List.of(value);
        boolean objects = GraphQLTypeUtil.unwrapAll(element) instanceof GraphQLInputObjectType;
        if (!objects) {
            return shape.leaf(list, Leaf.Kind.MANY);
        }
        List<@Nullable Object> kept = new ArrayList<>();
        shape.count();
        shape.mark('[');
        list.forEach(one -> kept.add(walk(element, one)));
        shape.mark(']');
        return kept;
    }

    String key() {
        return shape.key();
    }

    List<@Nullable Object> values() {
        return shape.values();
    }

    /** The variables with leaves in place of values. */
    CoercedVariables leaves() {
        return CoercedVariables.of(leaves);
    }
}
