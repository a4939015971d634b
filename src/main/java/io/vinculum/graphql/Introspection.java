package io.vinculum.graphql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import graphql.language.Field;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.schema.GraphQLSchema;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.json.JsonBytes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers what is asked about the schema itself, beside the event loop: for a thousand models that are 46 MB of JSON. An operation that asks nothing else is answered once and kept compressed.
 */
final class Introspection {
    private static final int KEPT_BYTES = 16 << 20;
    /** With all fragments in their places; the query of GraphiQL has 250. */
    private static final int MOST_FIELDS = 2_000;

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

    /** Compares operations by identity: two documents may have operations of the same name. */
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
        FieldCollector collector = collector(prepared);
        List<AskedField> fields = AskedField.of(
                collector.collect(List.of(prepared.operation().getSelectionSet())), collector, prepared.variables());
        return StoredAnswer.of((out, sink) -> {
            out.json("{\"data\":");
            new SchemaWriter(schema, out, sink).root(fields);
            out.raw('}');
        });
    }

    /** The value of one field about the schema, of an operation that asks for data, too. */
    Future<JsonBytes> value(String key, List<Field> fields, Operations.Prepared prepared) {
        return vertx.executeBlocking(
                () -> {
                    JsonBytes out = new JsonBytes(4 << 10);
                    AskedField asked = AskedField.of(key, fields, collector(prepared), prepared.variables());
                    new SchemaWriter(schema, out, null).rootField(asked);
                    return out;
                },
                false);
    }

    private static FieldCollector collector(Operations.Prepared prepared) {
        return new FieldCollector(prepared.document(), prepared.variables(), MOST_FIELDS);
    }
}
