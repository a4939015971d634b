package io.vinculum.endpoint;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of the requests of one event loop. Large ones are parsed beside it, and hold together no more than a
 * budget, so that neither a few of them nor many slow ones use up the memory.
 */
final class RequestBody {
    /** A smaller one is parsed faster than it is handed to another thread, and is not worth counting. */
    private static final int SMALL = 64 << 10;

    private final Vertx vertx;
    private final long most;
    private final long budget;
    private long held;

    RequestBody(Vertx vertx, EndpointSettings settings) {
        this.vertx = vertx;
        this.most = settings.maxBodyBytes();
        this.budget = Math.max(settings.waitingBodyBytes() / Math.max(1, settings.eventLoops()), most);
    }

    /**
     * Gathers a body and parses it; fails with {@code TOO_LARGE} as soon as there is more of it than may be, with {@code
     * UNAVAILABLE} when others hold the budget, and with what is wrong about its chunks.
     */
    <T> Future<T> read(HttpServerRequest request, Function<Buffer, T> parser) {
        if (declaredLength(request) > most) {
            return Future.failedFuture(tooLarge());
        }
        Gathered gathered = new Gathered(request);
        return gathered.whole
                .future()
                .compose(body -> body.length() <= SMALL
                        ? Future.succeededFuture(body).map(parser)
                        : vertx.executeBlocking(() -> parser.apply(body), false))
                .onComplete(done -> gathered.release());
    }

    private static long declaredLength(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private Failure tooLarge() {
        return new Failure(FailureCode.TOO_LARGE, "the body is larger than " + most + " bytes");
    }

    /** One body in the making. */
    private final class Gathered {
        private final Promise<Buffer> whole = Promise.promise();
        private final HttpServerRequest request;
        private @Nullable Buffer bytes;
        private long share;

        Gathered(HttpServerRequest request) {
            this.request = request;
            request.handler(this::add).endHandler(end -> end()).exceptionHandler(whole::tryFail);
        }

        private void add(Buffer part) {
            if (whole.future().isComplete()) {
                return;
            }
            long length = part.length() + (bytes == null ? 0L : bytes.length());
            if (length > most) {
                fail(tooLarge());
            } else if (length > SMALL && !take(length)) {
                fail(new Failure(
                        FailureCode.UNAVAILABLE, "too many large requests are being read; send it again later"));
            } else {
                bytes = bytes == null ? part : bytes.appendBuffer(part);
            }
        }

        private boolean take(long length) {
            if (held - share + length > budget) {
                return false;
            }
            held += length - share;
            share = length;
            return true;
        }

        private void fail(Failure failure) {
            bytes = null;
            whole.tryFail(failure);
        }

        private void end() {
            Failure broken = RequestDecoder.broken(request.connection());
            if (broken != null) {
                whole.tryFail(broken);
            } else {
                whole.tryComplete(bytes == null ? Buffer.buffer() : bytes);
            }
        }

        void release() {
            held -= share;
            share = 0;
        }
    }
}
