package io.vinculum.graphql;

import graphql.ErrorType;
import graphql.GraphQLError;
import graphql.language.SourceLocation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What GraphQL itself refuses before anything runs; the other failures are {@link io.vinculum.failure.Failure}s. */
public final class RequestFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST_MESSAGE = 500;
    private static final int MOST_ERRORS = 20;

    /** Why, as {@code extensions.code} says it. */
    enum Code {
        GRAPHQL_PARSE_FAILED,
        GRAPHQL_VALIDATION_FAILED,
        BAD_USER_INPUT
    }

    private final transient JsonArray errors;

    private RequestFailure(JsonArray errors) {
        super("refused", null, false, false);
        this.errors = errors;
    }

    static RequestFailure of(Code code, @Nullable String message, @Nullable SourceLocation location) {
        return new RequestFailure(new JsonArray().add(error(code, message, location)));
    }

    static RequestFailure of(List<? extends GraphQLError> found) {
        JsonArray errors = new JsonArray();
        found.stream().limit(MOST_ERRORS).forEach(error -> {
            List<SourceLocation> at = error.getLocations();
            Code code = error.getErrorType() == ErrorType.InvalidSyntax
                    ? Code.GRAPHQL_PARSE_FAILED
                    : Code.GRAPHQL_VALIDATION_FAILED;
            errors.add(error(code, error.getMessage(), at == null || at.isEmpty() ? null : at.get(0)));
        });
        return new RequestFailure(errors);
    }

    private static JsonObject error(Code code, @Nullable String message, @Nullable SourceLocation location) {
        JsonObject error = new JsonObject().put("message", message == null ? null : readable(message));
        if (location != null && location.getLine() > 0) {
            JsonObject at = new JsonObject().put("line", location.getLine()).put("column", location.getColumn());
            error.put("locations", new JsonArray().add(at));
        }
        return error.put("extensions", new JsonObject().put("code", code.name()));
    }

    /** Without graphql-java's own way to print the values of a document, and cut where it repeats a long name. */
    private static String readable(String message) {
        String plain = message.replaceAll(" with value '\\w+\\{.*}'", "");
        return plain.length() <= LONGEST_MESSAGE ? plain : plain.substring(0, LONGEST_MESSAGE) + "…";
    }

    public JsonArray errors() {
        return errors;
    }
}
