package io.vinculum.execute;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** A turn of an event loop. */
public final class Turn {
    private Turn() {}

    /** Does some work in the next turn; what it throws is its answer. */
    public static <T> Future<T> of(Context context, Supplier<Future<T>> work) {
        Promise<T> answer = Promise.promise();
        context.runOnContext(now -> {
            try {
                work.get().onComplete(answer);
            } catch (RuntimeException thrown) {
                answer.fail(thrown);
            }
        });
        return answer.future();
    }
}
