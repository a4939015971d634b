package io.vinculum.execute;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.flow.Codec;
import io.vinculum.flow.Workflow;
import io.vinculum.run.Run;
import io.vinculum.testing.TestDatabase;
import java.util.Collection;
import java.util.Optional;

/** A runner that keeps nothing, to be called from any thread. */
final class MemoryRunner {
    private final Context context;
    private final Runner runner;

    MemoryRunner(Vertx vertx) {
        this(vertx, Timers.of(vertx));
    }

    MemoryRunner(Vertx vertx, Timers timers) {
        this.context = vertx.getOrCreateContext();
        this.runner = new Runner(vertx, context, timers, Journal.NONE, (run, state) -> {});
    }

    Future<Run> run(Workflow<?, ?> workflow, String id, Object input) {
        Promise<Run> ended = Promise.promise();
        context.runOnContext(
                now -> runner.drive(new Run(Run.Start.of(id), workflow, input)).onComplete(ended));
        return ended.future();
    }

    /** Runs a workflow, and sends it signals as soon as it has begun. */
    Future<Run> run(Workflow<?, ?> workflow, String id, Object input, Collection<String> signals, Object value) {
        Promise<Run> ended = Promise.promise();
        context.runOnContext(now -> {
            Run run = new Run(Run.Start.of(id), workflow, input);
            runner.drive(run).onComplete(ended);
            signals.forEach(signal -> runner.signal(run, signal, Codec.write(value, "a signal")));
        });
        return ended.future();
    }

    void onContext(Runnable something) {
        context.runOnContext(now -> something.run());
    }

    Future<Optional<Run>> cancel(String id) {
        Promise<Optional<Run>> cancelled = Promise.promise();
        context.runOnContext(now -> runner.active()
                .find(id)
                .map(run -> runner.cancel(run).map(Optional::of))
                .orElse(Future.succeededFuture(Optional.empty()))
                .onComplete(cancelled));
        return cancelled.future();
    }

    void close() {
        TestDatabase.await(runner.close());
    }
}
