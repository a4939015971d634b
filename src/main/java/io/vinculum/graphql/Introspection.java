package io.vinculum.graphql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphQLException;
import graphql.execution.CoercedVariables;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.Definition;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.schema.GraphQLSchema;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.json.JsonBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers what is asked about the schema itself, by graphql-java and beside the event loop: for a thousand models that
 * takes seconds. An operation that asks nothing else is answered once and kept compressed.
 */
final class Introspection {
    private static final int KEPT_BYTES = 16 << 20;
    private static final int LONGEST_KEPT_VARIABLES = 500;

    private final Vertx vertx;
    private final GraphQLSchema schema;
    private final Cache<Key, StoredAnswer> kept = Caffeine.newBuilder()
            .maximumWeight(KEPT_BYTES)
            .weigher((Key key, StoredAnswer answer) -> answer.gzipped().length() + 2 * LONGEST_KEPT_VARIABLES)
            .build();
    private final Map<Key, Future<StoredAnswer>> underWay = new ConcurrentHashMap<>();

    Introspection(Vertx vertx, GraphQLSchema schema) {
        this.vertx = vertx;
        this.schema = schema;
    }

    /** Operations of a document are told apart by identity: two documents may have the same one by name. */
    private record Key(OperationDefinition operation, Map<String, Object> variables) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && operation == that.operation && variables.equals(that.variables);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(operation) * 31 + variables.hashCode();
        }
    }

    /** Whether an operation asks about the schema and nothing else, as the ones of all tools do. */
    static boolean isAllOf(Operations.Prepared prepared) {
        boolean asks = false;
        for (Selection<?> selection : prepared.operation().getSelectionSet().getSelections()) {
            if (!(selection instanceof Field field) || !field.getName().startsWith("__")) {
                return false;
            }
            asks |= !field.getName().equals("__typename");
        }
        return asks && !prepared.isMutation();
    }

    /** The whole response to an operation that asks about the schema only. */
    Future<StoredAnswer> answer(Operations.Prepared prepared) {
        Map<String, Object> variables = prepared.variables().toMap();
        Key key = new Key(prepared.operation(), variables);
        StoredAnswer known = kept.getIfPresent(key);
        if (known != null) {
            return Future.succeededFuture(known);
        }
        if (variables.toString().length() > LONGEST_KEPT_VARIABLES) {
            return vertx.executeBlocking(() -> made(prepared), false);
        }
        return underWay.computeIfAbsent(key, asked -> make(asked, prepared));
    }

    private Future<StoredAnswer> make(Key key, Operations.Prepared prepared) {
        return vertx.executeBlocking(
                        () -> {
                            StoredAnswer answer = made(prepared);
                            kept.put(key, answer);
                            return answer;
                        },
                        false)
                .onComplete(done -> underWay.remove(key));
    }

    private StoredAnswer made(Operations.Prepared prepared) {
        OperationDefinition operation = prepared.operation();
        Document document = document(prepared, operation);
        JsonBytes out = new JsonBytes(64 << 10);
        out.json("{\"data\":").value(execute(document, prepared.variables())).raw('}');
        return StoredAnswer.of(out.array(), out.length());
    }

    /** The value of one field about the schema, of an operation that asks for data, too. */
    Future<JsonBytes> value(String key, List<Field> fields, Operations.Prepared prepared) {
        return vertx.executeBlocking(
                () -> {
                    OperationDefinition operation = prepared.operation()
                            .transform(builder -> builder.selectionSet(
                                    SelectionSet.newSelectionSet(fields).build()));
                    Map<String, Object> data = execute(document(prepared, operation), prepared.variables());
                    return new JsonBytes(4 << 10).value(data.get(key));
                },
                false);
    }

    /** A document of one operation and the fragments. */
    @SuppressWarnings("rawtypes") // graphql-java's own signature
    private static Document document(Operations.Prepared prepared, OperationDefinition operation) {
        List<Definition> definitions = new ArrayList<>();
        definitions.add(operation);
        prepared.document().document().getDefinitions().stream()
                .filter(definition -> !(definition instanceof OperationDefinition))
                .forEach(definitions::add);
        return Document.newDocument().definitions(definitions).build();
    }

    private Map<String, Object> execute(Document document, CoercedVariables variables) {
        try {
            ExecutionResult result = GraphQL.newGraphQL(schema)
                    // Validated as a whole already; taken apart, variables of the other fields would be unused.
                    .preparsedDocumentProvider(
                            (input, parse) -> CompletableFuture.completedFuture(new PreparsedDocumentEntry(document)))
                    .build()
                    .execute(ExecutionInput.newExecutionInput()
                            .query("introspection")
                            .variables(variables.toMap())
                            .build());
            if (!result.getErrors().isEmpty()) {
                throw RequestFailure.of(result.getErrors());
            }
            Map<String, Object> data = result.getData();
            return data == null ? Map.of() : data;
        } catch (GraphQLException e) {
            throw RequestFailure.of(RequestFailure.Code.GRAPHQL_VALIDATION_FAILED, e.getMessage(), null);
        }
    }
}
