package io.vinculum.ledger;

import io.vinculum.flow.Codec;
import io.vinculum.flow.Coded;
import io.vinculum.run.Ending;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.RunKey;
import io.vinculum.run.RunState;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepResult;
import io.vinculum.run.StepState;
import io.vinculum.run.StepState.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An operation to write, for a shard under an epoch. */
public sealed interface LedgerOp {
    int shard();

    long epoch();

    /** A new run. */
    record Start(
            Run.Start start,
            RunKey key,
            String definition,
            @Nullable String input) implements LedgerOp {
        @Override
        public int shard() {
            return start.shard();
        }

        @Override
        public long epoch() {
            return start.epoch();
        }
    }

    /** The result of a step. */
    record Step(int shard, long epoch, String run, StepRecord row) implements LedgerOp {}

    /** A new state of a run; with an end, its output and its events. */
    record Change(
            int shard,
            long epoch,
            String run,
            RunState state,
            @Nullable String output,
            @Nullable String error,
            List<OutboxEvent> events)
            implements LedgerOp {}

    static LedgerOp start(Run run) {
        return new Start(
                run.start(),
                RunKey.of(run),
                run.workflow().fingerprint(),
                Codec.write(run.input(), "the input of " + run.workflow().name()));
    }

    static LedgerOp step(Run run, StepRecord row) {
        return new Step(run.start().shard(), run.start().epoch(), run.id(), row);
    }

    static LedgerOp change(Run run, RunState state) {
        Optional<Ending> ending = state == RunState.DONE ? Optional.of(run.ending()) : Optional.empty();
        List<OutboxEvent> events = ending.map(Ending::events).orElse(List.of()).stream()
                .map(event -> new OutboxEvent(event.address(), event.payload()))
                .toList();
        return new Change(
                run.start().shard(),
                run.start().epoch(),
                run.id(),
                state,
                ending.map(Ending::json).orElse(null),
                run.error().map(StepRecord::error).orElse(null),
                events);
    }

    /** The steps that a run has completed so far, what was evaluated, and the signals that it has still to receive. */
    static Stream<LedgerOp> completedSteps(Run run) {
        Stream<StepRecord> steps = run.steps().entrySet().stream()
                .flatMap(step -> completed(run, step.getKey(), step.getValue()).stream());
        Stream<StepRecord> evaluated = Stream.ofNullable(run.kept()).map(StepRecord::evaluated);
        return Stream.of(steps, evaluated, run.signals().all().map(StepRecord::of))
                .flatMap(rows -> rows)
                .map(row -> step(run, row));
    }

    private static List<StepRecord> completed(Run run, Position position, StepState step) {
        List<StepRecord> rows = new ArrayList<>();
        Optional<StepRecord.State> forward = switch (step.status()) {
            case DONE, UNDONE, UNDO_FAILED, UNDO_READY, UNDOING, UNDO_PAUSED -> Optional.of(StepRecord.State.OK);
            case FAILED -> Optional.of(StepRecord.State.FAILED);
            case SKIPPED -> Optional.of(StepRecord.State.SKIPPED);
            default -> Optional.empty();
        };
        forward.ifPresent(state -> rows.add(StepRecord.of(run, position, result(false, state, step))));
        if (step.is(Status.UNDONE)) {
            rows.add(StepRecord.of(run, position, result(true, StepRecord.State.OK, step)));
        }
        return rows;
    }

    private static StepResult result(boolean undo, StepRecord.State state, StepState step) {
        return new StepResult(
                undo,
                state,
                undo ? step.undoAttempts() : step.attempts(),
                step.order(),
                undo ? null : Codec.write(step.input(), "an input"),
                undo ? Coded.NONE : Coded.of(step.output()),
                undo || step.undoData() == step.output() ? Coded.NONE : Coded.of(step.undoData()),
                null,
                Duration.ZERO,
                Optional.empty(),
                null);
    }
}
