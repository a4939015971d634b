package io.vinculum.bench;

import io.vertx.core.Vertx;

final class WriteBenchmark {
    WriteBenchmark(Vertx v, String d, Report r) {}

    void run() {}

    interface Report {
        void say(String f, Object... v);
    }
}
