package io.vinculum.graphql;

import static graphql.schema.GraphQLArgument.newArgument;
import static graphql.schema.GraphQLFieldDefinition.newFieldDefinition;
import static graphql.schema.GraphQLList.list;
import static graphql.schema.GraphQLNonNull.nonNull;
import static graphql.schema.GraphQLTypeReference.typeRef;

import graphql.Scalars;
import graphql.language.Field;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLScalarType;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.json.JsonBytes;
import io.vinculum.json.JsonText;
import io.vinculum.workflow.RunAction;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs of workflows in GraphQL: their type, their fields, and how one is written as it was asked for. */
final class RunFields {
    static final String TYPE = "WorkflowRun";
    static final String DEFINITION = "WorkflowDefinition";

    private RunFields() {}

    /** The types of runs and of workflows. */
    static List<GraphQLObjectType> types(GraphQLScalarType json) {
        Map<String, GraphQLOutputType> run = new LinkedHashMap<>();
        run.put("id", nonNull(Scalars.GraphQLString));
        run.put("transactionId", nonNull(Scalars.GraphQLString));
        run.put("state", nonNull(Scalars.GraphQLString));
        run.put("input", json);
        run.put("output", json);
        run.put("error", json);
        run.put("steps", json);
        run.put("created_at", Scalars.GraphQLString);
        run.put("finished_at", Scalars.GraphQLString);
        Map<String, GraphQLOutputType> definition = new LinkedHashMap<>();
        definition.put("id", nonNull(Scalars.GraphQLString));
        definition.put("graph", nonNull(json));
        definition.put("text", nonNull(Scalars.GraphQLString));
        return List.of(
                type(TYPE, "One run of a workflow.", run), type(DEFINITION, "What a workflow is made of.", definition));
    }

    private static GraphQLObjectType type(String name, String description, Map<String, GraphQLOutputType> fields) {
        GraphQLObjectType.Builder type =
                GraphQLObjectType.newObject().name(name).description(description);
        fields.forEach((field, of) ->
                type.field(newFieldDefinition().name(field).type(of).build()));
        return type.build();
    }

    /** The mutations, each by what it does. */
    static Map<RunAction, GraphQLFieldDefinition> changes(GraphQLScalarType json) {
        Map<RunAction, GraphQLFieldDefinition> fields = new EnumMap<>(RunAction.class);
        fields.put(
                RunAction.RUN,
                change("runWorkflow", "Runs a workflow; the same transactionId is the same run.")
                        .argument(required("id"))
                        .argument(newArgument().name("input").type(json))
                        .argument(optional("transactionId"))
                        .argument(newArgument()
                                .name("wait")
                                .type(Scalars.GraphQLBoolean)
                                .defaultValueProgrammatic(true))
                        .argument(newArgument().name("priority").type(Scalars.GraphQLInt))
                        .build());
        fields.put(RunAction.CANCEL, ofRun("cancelWorkflow", "Undoes what a run has done, also one that is done."));
        fields.put(RunAction.TERMINATE, ofRun("terminateWorkflow", "Ends a run where it is, and undoes nothing."));
        fields.put(RunAction.PAUSE, ofRun("pauseWorkflow", "Begins nothing more of a run until it is resumed."));
        fields.put(RunAction.RESUME, ofRun("resumeWorkflow", "Goes on with a run that is paused or stuck."));
        fields.put(
                RunAction.RETRY, ofRun("retryWorkflow", "Undoes once more what could not be undone of a failed run."));
        fields.put(
                RunAction.SKIP,
                ofStep(
                        change("skipStep", "Decides that a step that is not under way need not be done.")
                                .argument(required("id"))
                                .argument(required("transactionId")),
                        required("step")));
        fields.put(
                RunAction.FORK,
                change("forkWorkflow", "Runs anew from a step on, with what a former run has done before it.")
                        .argument(required("id"))
                        .argument(required("transactionId"))
                        .argument(required("from"))
                        .argument(optional("newTransactionId"))
                        .build());
        fields.put(
                RunAction.SIGNAL,
                change("signalWorkflow", "Sends a signal to a run, which receives it when it waits for it.")
                        .argument(required("id"))
                        .argument(required("transactionId"))
                        .argument(required("name"))
                        .argument(newArgument().name("value").type(json))
                        .build());
        fields.put(
                RunAction.STEP_SUCCESS,
                ofStep(
                        outside("setStepSuccess", "Ends an asynchronous step, by its key.")
                                .argument(newArgument().name("output").type(json)),
                        optional("step")));
        fields.put(
                RunAction.STEP_FAILURE,
                ofStep(
                        outside("setStepFailure", "Says that an asynchronous step cannot be done.")
                                .argument(newArgument().name("error").type(json))
                                .argument(newArgument().name("retry").type(Scalars.GraphQLBoolean)),
                        optional("step")));
        fields.put(
                RunAction.STEP_HEARTBEAT,
                ofStep(outside("setStepHeartbeat", "Lets an asynchronous step's time begin anew."), optional("step")));
        return fields;
    }

