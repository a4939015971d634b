package io.vinculum.graphql;

import graphql.GraphQLContext;
import graphql.Scalars;
import graphql.execution.CoercedVariables;
import graphql.language.ArrayValue;
import graphql.language.BooleanValue;
import graphql.language.EnumValue;
import graphql.language.FloatValue;
import graphql.language.IntValue;
import graphql.language.NullValue;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.StringValue;
import graphql.language.Value;
import graphql.language.VariableReference;
import graphql.schema.Coercing;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.CoercingParseValueException;
import graphql.schema.GraphQLScalarType;
import io.vinculum.failure.Failure;
import io.vinculum.json.JsonText;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The GraphQL scalars; what GraphQL lacks is checked by the catalog's own rules and handed on as it came. */
final class ScalarTypes {
    private static final Map<Scalar, String> DESCRIPTIONS = Map.of(
            Scalar.LONG, "A whole number of 64 bits. Travels as a string; input takes string or number.",
            Scalar.BIG_DECIMAL, "A decimal number of any precision. Travels as a string; input takes string or number.",
            Scalar.DATE_TIME, "A moment, ISO-8601 in UTC: 2026-03-01T12:00:00Z",
            Scalar.DATE, "A day: 2026-03-01",
            Scalar.JSON, "Any JSON value.",
            Scalar.UUID, "A UUID: 018f3c5e-0000-7000-8000-000000000000");

    private final Map<Scalar, GraphQLScalarType> types = new EnumMap<>(Scalar.class);
    /** Arguments of the schema itself take these, whatever the models hold. */
    private final Set<Scalar> used = EnumSet.of(Scalar.ID, Scalar.STRING, Scalar.INT, Scalar.BOOLEAN);

    ScalarTypes() {
        types.put(Scalar.ID, Scalars.GraphQLID);
        types.put(Scalar.STRING, Scalars.GraphQLString);
        types.put(Scalar.INT, Scalars.GraphQLInt);
        types.put(Scalar.FLOAT, Scalars.GraphQLFloat);
        types.put(Scalar.BOOLEAN, Scalars.GraphQLBoolean);
        DESCRIPTIONS.forEach((scalar, description) -> types.put(
                scalar,
                GraphQLScalarType.newScalar()
                        .name(scalar.graphqlName())
                        .description(description)
                        .coercing(new Checked(scalar))
                        .build()));
    }

    GraphQLScalarType of(Scalar scalar) {
        used.add(scalar);
        return Objects.requireNonNull(types.get(scalar));
    }

    /** Those that the schema uses. */
    List<GraphQLScalarType> used() {
        return used.stream().map(types::get).toList();
    }

    /** A literal of the JSON scalar; told apart from input objects, which are maps too. */
    record JsonLiteral(@Nullable Object value) {}

    private record Checked(Scalar scalar) implements Coercing<Object, Object> {

        @Override
        public Object serialize(Object value, GraphQLContext context, Locale locale) {
            return value;
        }

        @Override
        public Object parseValue(Object input, GraphQLContext context, Locale locale) {
            if (scalar == Scalar.JSON) {
                return input;
            }
            try {
                ColumnType.of(scalar).read(input, "the value");
                return input;
            } catch (Failure failure) {
                throw new CoercingParseValueException(failure.getMessage(), failure);
            }
        }

        @Override
        public Object parseLiteral(
                Value<?> literal, CoercedVariables variables, GraphQLContext context, Locale locale) {
            Object value = plain(literal, variables);
            if (scalar == Scalar.JSON) {
                return new JsonLiteral(value);
            }
            try {
                ColumnType.of(scalar).read(value, "the value");
                return Objects.requireNonNull(value);
            } catch (Failure failure) {
                throw new CoercingParseLiteralException(failure.getMessage(), failure);
            }
        }

        @Override
        public Value<?> valueToLiteral(Object input, GraphQLContext context, Locale locale) {
            return StringValue.of(String.valueOf(input));
        }

        private static @Nullable Object plain(Value<?> literal, CoercedVariables variables) {
            if (literal instanceof StringValue text) {
                return text.getValue();
            } else if (literal instanceof IntValue number) {
                return JsonText.whole(number.getValue());
            } else if (literal instanceof FloatValue number) {
                return number.getValue();
            } else if (literal instanceof BooleanValue bool) {
                return bool.isValue();
            } else if (literal instanceof EnumValue name) {
                return name.getName();
            } else if (literal instanceof NullValue) {
                return null;
            } else if (literal instanceof VariableReference variable) {
                return variables.get(variable.getName());
            } else if (literal instanceof ArrayValue array) {
                List<@Nullable Object> list = new ArrayList<>();
                array.getValues().forEach(element -> list.add(plain(element, variables)));
                return list;
            }
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            for (ObjectField field : ((ObjectValue) literal).getObjectFields()) {
                map.put(field.getName(), plain(field.getValue(), variables));
            }
            return map;
        }
    }
}
