package io.vinculum.graphql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import graphql.GraphQLContext;
import graphql.GraphQLException;
import graphql.execution.CoercedVariables;
import graphql.execution.RawVariables;
import graphql.execution.ValuesResolver;
import graphql.language.OperationDefinition;
import graphql.language.OperationDefinition.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vinculum.catalog.Names;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.link.Links;
import io.vinculum.module.Modules;
import io.vinculum.query.Query;
import io.vinculum.workflow.Coordinator;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs GraphQL operations. A document is parsed and validated once, a query is compiled once for each shape of its
 * variables; afterwards a request is two look-ups, its values and its statements.
 */
public final class Operations {
    private static final int DOCUMENT_BYTES = 32 << 20;
    private static final int QUERY_BYTES = 48 << 20;
    /** A longer document is parsed beside the event loop. */
    private static final int LONG_DOCUMENT = 4 << 10;

    private final Vertx vertx;
    private final Schema schema;
    private final Query query;
    private final MutationRunner mutations;
    private final Coordinator workflows;
    private final Introspection introspection;
    private final DocumentLimits limits = DocumentLimits.DEFAULT;
    private final Cache<String, ParsedDocument> documents = Caffeine.newBuilder()
            .maximumWeight(DOCUMENT_BYTES)
            .weigher((String text, ParsedDocument document) -> document.weight())
            .build();
    private final Cache<QueryKey, CompiledQuery> queries = Caffeine.newBuilder()
            .maximumWeight(QUERY_BYTES)
            // A query keeps its document, also when that is not cached any more.
            .weigher((QueryKey key, CompiledQuery compiled) ->
                    key.document().weight() + key.shape().length() + compiled.weight())
            .build();

    private record QueryKey(ParsedDocument document, OperationDefinition operation, String shape) {
        @Override
        public boolean equals(Object other) {
            return other instanceof QueryKey that
                    && document == that.document
                    && operation == that.operation
                    && shape.equals(that.shape);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(operation) * 31 + shape.hashCode();
        }
    }

    public Operations(Vertx vertx, Schema schema, Query query, Modules modules, Links links, Coordinator workflows) {
        this.vertx = vertx;
        this.schema = schema;
        this.query = query;
        this.mutations = new MutationRunner(schema, query, modules, links, workflows);
        this.workflows = workflows;
        this.introspection = new Introspection(vertx, schema.graphql());
        vertx.executeBlocking(this::warmUp, false).onFailure(Failure::of);
    }

    /** Loads what parsing and planning need, so that the first client does not hold an event loop with it. */
    private @Nullable Void warmUp() {
        Optional<RootField.One> model = schema.roots().values().stream()
                .filter(RootField.One.class::isInstance)
                .map(RootField.One.class::cast)
                .findFirst();
        if (model.isPresent()) {
            String name = Names.camel(model.get().model().name());
            String key = model.get().model().key().name();
            ParsedDocument document =
                    parse("query($id: ID!, $in: Boolean!) { " + name + "(id: $id) { " + key + " @include(if: $in) } }");
            OperationDefinition operation = document.operation(null);
            GraphqlRequest request = new GraphqlRequest("", null, Map.of("id", "1", "in", true), Map.of());
            Prepared prepared = new Prepared(document, operation, variables(operation, request), false);
            CompiledQuery.compile(schema, query, workflows, introspection, prepared, shape(prepared));
        }
        return null;
    }

    private VariableShape shape(Prepared prepared) {
        return VariableShape.of(
                schema.graphql(), prepared.operation().getVariableDefinitions(), prepared.variables(), query.limits());
    }

    /** How long an operation may take. */
    public Duration longest() {
        return query.longest();
    }

    /** An operation that is ready to run. */
    public record Prepared(
            ParsedDocument document, OperationDefinition operation, CoercedVariables variables, boolean explain) {

        public boolean isMutation() {
            return operation.getOperation() == Operation.MUTATION;
        }

        /** Whether it asks about the schema and nothing else, so that {@link Operations#introspect} answers it. */
        public boolean isIntrospection() {
            return Introspection.isAllOf(this);
        }
    }

    /** Finds the operation of a request and checks its variables. */
    public Future<Prepared> prepare(GraphqlRequest request) {
        return document(request.query()).map(document -> {
            OperationDefinition operation = document.operation(request.operationName());
            return new Prepared(document, operation, variables(operation, request), request.explain());
        });
    }

    private Future<ParsedDocument> document(String text) {
        ParsedDocument known = documents.getIfPresent(text);
        if (known != null) {
            return Future.succeededFuture(known);
        }
        Future<ParsedDocument> parsed = text.length() <= LONG_DOCUMENT
                ? Future.succeededFuture(text).map(this::parse)
                : vertx.executeBlocking(() -> parse(text), false);
        return parsed.onSuccess(document -> documents.put(text, document));
    }

    private ParsedDocument parse(String text) {
        return ParsedDocument.parse(text, schema.graphql(), limits);
    }

    private CoercedVariables variables(OperationDefinition operation, GraphqlRequest request) {
        if (operation.getVariableDefinitions().isEmpty()) {
            return CoercedVariables.emptyVariables();
        }
        try {
            return ValuesResolver.coerceVariableValues(
                    schema.graphql(),
                    operation.getVariableDefinitions(),
                    RawVariables.of(request.variables()),
                    GraphQLContext.getDefault(),
                    Locale.ENGLISH);
        } catch (GraphQLException e) {
            throw GraphqlRequest.badInput(e.getMessage());
        }
    }

    /** Answers an operation that asks about the schema only. */
    public Future<StoredAnswer> introspect(Prepared prepared) {
        return introspection.answer(prepared);
    }

    /**
     * Answers a request in JSON as the event bus does.
     *
     * @return {@code {"data": […], "metadata": {…}}}; fails as {@link Query#graphBytes(Map, Deadline)}
     */
    public Future<Buffer> graph(Map<String, @Nullable Object> request, Deadline deadline) {
        return query.graphBytes(request, deadline);
    }

    /** Runs an operation and answers the whole response: {@code {"data": {…}}}. */
    public Future<Buffer> run(Prepared prepared, Deadline deadline) {
        return prepared.isMutation() ? mutations.run(prepared, deadline) : runQuery(prepared, deadline);
    }

    private Future<Buffer> runQuery(Prepared prepared, Deadline deadline) {
        VariableShape shape = shape(prepared);
        QueryKey key = new QueryKey(prepared.document(), prepared.operation(), shape.key());
        CompiledQuery compiled = queries.getIfPresent(key);
        if (compiled == null) {
            compiled = CompiledQuery.compile(schema, query, workflows, introspection, prepared, shape);
            queries.put(key, compiled);
        }
        return compiled.run(prepared, shape.values(), deadline);
    }
}