    private static GraphQLFieldDefinition.Builder change(String name, String description) {
        return newFieldDefinition().name(name).description(description).type(nonNull(typeRef(TYPE)));
    }

    private static GraphQLFieldDefinition ofRun(String name, String description) {
        return change(name, description)
                .argument(required("id"))
                .argument(required("transactionId"))
                .build();
    }

    /** A step is named by its key, or by its run and name. */
    private static GraphQLFieldDefinition.Builder outside(String name, String description) {
        return change(name, description)
                .argument(optional("key"))
                .argument(optional("id"))
                .argument(optional("transactionId"));
    }

    private static GraphQLFieldDefinition ofStep(GraphQLFieldDefinition.Builder field, GraphQLArgument.Builder step) {
        return field.argument(step)
                .argument(newArgument().name("item").type(Scalars.GraphQLInt))
                .build();
    }

    private static GraphQLArgument.Builder required(String name) {
        return newArgument().name(name).type(nonNull(Scalars.GraphQLString));
    }

    private static GraphQLArgument.Builder optional(String name) {
        return newArgument().name(name).type(Scalars.GraphQLString);
    }

    /** The queries, each by what it reads. */
    static Map<RootField.ReadRuns.What, GraphQLFieldDefinition> reads(GraphQLScalarType json) {
        Map<RootField.ReadRuns.What, GraphQLFieldDefinition> fields = new EnumMap<>(RootField.ReadRuns.What.class);
        fields.put(
                RootField.ReadRuns.What.ONE,
                newFieldDefinition()
                        .name("workflowRun")
                        .description("One run with the timeline of its steps.")
                        .type(typeRef(TYPE))
                        .argument(required("id"))
                        .argument(required("transactionId"))
                        .build());
        fields.put(
                RootField.ReadRuns.What.MANY,
                newFieldDefinition()
                        .name("workflowRuns")
                        .description("The latest runs, newest first; filters are {id, state, transactionId}.")
                        .type(nonNull(list(nonNull(typeRef(TYPE)))))
                        .argument(newArgument().name("filters").type(json))
                        .argument(optional("id"))
                        .argument(optional("state"))
                        .argument(newArgument().name("skip").type(Scalars.GraphQLInt))
                        .argument(newArgument().name("take").type(Scalars.GraphQLInt))
                        .build());
        fields.put(
                RootField.ReadRuns.What.DEFINITIONS,
                newFieldDefinition()
                        .name("workflowDefinitions")
                        .description("The workflows, or one, with their graphs.")
                        .type(nonNull(list(nonNull(typeRef(DEFINITION)))))
                        .argument(optional("id"))
                        .build());
        return fields;
    }

    /** The members of {@code filters} beside the other arguments; each takes a value, or {@code {eq: value}}. */
    static JsonObject withFilters(JsonObject request) {
        Object filters = request.remove("filters");
        if (filters == null) {
            return request;
        }
        JsonText.object("'filters'", JsonText.plain(filters))
                .forEach((name, value) -> request.put(name, equal(name, value)));
        return request;
    }

    private static @Nullable Object equal(String name, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> operators)) {
            return value;
        }
        Object equal = operators.containsKey("eq") ? operators.get("eq") : operators.get("$eq");
        if (operators.size() != 1 || equal == null) {
            throw Failure.invalid(
                    "runs are filtered by values, as {" + name + ": \"…\"}, or {" + name + ": {eq: \"…\"}}");
        }
        return equal;
    }

    static JsonObject request(Map<String, ? extends @Nullable Object> arguments) {
        Map<String, Object> given = new LinkedHashMap<>();
        arguments.forEach((name, value) -> {
            Object plain = value instanceof ScalarTypes.JsonLiteral literal ? literal.value() : value;
            if (plain != null) {
                given.put(name, plain);
            }
        });
        return new JsonObject(given);
    }

    /** Writes the asked members of a run, or of a workflow. */
    static void write(JsonObject run, String type, Map<String, List<Field>> members, JsonBytes out) {
        char before = '{';
        for (Map.Entry<String, List<Field>> member : members.entrySet()) {
            String name = member.getValue().get(0).getName();
            out.raw(before).string(member.getKey()).raw(':');
            out.value(name.equals("__typename") ? type : run.getValue(name));
            before = ',';
        }
        out.json(before == '{' ? "{}" : "}");
    }

    static void write(JsonArray runs, String type, Map<String, List<Field>> members, JsonBytes out) {
        out.raw('[');
        for (int i = 0; i < runs.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            write(Objects.requireNonNull(runs.getJsonObject(i)), type, members, out);
        }
        out.raw(']');
    }
}
