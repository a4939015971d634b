package io.vinculum.workflow;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.database.Session;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a workflow in a test, without a database: pauses and sleeps pass at once, and the run can be taken from its owner
 * at a named point, as by a crash, whereupon another one goes on from what was kept. One run at a time.
 *
 * <pre>{@code
 * try (WorkflowKit kit = new WorkflowKit()) {
 *     WorkflowKit.Recording run = kit.crashAt("after pay").run(checkout, order);
 *     assertThat(run.timeline()).containsExactly("pay ok", "ship ok");
 * }
 * }</pre>
 */
public final class WorkflowKit implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final VirtualTime time = new VirtualTime();
    private final Set<String> crashes = new HashSet<>();
    private final List<String> crashed = new ArrayList<>();
    private final Map<List<Object>, Row> rows = new LinkedHashMap<>();
    private final Runner runner = new Runner(vertx, context, time, new Memory(), (run, state) -> {});
    private @Nullable Run run;
    private Future<Run> end = Future.failedFuture("nothing has been run yet");
    /** Whether it is kept that the run has turned round for another reason than a step's. */
    private boolean turned;

    /** What is kept of a place, and when it was. */
    private record Row(StepRecord recorded, Duration at) {}

    /**
     * What came of a run.
     *
     * @param timeline what was kept, in order: {@code "pay ok"}, {@code "ship failed: no carrier"}, {@code "undo pay ok"}
     * @param emitted the addresses of its events, which left if it ended well
     * @param passed how much time it would have taken to wait
     * @param crashes the points at which it was taken from its owner
     */
    public record Recording(
            RunState state,
            @Nullable Object output,
            Optional<Failure> error,
            List<String> timeline,
            List<String> emitted,
            Duration passed,
            List<String> crashes) {}

    /**
     * Lets the run be taken from its owner, once at each point: {@code "before pay"} is before the result of the step is
     * kept, so that its body runs again; {@code "after pay"} is behind that; {@code "before undo pay"}, {@code "after undo
     * pay"}, {@code "before the end"}.
     */
    public WorkflowKit crashAt(String... points) {
        crashes.addAll(Arrays.asList(points));
        return this;
    }

    /** Runs a workflow until it has ended, or waits for somebody outside. */
    public <I> Recording run(Workflow<I, ?> workflow, I input) {
        return await(onContext(() -> {
            rows.clear();
            crashed.clear();
            time.clear();
            turned = false;
            return driven(new Run(Run.Start.of(workflow.name() + "/test"), workflow, input));
        }));
    }

    /** Ends the asynchronous step that the run waits for, and goes on. */
    public Recording succeed(String step, @Nullable Object output) {
        return outside(step, (waiting, position) -> runner.succeed(waiting, position, output));
    }

    /** Lets the asynchronous step fail that the run waits for, and goes on. */
    public Recording fail(String step, String message) {
        return outside(step, (waiting, position) -> runner.fail(waiting, position, PermanentFailure.of(message)));
    }

    private interface Outside {
        Future<Void> tell(Run run, Position position);
    }

    private Recording outside(String step, Outside what) {
        return await(onContext(() -> {
            Run waiting = current();
            Position position = waiting.position(step, -1)
                    .filter(at -> waiting.entryAt(at).is(StepState.State.WAITING))
                    .orElseThrow(() -> Failure.invalid("the run does not wait for '" + step + "'"));
            what.tell(waiting, position);
            return watched(waiting);
        }));
    }

    /** Lets time pass for a run that waits for somebody outside, and goes on with what it brings. */
    public Recording pass(Duration some) {
        await(onContext(() -> {
            time.pass(some);
            return Future.succeededFuture();
        }));
        // What was due is done in turns of the event loop that are before this one.
        return await(onContext(() -> watched(current())));
    }

    private Run current() {
        if (run == null) {
            throw Failure.invalid("nothing has been run yet");
        }
        return run;
    }

    private Future<Recording> driven(Run next) {
        run = next;
        end = runner.drive(next);
        return watched(next);
    }

    /** Looks again and again whether there is nothing to do but to wait, and lets the wait pass then. */
    private Future<Recording> watched(Run watching) {
        Promise<Recording> settled = Promise.promise();
        look(watching, settled);
        return settled.future();
    }

    private void look(Run watching, Promise<Recording> settled) {
        if (end.failed()) {
            takeOver(watching);
            watched(current()).onComplete(settled);
        } else if (end.succeeded() || watching.waitsForOthers()) {
            settled.complete(recording(watching));
        } else {
            if (watching.isIdle()) {
                time.passToNext();
            }
            vertx.setTimer(1, later -> look(watching, settled));
        }
    }

    /** Another owner goes on from what is kept. */
    private void takeOver(Run lost) {
        List<StepRecord> kept = rows.values().stream().map(Row::recorded).toList();
        RunLoader.StoredRun written = new RunLoader.StoredRun(
                lost.id(),
                0,
                lost.workflow().name(),
                lost.workflow().fingerprint(),
                (turned ? RunState.COMPENSATING : RunState.INVOKING).shown(),
                Codec.write(lost.input(), "the input"),
                lost.error().map(StepRecord::error).orElse(null),
                0,
                Duration.ZERO,
                0,
                -1,
                kept);
        Run next = written.rebuilt(lost.workflow(), 1);
        run = next;
        end = runner.drive(next);
        rows.values()
                .forEach(row -> row.recorded()
                        .wake()
                        .ifPresent(wake -> next.position(
                                        row.recorded().node(), row.recorded().item())
                                .ifPresent(position -> runner.waitOn(next, position, left(row, wake)))));
    }

    private Duration left(Row row, Duration wake) {
        Duration left = wake.minus(time.passed().minus(row.at()));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Recording recording(Run ended) {
        List<String> emitted = new ArrayList<>();
        if (ended.state() == RunState.DONE) {
            ended.events((address, payload) -> emitted.add(address));
        }
        return new Recording(
                ended.shownState(),
                ended.output(),
                ended.error(),
                rows.values().stream().map(Row::recorded).map(WorkflowKit::told).toList(),
                emitted,
                time.passed(),
                List.copyOf(crashed));
    }

    private static String told(StepRecord row) {
        String place = (row.undo() ? "undo " : "") + row.node() + (row.item() < 0 ? "" : "[" + row.item() + "]");
        String why =
                row.error() == null ? "" : ": " + StepRecord.failure(row.error()).getMessage();
        return place + " " + row.state().shown() + why;
    }

    /** Keeps rows as the database does, and takes the run away where it was asked to. */
    private final class Memory implements Journal {
        @Override
        public Future<Boolean> started(Run started) {
            return Future.succeededFuture(true);
        }

        @Override
        public Future<Void> recorded(Run of, Position position, Result result) {
            StepRecord row = StepRecord.of(of, position, result);
            String point = (row.undo() ? "undo " : "") + row.node();
            if (crash("before " + point)) {
                return Future.failedFuture(new Ledger.Fenced());
            }
            List<Object> key = List.of(row.node(), row.item(), row.undo());
            // What comes later is told later.
            rows.remove(key);
            rows.put(key, new Row(row, time.passed()));
            return crash("after " + point) ? Future.failedFuture(new Ledger.Fenced()) : Future.succeededFuture();
        }

        @Override
        public Future<Void> changed(Run of, RunState state) {
            if (state.isEnd() && crash("before the end")) {
                return Future.failedFuture(new Ledger.Fenced());
            }
            turned |= state == RunState.COMPENSATING;
            return Future.succeededFuture();
        }

        private boolean crash(String point) {
            boolean now = crashes.remove(point);
            if (now) {
                crashed.add(point);
            }
            return now;
        }

        @Override
        public Future<Result> within(Run of, Position position, Function<Session, Future<Result>> work) {
            return Future.failedFuture(new Failure(
                    FailureCode.UNEXPECTED_STATE, "a transactional step needs a database, so the kit cannot run it"));
        }
    }

    private <T> Future<T> onContext(Supplier<Future<T>> work) {
        return Turn.of(context, work);
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : Failure.of(e);
        } catch (TimeoutException e) {
            throw new Failure(FailureCode.TIMEOUT, "a body has not come to its end within " + PATIENCE_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(FailureCode.UNAVAILABLE, "interrupted while a run was under way");
        }
    }

    /** Ends the threads of the kit. */
    @Override
    public void close() {
        await(runner.close());
        await(vertx.close());
    }
}
