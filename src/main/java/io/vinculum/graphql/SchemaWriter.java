package io.vinculum.graphql;

import graphql.GraphQLContext;
import graphql.execution.ValuesResolver;
import graphql.introspection.Introspection.TypeKind;
import graphql.language.AstPrinter;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLDirective;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLEnumValueDefinition;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLImplementingType;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLInterfaceType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLNonNull;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLUnionType;
import graphql.schema.InputValueWithState;
import io.vinculum.json.JsonBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is asked about a schema, straight from its types. For a thousand models graphql-java would make a tree of
 * a gigabyte first.
 */
final class SchemaWriter {
    private static final int PIECE = 64 << 10;

    private final GraphQLSchema schema;
    private final JsonBytes out;
    private final @Nullable OutputStream sink;

    /**
     * Makes a writer.
     *
     * @param sink where pieces go as soon as they are written; null keeps all in {@code out}
     */
    SchemaWriter(GraphQLSchema schema, JsonBytes out, @Nullable OutputStream sink) {
        this.schema = schema;
        this.out = out;
        this.sink = sink;
    }

    /** Writes root fields that are all about the schema. */
    void root(List<AskedField> fields) {
        object("Query", fields, this::rootField);
    }

    /** Writes the value of one root field. */
    void rootField(AskedField field) {
        if (field.name().equals("__schema")) {
            object("__Schema", field.below(), this::schemaField);
        } else {
            type(schema.getType(field.typeName()), field);
        }
    }

    private void object(String typeName, List<AskedField> fields, Consumer<AskedField> member) {
        char before = '{';
        for (AskedField field : fields) {
            out.raw(before).string(field.key()).raw(':');
            before = ',';
            if (field.name().equals("__typename")) {
                out.string(typeName);
            } else {
                member.accept(field);
            }
        }
        out.json(before == '{' ? "{}" : "}");
    }

    private void schemaField(AskedField field) {
        switch (field.name()) {
            case "description" -> text(schema.getDescription());
            case "types" -> list(schema.getAllTypesAsList(), type -> type(type, field));
            case "queryType" -> type(schema.getQueryType(), field);
            case "mutationType" -> type(schema.getMutationType(), field);
            case "subscriptionType" -> type(schema.getSubscriptionType(), field);
            case "directives" ->
                list(
                        schema.getDirectives(),
                        directive -> object("__Directive", field.below(), asked -> directiveField(directive, asked)));
            default -> throw unknown("__Schema", field);
        }
    }

    private void type(@Nullable GraphQLType type, AskedField field) {
        if (type == null) {
            out.nothing();
        } else {
            object("__Type", field.below(), asked -> typeField(type, asked));
        }
    }

    private void typeField(GraphQLType type, AskedField field) {
        boolean named = type instanceof GraphQLNamedType;
        switch (field.name()) {
            case "kind" -> out.string(kind(type).name());
            case "name" -> text(named ? ((GraphQLNamedType) type).getName() : null);
            case "description" -> text(named ? ((GraphQLNamedType) type).getDescription() : null);
            case "fields" -> fields(type, field);
            case "interfaces" -> {
                if (type instanceof GraphQLImplementingType implementing) {
                    list(implementing.getInterfaces(), one -> type(one, field));
                } else {
                    out.nothing();
                }
            }
            case "possibleTypes" -> possibleTypes(type, field);
            case "enumValues" -> enumValues(type, field);
            case "inputFields" -> inputFields(type, field);
            case "ofType" -> type(inside(type), field);
            case "specifiedByURL", "specifiedByUrl" ->
                text(type instanceof GraphQLScalarType scalar ? scalar.getSpecifiedByUrl() : null);
            case "isOneOf" -> {
                if (type instanceof GraphQLInputObjectType input) {
                    out.bool(input.isOneOf());
                } else {
                    out.nothing();
                }
            }
            default -> throw unknown("__Type", field);
        }
    }

    private static TypeKind kind(GraphQLType type) {
        if (type instanceof GraphQLScalarType) {
            return TypeKind.SCALAR;
        } else if (type instanceof GraphQLObjectType) {
            return TypeKind.OBJECT;
        } else if (type instanceof GraphQLInterfaceType) {
            return TypeKind.INTERFACE;
        } else if (type instanceof GraphQLUnionType) {
            return TypeKind.UNION;
        } else if (type instanceof GraphQLEnumType) {
            return TypeKind.ENUM;
        } else if (type instanceof GraphQLInputObjectType) {
            return TypeKind.INPUT_OBJECT;
        }
        return type instanceof GraphQLList ? TypeKind.LIST : TypeKind.NON_NULL;
    }

    private static @Nullable GraphQLType inside(GraphQLType type) {
        if (type instanceof GraphQLNonNull nonNull) {
            return nonNull.getWrappedType();
        }
        return type instanceof GraphQLList list ? list.getWrappedType() : null;
    }

    private void fields(GraphQLType type, AskedField field) {
        if (!(type instanceof GraphQLFieldsContainer container)) {
            out.nothing();
            return;
        }
        List<GraphQLFieldDefinition> shown = container.getFieldDefinitions().stream()
                .filter(one -> field.includeDeprecated() || !one.isDeprecated())
                .toList();
        list(shown, one -> object("__Field", field.below(), asked -> fieldField(one, asked)));
    }

