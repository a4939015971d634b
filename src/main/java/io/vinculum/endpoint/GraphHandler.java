package io.vinculum.endpoint;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.graphql.Operations;
import io.vinculum.json.JsonText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plain JSON: {@code POST /graph} takes a request as the event bus does, and answers as it does. */
final class GraphHandler implements Handler<HttpServerRequest> {
    private final Operations operations;
    private final RequestBody bodies;

    GraphHandler(Operations operations, RequestBody bodies) {
        this.operations = operations;
        this.bodies = bodies;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.POST)) {
            request.response().putHeader("Allow", "POST");
            fail(request, 405, Failure.invalid("send a query by POST"));
        } else if (!MediaTypes.isJson(request.getHeader("Content-Type"))) {
            fail(request, 415, Failure.invalid("send the query as " + MediaTypes.JSON + " in UTF-8"));
        } else {
            bodies.read(request, GraphHandler::query)
                    .onSuccess(query -> run(request, query))
                    .onFailure(cause -> {
                        Failure failure = Failure.of(cause);
                        fail(request, FailureStatus.ofReading(failure.code()), failure);
                    });
        }
    }

    private static Map<String, @Nullable Object> query(Buffer body) {
        return JsonText.object("the body", JsonText.parse(body));
    }

    private void run(HttpServerRequest request, Map<String, @Nullable Object> query) {
        Deadline deadline = Deadline.after(operations.longest());
        request.response().closeHandler(gone -> deadline.abandon());
        Future.succeededFuture(query)
                .compose(asked -> {
                    Loopback.checkExplain(request, explains(asked));
                    return operations.graph(asked, deadline);
                })
                .onSuccess(answer -> Responses.send(request, 200, MediaTypes.JSON + "; charset=utf-8", answer))
                .onFailure(cause -> {
                    Failure failure = Failure.of(cause);
                    fail(request, FailureStatus.of(failure.code()), failure);
                });
    }

    private static boolean explains(Map<String, @Nullable Object> query) {
        boolean option = query.get("options") instanceof Map<?, ?> options && wants(options.get("explain"));
        return option || wants(query.get("explain"));
    }

    private static boolean wants(@Nullable Object explain) {
        return explain != null && !Boolean.FALSE.equals(explain);
    }

    private static void fail(HttpServerRequest request, int status, Failure failure) {
        JsonObject error = new JsonObject().put("code", failure.code().name()).put("message", failure.getMessage());
        Responses.send(request, status, new JsonObject().put("error", error));
    }
}
