package io.vinculum.graphql;

import graphql.AssertException;
import graphql.GraphQLContext;
import graphql.GraphQLException;
import graphql.execution.CoercedVariables;
import graphql.execution.ValuesResolver;
import graphql.language.Field;
import graphql.schema.GraphQLFieldDefinition;
import io.vinculum.graphql.ScalarTypes.JsonLiteral;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a field, with variables and defaults in their places. */
final class FieldArguments {
    private FieldArguments() {}

    /** The same as {@link #of}, with JSON literals as the values they stand for. */
    static Map<String, @Nullable Object> plain(
            Field field, GraphQLFieldDefinition definition, CoercedVariables variables) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        of(field, definition, variables).forEach((name, value) -> plain.put(name, plain(value)));
        return plain;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof JsonLiteral literal) {
            return plain(literal.value());
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((name, element) -> plain.put(String.valueOf(name), plain(element)));
            return plain;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>();
            list.forEach(element -> plain.add(plain(element)));
            return plain;
        }
        return value;
    }

    /**
     * Reads them.
     *
     * @throws RequestFailure {@code BAD_USER_INPUT} when a variable with a default is null where a value is needed
     */
    static Map<String, Object> of(Field field, GraphQLFieldDefinition definition, CoercedVariables variables) {
        try {
            return ValuesResolver.getArgumentValues(
                    definition.getArguments(),
                    field.getArguments(),
                    variables,
                    GraphQLContext.getDefault(),
                    Locale.ENGLISH);
        } catch (AssertException e) {
            throw GraphqlRequest.badInput("a variable of '" + field.getName() + "' is null where a value is needed");
        } catch (GraphQLException e) {
            throw GraphqlRequest.badInput(e.getMessage());
        }
    }
}
