package io.vinculum.endpoint;

import static graphql.schema.GraphQLArgument.newArgument;
import static graphql.schema.GraphQLFieldDefinition.newFieldDefinition;
import static graphql.schema.GraphQLList.list;
import static graphql.schema.GraphQLNonNull.nonNull;
import static graphql.schema.GraphQLTypeReference.typeRef;

import graphql.Scalars;
import graphql.language.Field;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLScalarType;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.json.JsonBytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs of workflows in GraphQL: their type, their fields, and how one is written as it was asked for. */
final class RunFields {
    static final String TYPE = "WorkflowRun";

    private RunFields() {}

    static GraphQLObjectType type(GraphQLScalarType json) {
        GraphQLObjectType.Builder type =
                GraphQLObjectType.newObject().name(TYPE).description("One run of a workflow.");
        Map<String, GraphQLOutputType> fields = new LinkedHashMap<>();
        fields.put("id", nonNull(Scalars.GraphQLString));
        fields.put("transactionId", nonNull(Scalars.GraphQLString));
        fields.put("state", nonNull(Scalars.GraphQLString));
        fields.put("output", json);
        fields.put("error", json);
        fields.put("steps", json);
        fields.put("created_at", Scalars.GraphQLString);
        fields.put("finished_at", Scalars.GraphQLString);
        fields.forEach((name, of) ->
                type.field(newFieldDefinition().name(name).type(of).build()));
        return type.build();
    }

    static GraphQLFieldDefinition run(GraphQLScalarType json) {
        return newFieldDefinition()
                .name("runWorkflow")
                .description("Runs a workflow; the same transactionId is the same run.")
                .type(nonNull(typeRef(TYPE)))
                .argument(newArgument().name("id").type(nonNull(Scalars.GraphQLString)))
                .argument(newArgument().name("input").type(json))
                .argument(newArgument().name("transactionId").type(Scalars.GraphQLString))
                .argument(
                        newArgument().name("wait").type(Scalars.GraphQLBoolean).defaultValueProgrammatic(true))
                .build();
    }

    static GraphQLFieldDefinition cancel() {
        return named("cancelWorkflow", nonNull(typeRef(TYPE)), "Undoes what a run has done.");
    }

    static GraphQLFieldDefinition one() {
        return named("workflowRun", typeRef(TYPE), "One run with the timeline of its steps.");
    }

    private static GraphQLFieldDefinition named(String name, GraphQLOutputType type, String description) {
        return newFieldDefinition()
                .name(name)
                .description(description)
                .type(type)
                .argument(newArgument().name("id").type(nonNull(Scalars.GraphQLString)))
                .argument(newArgument().name("transactionId").type(nonNull(Scalars.GraphQLString)))
                .build();
    }

    static GraphQLFieldDefinition many() {
        return newFieldDefinition()
                .name("workflowRuns")
                .description("The latest runs, newest first.")
                .type(nonNull(list(nonNull(typeRef(TYPE)))))
                .argument(newArgument().name("id").type(Scalars.GraphQLString))
                .argument(newArgument().name("state").type(Scalars.GraphQLString))
                .argument(newArgument().name("take").type(Scalars.GraphQLInt))
                .build();
    }

    static JsonObject request(Map<String, ? extends @Nullable Object> arguments) {
        Map<String, Object> given = new LinkedHashMap<>();
        arguments.forEach((name, value) -> {
            if (value != null) {
                given.put(name, value);
            }
        });
        return new JsonObject(given);
    }

    /** Writes the asked members of a run. */
    static void write(JsonObject run, Map<String, List<Field>> members, JsonBytes out) {
        char before = '{';
        for (Map.Entry<String, List<Field>> member : members.entrySet()) {
            String name = member.getValue().get(0).getName();
            out.raw(before).string(member.getKey()).raw(':');
            out.value(name.equals("__typename") ? TYPE : run.getValue(name));
            before = ',';
        }
        out.json(before == '{' ? "{}" : "}");
    }

    static void write(JsonArray runs, Map<String, List<Field>> members, JsonBytes out) {
        out.raw('[');
        for (int i = 0; i < runs.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            write(Objects.requireNonNull(runs.getJsonObject(i)), members, out);
        }
        out.raw(']');
    }
}
