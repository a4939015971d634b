package io.vinculum.endpoint;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import org.jspecify.annotations.Nullable;

/** The body of one request, gathered up to a limit. */
final class RequestBody {
    private final Promise<Buffer> whole = Promise.promise();
    private final long most;
    private @Nullable Buffer gathered;

    private RequestBody(long most) {
        this.most = most;
    }

    /** Gathers a body; fails with {@code TOO_LARGE} as soon as there is more of it than may be. */
    static Future<Buffer> read(HttpServerRequest request, long most) {
        RequestBody body = new RequestBody(most);
        request.handler(body::add).endHandler(end -> body.end()).exceptionHandler(body.whole::tryFail);
        return body.whole.future();
    }

    private void add(Buffer part) {
        if (whole.future().isComplete()) {
            return;
        }
        if (part.length() + (gathered == null ? 0L : gathered.length()) > most) {
            gathered = null;
            whole.fail(new Failure(FailureCode.TOO_LARGE, "the body is larger than " + most + " bytes"));
        } else if (gathered == null) {
            gathered = part;
        } else {
            gathered = gathered.appendBuffer(part);
        }
    }

    private void end() {
        whole.tryComplete(gathered == null ? Buffer.buffer() : gathered);
    }
}
