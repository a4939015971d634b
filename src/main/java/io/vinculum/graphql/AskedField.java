package io.vinculum.graphql;

import graphql.execution.CoercedVariables;
import graphql.language.Argument;
import graphql.language.BooleanValue;
import graphql.language.Field;
import graphql.language.StringValue;
import graphql.language.Value;
import graphql.language.VariableReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field about the schema, with its arguments and the fields below it, read once for the thousands of types it is
 * answered for.
 *
 * @param typeName the argument of {@code __type}, empty for all other fields
 */
record AskedField(String key, String name, boolean includeDeprecated, String typeName, List<AskedField> below) {

    static List<AskedField> of(Map<String, List<Field>> fields, FieldCollector collector, CoercedVariables variables) {
        List<AskedField> asked = new ArrayList<>();
        fields.forEach((key, same) -> asked.add(of(key, same, collector, variables)));
        return asked;
    }

    static AskedField of(String key, List<Field> same, FieldCollector collector, CoercedVariables variables) {
        Field first = same.get(0);
        return new AskedField(
                key,
                first.getName(),
                Boolean.TRUE.equals(argument(first, "includeDeprecated", variables)),
                argument(first, "name", variables) instanceof String name ? name : "",
                of(collector.below(same), collector, variables));
    }

    private static @Nullable Object argument(Field field, String name, CoercedVariables variables) {
        for (Argument argument : field.getArguments()) {
            if (argument.getName().equals(name)) {
                return value(argument.getValue(), variables);
            }
        }
        return null;
    }

    private static @Nullable Object value(Value<?> value, CoercedVariables variables) {
        if (value instanceof VariableReference variable) {
            return variables.get(variable.getName());
        }
        if (value instanceof BooleanValue bool) {
            return bool.isValue();
        }
        return value instanceof StringValue text ? text.getValue() : null;
    }
}
