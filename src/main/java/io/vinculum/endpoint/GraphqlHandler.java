package io.vinculum.endpoint;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.deadline.Deadline;
import io.vinculum.endpoint.MediaTypes.Accepted;
import io.vinculum.failure.Failure;
import io.vinculum.graphql.GraphqlRequest;
import io.vinculum.graphql.MutationRunner;
import io.vinculum.graphql.Operations;
import io.vinculum.graphql.RequestFailure;
import io.vinculum.graphql.StoredAnswer;
import org.jspecify.annotations.Nullable;

/**
 * GraphQL over HTTP (graphql.github.io/graphql-over-http): GET for queries, POST of JSON for everything. Forms and
 * {@code text/plain} are refused, because a browser sends them across origins unasked.
 */
final class GraphqlHandler implements Handler<HttpServerRequest> {
    private final Vertx vertx;
    private final Operations operations;
    private final RequestBody bodies;
    private @Nullable String lastAccept;
    private Accepted lastAccepted = Accepted.JSON_ONLY;

    GraphqlHandler(Vertx vertx, Operations operations, RequestBody bodies) {
        this.vertx = vertx;
        this.operations = operations;
        this.bodies = bodies;
    }

    @Override
    public void handle(HttpServerRequest request) {
        Accepted accepted = accepted(request.getHeader("Accept"));
        if (accepted == Accepted.NONE) {
            Responses.refuse(request, 406, "this answers " + MediaTypes.GRAPHQL_RESPONSE + " and " + MediaTypes.JSON);
            return;
        }
        boolean get = request.method().equals(HttpMethod.GET);
        if (!get && !request.method().equals(HttpMethod.POST)) {
            request.response().putHeader("Allow", "GET, POST");
            Responses.refuse(request, 405, "send queries by GET or POST, mutations by POST");
            return;
        }
        if (!get && !MediaTypes.isJson(request.getHeader("Content-Type"))) {
            Responses.refuse(request, 415, "send the operation as " + MediaTypes.JSON + " in UTF-8");
            return;
        }
        Future<GraphqlRequest> read = get
                ? Future.succeededFuture(request).map(GraphqlHandler::parameters)
                : bodies.read(request, GraphqlHandler::body);
        read.onSuccess(operation -> run(request, accepted, operation, get)).onFailure(cause -> unread(request, cause));
    }

    /** Most clients send the same header again and again. */
    private Accepted accepted(@Nullable String header) {
        if (header == null || !header.equals(lastAccept)) {
            lastAccepted = MediaTypes.accepted(header);
            lastAccept = header;
        }
        return lastAccepted;
    }

    private static void unread(HttpServerRequest request, Throwable cause) {
        if (cause instanceof GraphqlRequest.Malformed malformed) {
            Responses.refuse(request, 400, malformed.getMessage());
        } else {
            Failure failure = Failure.of(cause);
            Responses.refuse(request, FailureStatus.ofReading(failure.code()), failure);
        }
    }

    private static GraphqlRequest parameters(HttpServerRequest request) {
        try {
            return GraphqlRequest.read(
                    request.getParam("query"),
                    request.getParam("operationName"),
                    request.getParam("variables"),
                    request.getParam("extensions"));
        } catch (IllegalArgumentException e) {
            throw new GraphqlRequest.Malformed(
                    "the address holds a '%' that is not followed by two hexadecimal digits of UTF-8");
        }
    }

    private static GraphqlRequest body(Buffer body) {
        if (body.length() == 0) {
            throw new GraphqlRequest.Malformed("the body is empty; send {\"query\": \"…\"}");
        }
        return GraphqlRequest.read(body);
    }

    private void run(HttpServerRequest request, Accepted accepted, GraphqlRequest operation, boolean get) {
        Deadline deadline = Deadline.after(operations.longest());
        request.response().closeHandler(gone -> deadline.abandon());
        Future.succeededFuture(operation)
                .compose(asked -> {
                    Loopback.checkExplain(request, asked.explain());
                    return operations.prepare(asked);
                })
                .compose(prepared -> prepared.isMutation() && get
                        ? mutationByGet(request)
                        : prepared.isIntrospection()
                                ? operations.introspect(prepared).compose(answer -> stored(request, accepted, answer))
                                : answered(request, accepted, prepared, deadline))
                .onFailure(cause -> refused(request, accepted, cause));
    }

    private static Future<Void> mutationByGet(HttpServerRequest request) {
        request.response().putHeader("Allow", "POST");
        Responses.refuse(request, 405, "send mutations by POST");
        return Future.succeededFuture();
    }

    private Future<Void> answered(
            HttpServerRequest request, Accepted accepted, Operations.Prepared prepared, Deadline deadline) {
        return Future.succeededFuture(prepared)
                .compose(ready -> operations.run(ready, deadline))
                .onSuccess(body -> Responses.send(request, 200, accepted.contentType(), body))
                .recover(cause -> failedField(request, accepted, cause))
                .mapEmpty();
    }

    /** An answer that is kept compressed is sent as it is to those who take it so. */
    private Future<Void> stored(HttpServerRequest request, Accepted accepted, StoredAnswer answer) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return Future.succeededFuture();
        }
        response.putHeader("Content-Type", accepted.contentType()).putHeader("Vary", "Accept-Encoding");
        if (MediaTypes.acceptsGzip(request.getHeader("Accept-Encoding"))) {
            response.putHeader("Content-Encoding", "gzip").end(answer.gzipped());
            return Future.succeededFuture();
        }
        response.putHeader("Content-Length", Long.toString(answer.length()));
        return answer.writeTo(response, vertx)
                .compose(written -> response.end())
                // The asker left in the middle of it.
                .recover(gone -> request.connection().close());
    }

    /** A field failed while it ran: the response is well formed, its data is null. */
    private static Future<Buffer> failedField(HttpServerRequest request, Accepted accepted, Throwable cause) {
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
        Responses.send(request, 200, accepted.contentType(), body.toBuffer());
        return Future.succeededFuture();
    }

    private static JsonObject error(Failure failure) {
        return Responses.error(failure.code(), failure.getMessage());
    }

    /** Nothing ran: with the older media type such an answer is 200, or old clients would not read it. */
    private static void refused(HttpServerRequest request, Accepted accepted, Throwable cause) {
        if (cause instanceof RequestFailure refused) {
            JsonObject body = new JsonObject().put("errors", refused.errors());
            int status = accepted == Accepted.RESPONSE ? 400 : 200;
            Responses.send(request, status, accepted.contentType(), body.toBuffer());
            return;
        }
        Failure failure = Failure.of(cause);
        JsonObject body = new JsonObject().put("errors", new JsonArray().add(error(failure)));
        Responses.send(request, FailureStatus.of(failure.code()), accepted.contentType(), body.toBuffer());
    }
}
