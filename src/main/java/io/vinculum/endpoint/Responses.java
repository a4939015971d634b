package io.vinculum.endpoint;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.json.JsonText;
import org.jspecify.annotations.Nullable;

/** Sends what is not the answer to an operation. */
final class Responses {
    private static final String JSON = MediaTypes.JSON + "; charset=utf-8";

    private Responses() {}

    /** The request itself is no GraphQL request. */
    static void refuse(HttpServerRequest request, int status, @Nullable String message) {
        FailureCode code = status == 413
                ? FailureCode.TOO_LARGE
                : status == 408
                        ? FailureCode.TIMEOUT
                        : status == 503 ? FailureCode.UNAVAILABLE : FailureCode.INVALID_DATA;
        send(request, status, errors(code, message));
    }

    /** The request could not be read or run. */
    static void refuse(HttpServerRequest request, int status, Failure failure) {
        send(request, status, errors(failure.code(), failure.getMessage()));
    }

    private static JsonObject errors(FailureCode code, @Nullable String message) {
        return new JsonObject().put("errors", new JsonArray().add(error(code, message)));
    }

    static JsonObject error(FailureCode code, @Nullable String message) {
        return new JsonObject().put("message", message).put("extensions", new JsonObject().put("code", code.name()));
    }

    static void send(HttpServerRequest request, int status, JsonObject body) {
        send(request, status, JSON, Buffer.buffer(JsonText.encode(body)));
    }

    /** Sends a whole response, unless the asker is gone; closes a connection on which nothing more can be read. */
    static void send(HttpServerRequest request, int status, String contentType, Buffer body) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        Future<Void> sent = response.setStatusCode(status)
                .putHeader("Content-Type", contentType)
                .end(body);
        if (RequestDecoder.broken(request.connection()) != null) {
            sent.onComplete(done -> request.connection().close());
        }
    }
}
