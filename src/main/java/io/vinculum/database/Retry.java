package io.vinculum.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** How often, and after which pause, work is tried again. */
final class Retry {
    static final int TIMES = 3;

    private static final int SHORTEST_MILLIS = 5;
    private static final int LONGEST_MILLIS = 50;

    private Retry() {}

    /** A short pause of random length, so that those who met once do not meet again. */
    static Future<Void> pause(Vertx vertx) {
        int millis = ThreadLocalRandom.current().nextInt(SHORTEST_MILLIS, LONGEST_MILLIS);
        return vertx.timer(millis, TimeUnit.MILLISECONDS);
    }
}
