package io.vinculum.graphql;

import graphql.execution.CoercedVariables;
import graphql.language.Field;
import graphql.language.SelectionSet;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.json.JsonBytes;
import io.vinculum.query.Answer;
import io.vinculum.query.Bound;
import io.vinculum.query.CompiledPlan;
import io.vinculum.query.Query;
import io.vinculum.workflow.Coordinator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A query operation as plans: run with the values of a request, all its fields answer from one snapshot. */
final class CompiledQuery {
    private static final int TYPICAL_ANSWER = 4_096;
    private static final long PART_WEIGHT = 512;

    private final Schema schema;
    private final Query query;
    private final Coordinator workflows;
    private final Introspection introspection;
    private final List<Part> parts = new ArrayList<>();
    private SelectionCompiler.Literals literals = new SelectionCompiler.Literals(0);

    private CompiledQuery(Schema schema, Query query, Coordinator workflows, Introspection introspection) {
        this.schema = schema;
        this.introspection = introspection;
        this.workflows = workflows;
        this.query = query;
    }

    /** One member of {@code data}. */
    private sealed interface Part {
        String key();

        record Typename(String key, String name) implements Part {}

        /** A field about the schema itself. */
        record AboutSchema(String key, List<Field> fields) implements Part {}

        /** A field about runs of workflows, which are read beside the snapshot of the others. */
        record Runs(
                String key,
                RootField.ReadRuns.What what,
                Field field,
                GraphQLFieldDefinition definition,
                Map<String, List<Field>> members)
                implements Part {
            String typeName() {
                return what == RootField.ReadRuns.What.DEFINITIONS ? RunFields.DEFINITION : RunFields.TYPE;
            }
        }

        record Typed(String key, CompiledPlan plan, boolean single) implements Part {}

        /** A field {@code graph}: its plan depends on its arguments' values, so it is looked up for each request. */
        record Graph(String key, Field field, GraphQLFieldDefinition definition, Map<String, List<Field>> members)
                implements Part {}
    }

    static CompiledQuery compile(
            Schema schema,
            Query query,
            Coordinator workflows,
            Introspection introspection,
            Operations.Prepared prepared,
            VariableShape variables) {
        CompiledQuery compiled = new CompiledQuery(schema, query, workflows, introspection);
        FieldCollector collector = new FieldCollector(
                prepared.document(), prepared.variables(), query.limits().fields());
        SelectionCompiler compiler = new SelectionCompiler(schema.graphql(), collector, query.limits(), variables);
        SelectionSet root = prepared.operation().getSelectionSet();
        GraphQLObjectType type = schema.graphql().getQueryType();
        collector.collect(List.of(root)).forEach((key, fields) -> {
            String name = fields.get(0).getName();
            if (name.equals("__typename")) {
                compiled.parts.add(new Part.Typename(key, type.getName()));
            } else if (name.startsWith("__")) {
                compiled.parts.add(new Part.AboutSchema(key, fields));
            } else {
                compiled.parts.add(compiled.part(key, fields, type.getField(name), compiler, collector));
            }
        });
        compiled.literals = compiler.literals();
        return compiled;
    }

    private Part part(
            String key,
            List<Field> fields,
            GraphQLFieldDefinition definition,
            SelectionCompiler compiler,
            FieldCollector collector) {
        RootField meaning = Objects.requireNonNull(schema.roots().get(definition.getName()));
        if (meaning instanceof RootField.One one) {
            return new Part.Typed(key, query.plan(compiler.one(one.model(), fields, definition)), true);
        }
        if (meaning instanceof RootField.Many many) {
            return new Part.Typed(key, query.plan(compiler.many(many.entity(), fields, definition)), false);
        }
        if (meaning instanceof RootField.ReadRuns runs) {
            return new Part.Runs(key, runs.what(), fields.get(0), definition, collector.below(fields));
        }
        return new Part.Graph(key, fields.get(0), definition, collector.below(fields));
    }

    /** About how many bytes it takes in memory, without its document. */
    int weight() {
        long plans = parts.stream()
                .filter(Part.Typed.class::isInstance)
                .mapToLong(part -> ((Part.Typed) part).plan().weight())
                .sum();
        return (int) Math.min(Integer.MAX_VALUE / 2, PART_WEIGHT * parts.size() + plans);
    }

