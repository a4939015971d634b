package io.vinculum.endpoint;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.graphql.GraphqlRequest;
import io.vinculum.graphql.MutationRunner;
import io.vinculum.graphql.Operations;
import io.vinculum.graphql.RequestFailure;
import io.vinculum.json.JsonText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * GraphQL over HTTP (graphql.github.io/graphql-over-http): GET for queries, POST of JSON for everything. Forms and
 * {@code text/plain} are refused, because a browser sends them across origins unasked.
 */
final class GraphqlHandler implements Handler<HttpServerRequest> {
    private static final String JSON = "application/json";
    private static final String GRAPHQL_RESPONSE = "application/graphql-response+json";

    private final Operations operations;
    private final long maxBodyBytes;

    GraphqlHandler(Operations operations, long maxBodyBytes) {
        this.operations = operations;
        this.maxBodyBytes = maxBodyBytes;
    }

    @Override
    public void handle(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        MediaType accepted = MediaType.accepted(request.getHeader("Accept"));
        if (accepted == MediaType.NONE) {
            refuse(response, 406, "this answers " + GRAPHQL_RESPONSE + " and " + JSON);
            return;
        }
        boolean get = request.method().equals(HttpMethod.GET);
        if (!get && !request.method().equals(HttpMethod.POST)) {
            response.putHeader("Allow", "GET, POST");
            refuse(response, 405, "send queries by GET or POST, mutations by POST");
            return;
        }
        if (!get && !isJson(request.getHeader("Content-Type"))) {
            refuse(response, 415, "send the operation as " + JSON + " in UTF-8");
            return;
        }
        Future<GraphqlRequest> read = get
                ? Future.succeededFuture(request).map(GraphqlHandler::read)
                : RequestBody.read(request, maxBodyBytes).map(GraphqlHandler::read);
        read.onSuccess(operation -> run(response, accepted, operation, get))
                .onFailure(cause -> unread(response, cause));
    }

    private static void unread(HttpServerResponse response, Throwable cause) {
        if (cause instanceof GraphqlRequest.Malformed malformed) {
            refuse(response, 400, malformed.getMessage());
        } else {
            Failure failure = Failure.of(cause);
            refuse(response, FailureStatus.of(failure.code()), failure.getMessage());
        }
    }

    /** Which of our media types a client takes. */
    private enum MediaType {
        JSON_ONLY,
        RESPONSE,
        NONE;

        static MediaType accepted(@Nullable String header) {
            if (header == null || header.isBlank()) {
                return JSON_ONLY;
            }
            for (String part : header.toLowerCase(Locale.ROOT).split(",", -1)) {
                String type = part.split(";", -1)[0].strip();
                if (type.equals(GRAPHQL_RESPONSE)) {
                    return RESPONSE;
                }
                if (type.equals(JSON) || type.equals("*/*") || type.equals("application/*")) {
                    return JSON_ONLY;
                }
            }
            return NONE;
        }
    }

    private static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                return false;
            }
        }
        return parts[0].strip().equals(JSON);
    }

    private static GraphqlRequest read(HttpServerRequest request) {
        return GraphqlRequest.read(
                request.getParam("query"),
                request.getParam("operationName"),
                request.getParam("variables"),
                request.getParam("extensions"));
    }

    private static GraphqlRequest read(Buffer body) {
        if (body.length() == 0) {
            throw new GraphqlRequest.Malformed("the body is empty; send {\"query\": \"…\"}");
        }
        return GraphqlRequest.read(body.getBytes());
    }

    private void run(HttpServerResponse response, MediaType accepted, GraphqlRequest request, boolean get) {
        Deadline deadline = Deadline.after(operations.longest());
        response.closeHandler(gone -> deadline.abandon());
        operations
                .prepare(request)
                .compose(prepared -> {
                    if (get && prepared.isMutation()) {
                        response.putHeader("Allow", "POST");
                        refuse(response, 405, "send mutations by POST");
                        return Future.<Void>succeededFuture();
                    }
                    return Future.succeededFuture(prepared)
                            .compose(ready -> operations.run(ready, deadline))
                            .onSuccess(body -> send(response, accepted, 200, body))
                            .recover(cause -> failedField(response, accepted, cause))
                            .<Void>mapEmpty();
                })
                .onFailure(cause -> refused(response, accepted, cause));
    }

    /** A field failed while it ran: the response is well formed, its data is null. */
    private Future<Buffer> failedField(HttpServerResponse response, MediaType accepted, Throwable cause) {
        if (cause instanceof RequestFailure) {
            return Future.failedFuture(cause);
        }
        JsonObject error;
        if (cause instanceof MutationRunner.FieldFailure field) {
            error = error(field.failure()).put("path", new JsonArray().add(field.key()));
        } else {
            error = error(Failure.of(cause));
        }
        JsonObject body =
                new JsonObject().put("errors", new JsonArray().add(error)).putNull("data");
        send(response, accepted, 200, body.toBuffer());
        return Future.succeededFuture();
    }

    private static JsonObject error(Failure failure) {
        return new JsonObject()
                .put("message", failure.getMessage())
                .put("extensions", new JsonObject().put("code", failure.code().name()));
    }

    /** Nothing ran: with the older media type such an answer is 200, or old clients would not read it. */
    private void refused(HttpServerResponse response, MediaType accepted, Throwable cause) {
        if (cause instanceof RequestFailure refused) {
            JsonObject body = new JsonObject().put("errors", refused.errors());
            send(response, accepted, accepted == MediaType.RESPONSE ? 400 : 200, body.toBuffer());
            return;
        }
        Failure failure = Failure.of(cause);
        JsonObject body = new JsonObject().put("errors", new JsonArray().add(error(failure)));
        send(response, accepted, FailureStatus.of(failure.code()), body.toBuffer());
    }

    private static void send(HttpServerResponse response, MediaType accepted, int status, Buffer body) {
        if (response.ended() || response.closed()) {
            return;
        }
        String type = accepted == MediaType.RESPONSE ? GRAPHQL_RESPONSE : JSON;
        response.setStatusCode(status)
                .putHeader("Content-Type", type + "; charset=utf-8")
                .end(body);
    }

    /** The request itself is no GraphQL request. */
    static void refuse(HttpServerResponse response, int status, @Nullable String message) {
        FailureCode code = status == 413 ? FailureCode.TOO_LARGE : FailureCode.INVALID_DATA;
        JsonObject error =
                new JsonObject().put("message", message).put("extensions", new JsonObject().put("code", code.name()));
        response.setStatusCode(status)
                .putHeader("Content-Type", JSON + "; charset=utf-8")
                .end(JsonText.encode(new JsonObject().put("errors", new JsonArray().add(error))));
    }
}
