package io.vinculum.endpoint;

import graphql.AssertException;
import graphql.GraphQLContext;
import graphql.GraphQLException;
import graphql.execution.CoercedVariables;
import graphql.execution.ValuesResolver;
import graphql.language.Field;
import graphql.schema.GraphQLFieldDefinition;
import java.util.Locale;
import java.util.Map;

/** The arguments of a field, with variables and defaults in their places. */
final class FieldArguments {
    private FieldArguments() {}

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