    private void fieldField(GraphQLFieldDefinition definition, AskedField field) {
        switch (field.name()) {
            case "name" -> out.string(definition.getName());
            case "description" -> text(definition.getDescription());
            case "args" -> arguments(definition.getArguments(), field);
            case "type" -> type(definition.getType(), field);
            case "isDeprecated" -> out.bool(definition.isDeprecated());
            case "deprecationReason" -> text(definition.getDeprecationReason());
            default -> throw unknown("__Field", field);
        }
    }

    /** An argument or a field of an input object. */
    private record InputValue(
            String name,
            @Nullable String description,
            GraphQLInputType type,
            InputValueWithState defaultValue,
            @Nullable String deprecationReason) {

        static InputValue of(GraphQLArgument argument) {
            return new InputValue(
                    argument.getName(),
                    argument.getDescription(),
                    argument.getType(),
                    argument.getArgumentDefaultValue(),
                    argument.getDeprecationReason());
        }

        static InputValue of(GraphQLInputObjectField field) {
            return new InputValue(
                    field.getName(),
                    field.getDescription(),
                    field.getType(),
                    field.getInputFieldDefaultValue(),
                    field.getDeprecationReason());
        }
    }

    private void arguments(List<GraphQLArgument> arguments, AskedField field) {
        inputValues(arguments.stream().map(InputValue::of).toList(), field);
    }

    private void inputFields(GraphQLType type, AskedField field) {
        if (type instanceof GraphQLInputObjectType input) {
            inputValues(input.getFieldDefinitions().stream().map(InputValue::of).toList(), field);
        } else {
            out.nothing();
        }
    }

    private void inputValues(List<InputValue> values, AskedField field) {
        List<InputValue> shown = values.stream()
                .filter(one -> field.includeDeprecated() || one.deprecationReason() == null)
                .toList();
        list(shown, one -> object("__InputValue", field.below(), asked -> inputValueField(one, asked)));
    }

    private void inputValueField(InputValue value, AskedField field) {
        switch (field.name()) {
            case "name" -> out.string(value.name());
            case "description" -> text(value.description());
            case "type" -> type(value.type(), field);
            case "defaultValue" -> defaultValue(value.defaultValue(), value.type());
            case "isDeprecated" -> out.bool(value.deprecationReason() != null);
            case "deprecationReason" -> text(value.deprecationReason());
            default -> throw unknown("__InputValue", field);
        }
    }

    private void defaultValue(InputValueWithState value, GraphQLInputType type) {
        if (value.isNotSet()) {
            out.nothing();
        } else {
            out.string(AstPrinter.printAst(Objects.requireNonNull(
                    ValuesResolver.valueToLiteral(value, type, GraphQLContext.getDefault(), Locale.ENGLISH))));
        }
    }

    private void enumValues(GraphQLType type, AskedField field) {
        if (!(type instanceof GraphQLEnumType enumeration)) {
            out.nothing();
            return;
        }
        List<GraphQLEnumValueDefinition> shown = enumeration.getValues().stream()
                .filter(one -> field.includeDeprecated() || !one.isDeprecated())
                .toList();
        list(
                shown,
                one -> object("__EnumValue", field.below(), asked -> {
                    switch (asked.name()) {
                        case "name" -> out.string(one.getName());
                        case "description" -> text(one.getDescription());
                        case "isDeprecated" -> out.bool(one.isDeprecated());
                        case "deprecationReason" -> text(one.getDeprecationReason());
                        default -> throw unknown("__EnumValue", asked);
                    }
                }));
    }

    private void possibleTypes(GraphQLType type, AskedField field) {
        if (type instanceof GraphQLInterfaceType shared) {
            list(Objects.requireNonNull(schema.getImplementations(shared)), one -> type(one, field));
        } else if (type instanceof GraphQLUnionType union) {
            list(union.getTypes(), one -> type(one, field));
        } else {
            out.nothing();
        }
    }

    private void directiveField(GraphQLDirective directive, AskedField field) {
        switch (field.name()) {
            case "name" -> out.string(directive.getName());
            case "description" -> text(directive.getDescription());
            case "isRepeatable" -> out.bool(directive.isRepeatable());
            case "locations" -> list(List.copyOf(directive.validLocations()), location -> out.string(location.name()));
            case "args" -> arguments(directive.getArguments(), field);
            default -> throw unknown("__Directive", field);
        }
    }

    private <T> void list(List<T> elements, Consumer<T> writer) {
        out.raw('[');
        for (int i = 0; i < elements.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            writer.accept(elements.get(i));
            flush();
        }
        out.raw(']');
    }

    private void flush() {
        if (sink == null || out.length() < PIECE) {
            return;
        }
        try {
            out.drainTo(sink);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void text(@Nullable String text) {
        if (text == null) {
            out.nothing();
        } else {
            out.string(text);
        }
    }

    /** Validation lets only fields pass that graphql-java's own types have. */
    private static IllegalStateException unknown(String type, AskedField field) {
        return new IllegalStateException(type + "." + field.name() + " is not written");
    }
}