    /** Answers {@code {"data": {…}}} with the values of a request's variables. */
    Future<Buffer> run(Operations.Prepared prepared, List<@Nullable Object> variables, Deadline deadline) {
        List<@Nullable Object> values = literals.after(variables);
        List<Bound> bounds = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.Typed typed) {
                bounds.add(new Bound(typed.plan(), values));
            } else if (part instanceof Part.Graph graph) {
                bounds.add(query.prepare(request(graph, prepared.variables())));
            }
        }
        return aboutSchema(prepared)
                .compose(described -> runs(prepared)
                        .compose(runs -> bounds.isEmpty()
                                ? Future.succeededFuture(written(List.of(), runs, described, prepared)
                                        .toBuffer())
                                : query.answer(
                                        bounds, deadline, answers -> written(answers, runs, described, prepared))));
    }

    /** What the parts about the schema answer, in their order. */
    private Future<List<JsonBytes>> aboutSchema(Operations.Prepared prepared) {
        List<Future<JsonBytes>> asked = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.AboutSchema about) {
                asked.add(introspection.value(about.key(), about.fields(), prepared));
            }
        }
        return asked.isEmpty()
                ? Future.succeededFuture(List.of())
                : Future.all(asked)
                        .map(done -> asked.stream().map(Future::result).toList());
    }

    /** What the parts about runs answer, in their order. */
    private Future<List<JsonArray>> runs(Operations.Prepared prepared) {
        List<Future<JsonArray>> asked = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Part.Runs runs) {
                JsonObject request =
                        RunFields.request(FieldArguments.of(runs.field(), runs.definition(), prepared.variables()));
                asked.add(
                        switch (runs.what()) {
                            case ONE -> one(request);
                            case MANY -> many(request);
                            case DEFINITIONS -> definitions(request);
                        });
            }
        }
        return asked.isEmpty()
                ? Future.succeededFuture(List.of())
                : Future.all(asked)
                        .map(done -> asked.stream().map(Future::result).toList());
    }

    /** One run or none; a workflow that is not there is an error, a run that is not there is null. */
    private Future<JsonArray> one(JsonObject request) {
        return workflows.retrieve(request).map(run -> new JsonArray().add(run)).recover(cause -> {
            boolean none = cause instanceof Failure failure
                    && failure.code() == FailureCode.NOT_FOUND
                    && workflows.has(request.getString("id"));
            return none ? Future.succeededFuture(new JsonArray()) : Future.failedFuture(cause);
        });
    }

    private Future<JsonArray> many(JsonObject request) {
        return Future.succeededFuture(request)
                .map(RunFields::withFilters)
                .compose(workflows::list)
                .map(JsonArray::new);
    }

    private Future<JsonArray> definitions(JsonObject request) {
        return Future.succeededFuture(request)
                .map(asked -> workflows.definitions(Optional.ofNullable(asked.getString("id"))))
                .map(JsonArray::new);
    }

    private static Map<String, @Nullable Object> request(Part.Graph graph, CoercedVariables variables) {
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        FieldArguments.of(graph.field(), graph.definition(), variables).forEach((name, value) -> {
            Object plain = value instanceof ScalarTypes.JsonLiteral literal ? literal.value() : value;
            if (plain != null) {
                request.put(name, plain);
            }
        });
        return request;
    }

    private JsonBytes written(
            List<Answer> answers, List<JsonArray> runs, List<JsonBytes> described, Operations.Prepared prepared) {
        JsonBytes out = new JsonBytes(TYPICAL_ANSWER, query.limits().answerBytes());
        out.json("{\"data\":");
        char before = '{';
        int next = 0;
        int nextRuns = 0;
        int nextDescribed = 0;
        for (Part part : parts) {
            out.raw(before).string(part.key()).raw(':');
            before = ',';
            if (part instanceof Part.Typename typename) {
                out.string(typename.name());
            } else if (part instanceof Part.AboutSchema) {
                out.append(described.get(nextDescribed++));
            } else if (part instanceof Part.Runs asked) {
                write(asked, runs.get(nextRuns++), out);
            } else {
                write(part, answers.get(next++), out);
            }
        }
        out.json(before == '{' ? "{}" : "}");
        if (prepared.explain()) {
            List<Object> explained = new ArrayList<>();
            answers.forEach(answer -> explained.add(answer.explain()));
            out.json(",\"extensions\":{\"explain\":").value(explained).raw('}');
        }
        return out.raw('}');
    }

    private static void write(Part.Runs asked, JsonArray runs, JsonBytes out) {
        if (asked.what() != RootField.ReadRuns.What.ONE) {
            RunFields.write(runs, asked.typeName(), asked.members(), out);
        } else if (runs.isEmpty()) {
            out.nothing();
        } else {
            RunFields.write(runs.getJsonObject(0), asked.typeName(), asked.members(), out);
        }
    }

    private static void write(Part part, Answer answer, JsonBytes out) {
        if (part instanceof Part.Graph graph) {
            writeGraph(graph, answer, out);
        } else if (((Part.Typed) part).single()) {
            answer.writeFirst(out);
        } else {
            answer.writeList(out);
        }
    }

    private static void writeGraph(Part.Graph graph, Answer answer, JsonBytes out) {
        char before = '{';
        for (Map.Entry<String, List<Field>> member : graph.members().entrySet()) {
            out.raw(before).string(member.getKey()).raw(':');
            before = ',';
            switch (member.getValue().get(0).getName()) {
                case "data" -> answer.writeList(out);
                case "metadata" -> answer.writeMetadata(out);
                default -> out.string("GraphResult");
            }
        }
        out.json(before == '{' ? "{}" : "}");
    }
}
