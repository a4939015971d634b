package io.vinculum.graphql;

import io.vertx.core.buffer.Buffer;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.graphql.RequestFailure.Code;
import io.vinculum.json.JsonText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One operation to run, as GraphQL over HTTP carries it; members of other names are ignored. */
public record GraphqlRequest(
        String query,
        @Nullable String operationName,
        Map<String, @Nullable Object> variables,
        Map<String, @Nullable Object> extensions) {

    /** A member of the request that is not what it must be. */
    public static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Reads the body of a POST.
     *
     * @throws Malformed when it is no request
     * @throws Failure {@code TOO_LARGE} when a list in it is too long
     */
    public static GraphqlRequest read(Buffer body) {
        Object parsed;
        try {
            parsed = JsonText.parse(body);
        } catch (Failure failure) {
            throw malformed(failure);
        }
        if (parsed instanceof List<?>) {
            throw new Malformed("batches are not taken; send one operation a request");
        }
        if (!(parsed instanceof Map<?, ?>)) {
            throw new Malformed("the body must be a JSON object with 'query'");
        }
        return of(JsonText.object("the body", parsed));
    }

    private static RuntimeException malformed(Failure failure) {
        return failure.code() == FailureCode.TOO_LARGE ? failure : new Malformed(String.valueOf(failure.getMessage()));
    }

    private static GraphqlRequest of(Map<String, @Nullable Object> body) {
        return new GraphqlRequest(
                query(body.get("query")),
                name(body.get("operationName")),
                map("variables", body.get("variables")),
                map("extensions", body.get("extensions")));
    }

    /**
     * Reads the parameters of a GET.
     *
     * @throws Malformed when they are no request
     */
    public static GraphqlRequest read(
            @Nullable String query,
            @Nullable String operationName,
            @Nullable String variables,
            @Nullable String extensions) {
        try {
            return new GraphqlRequest(
                    query(query),
                    operationName,
                    map("variables", variables == null || variables.isEmpty() ? null : JsonText.parse(variables)),
                    map("extensions", extensions == null || extensions.isEmpty() ? null : JsonText.parse(extensions)));
        } catch (Failure failure) {
            throw new Malformed(String.valueOf(failure.getMessage()));
        }
    }

    private static String query(@Nullable Object value) {
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new Malformed("'query' must hold the text of an operation");
    }

    private static @Nullable String name(@Nullable Object value) {
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new Malformed("'operationName' must be a string");
    }

    private static Map<String, @Nullable Object> map(String name, @Nullable Object value) {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?>) {
            return JsonText.object(name, value);
        }
        throw new Malformed("'" + name + "' must be a JSON object");
    }

    /** Whether it asks how it is answered, too. */
    public boolean explain() {
        return Boolean.TRUE.equals(extensions.get("explain"));
    }

    static RequestFailure badInput(@Nullable String message) {
        return RequestFailure.of(Code.BAD_USER_INPUT, message, null);
    }
}
