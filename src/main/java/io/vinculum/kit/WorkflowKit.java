package io.vinculum.kit;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.execute.Runner;
import io.vinculum.execute.Turn;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Codec;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Workflow;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.RunFailures;
import io.vinculum.run.RunState;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a workflow in a test, without a database: pauses and sleeps pass at once, and the run can be taken from its owner
 * at a named point, as by a crash; another owner then resumes it from what was written. One run at a time.
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
    private final MemoryJournal journal = new MemoryJournal(time::passed);
    private final Runner runner = new Runner(vertx, context, time, journal, (run, state) -> {});
    private @Nullable Run run;
    private Future<Run> end = Future.failedFuture("nothing has been run yet");

    /**
     * The outcome of a run.
     *
     * @param timeline what was written, in order: {@code "pay ok"}, {@code "ship failed: no carrier"}, {@code "undo pay ok"}
     * @param emitted the addresses of its events, which are published if it ended well
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
     * written, so that its body runs again; {@code "after pay"} is after that; {@code "before undo pay"}, {@code "after undo
     * pay"}, {@code "before the end"}.
     */
    public WorkflowKit crashAt(String... points) {
        journal.crashAt(List.of(points));
        return this;
    }

    /** Runs a workflow until it has ended, or waits for somebody outside. */
    public <I> Recording run(Workflow<I, ?> workflow, I input) {
        return await(onContext(() -> {
            journal.clear();
            time.clear();
            return driven(new Run(Run.Start.of(workflow.name() + "/test"), workflow, input));
        }));
    }

    /** Ends the asynchronous step that the run waits for, and continues. */
    public Recording succeed(String step, @Nullable Object output) {
        return outside(step, (waiting, position) -> runner.succeed(waiting, position, output));
    }

    /** Lets the asynchronous step fail that the run waits for, and continues. */
    public Recording fail(String step, String message) {
        return outside(step, (waiting, position) -> runner.fail(waiting, position, PermanentFailure.of(message)));
    }

    /** Sends a signal to the run, and continues; the run may come to its wait for it later. */
    public Recording signal(String name, @Nullable Object value) {
        String json = Codec.write(value, "the signal '" + name + "'");
        long before = signals();
        Recording recording = await(onContext(() -> {
            Run receiving = current();
            receiving.waitFor(name);
            if (receiving.state() != RunState.INVOKING) {
                throw RunFailures.hasEnded(receiving.id(), receiving.state());
            }
            runner.signal(receiving, name, json);
            return watched(receiving);
        }));
        // When its owner was lost before the signal was kept, the sender sends it again.
        return signals() == before ? signal(name, value) : recording;
    }

    private long signals() {
        return journal.rows().stream().filter(row -> row.step().isSignal()).count();
    }

    private interface Outside {
        Future<Void> answer(Run run, Position position);
    }

    private Recording outside(String step, Outside what) {
        return await(onContext(() -> {
            Run waiting = current();
            Position position = waiting.position(step, -1)
                    .filter(at -> waiting.stateAt(at).is(StepState.Status.WAITING))
                    .orElseThrow(() -> Failure.invalid("the run does not wait for '" + step + "'"));
            what.answer(waiting, position);
            return watched(waiting);
        }));
    }

    /** Lets time pass for a run that waits for somebody outside, and continues with what is due. */
    public Recording pass(Duration some) {
        await(onContext(() -> {
            time.pass(some);
            return Future.succeededFuture();
        }));
        // What was due ran in earlier turns of the event loop.
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

    /** Polls until the run has ended or only waits, and lets waits pass. */
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

    /** Another owner resumes the run from what is kept. */
    private void takeOver(Run lost) {
        Run next = journal.stored(lost).restored(lost.workflow(), 1);
        run = next;
        end = runner.drive(next);
        journal.rows()
                .forEach(row -> row.step()
                        .wake()
                        .ifPresent(wake -> next.position(
                                        row.step().node(), row.step().item())
                                .ifPresent(position -> runner.resumeWait(next, position, left(row, wake)))));
    }

    private Duration left(MemoryJournal.Row row, Duration wake) {
        Duration left = wake.minus(time.passed().minus(row.at()));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Recording recording(Run ended) {
        List<String> emitted = new ArrayList<>();
        if (ended.state() == RunState.DONE) {
            ended.ending().events().forEach(event -> emitted.add(event.address()));
        }
        return new Recording(
                ended.visibleState(),
                ended.output(),
                ended.error(),
                journal.rows().stream()
                        .filter(row -> row.step().isStep())
                        .map(row -> line(row.step()))
                        .toList(),
                emitted,
                time.passed(),
                journal.crashed());
    }

    private static String line(StepRecord row) {
        String place = (row.undo() ? "undo " : "") + row.node() + (row.item() < 0 ? "" : "[" + row.item() + "]");
        String why = row.error() == null
                ? ""
                : ": " + StepRecord.failure(row.error()).getMessage();
        return place + " " + row.state().shown() + why;
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
            throw new Failure(FailureCode.UNAVAILABLE, "interrupted while a run was active");
        }
    }

    /** Ends the threads of the kit. */
    @Override
    public void close() {
        await(runner.close());
        await(vertx.close());
    }
}
