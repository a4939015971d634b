package io.vinculum.run;

import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.flow.Node;
import io.vinculum.flow.Step;
import io.vinculum.flow.Workflow;
import io.vinculum.run.StepState.Status;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of a workflow: its input and the state of each of its steps. For one thread at a time. */
public final class Run {
    private final Start start;
    private final Workflow<?, ?> workflow;
    private final @Nullable Object input;
    private final Map<Status, Integer> counts = new EnumMap<>(Status.class);
    private final Map<Position, StepState> steps = new LinkedHashMap<>();
    private final CompletionOrder order = new CompletionOrder(this);
    private final RunValues values;
    private final Signals signals = new Signals();
    private RunState state = RunState.INVOKING;
    private boolean durable;
    private boolean paused;
    private boolean stuck;
    private boolean started;
    private boolean admitted;
    private boolean outdated;
    private boolean abandoned;
    private boolean resumed;
    private boolean evaluating;
    private int unwritten;
    private @Nullable Failure error;

    /**
     * How a run was started.
     *
     * @param id names it
     * @param shard whose owner runs it
     * @param epoch under which that owner writes
     * @param age how long ago it was started, when it came to this owner
     */
    public record Start(String id, int shard, long epoch, int priority, Duration age) {
        public static Start of(String id) {
            return new Start(id, 0, 0, 0, Duration.ZERO);
        }
    }

    public Run(Start start, Workflow<?, ?> workflow, @Nullable Object input) {
        this.start = start;
        this.workflow = workflow;
        this.input = input;
        this.values = new RunValues(this, workflow);
        this.durable = workflow.options().durable();
    }

    public String id() {
        return start.id();
    }

    public Start start() {
        return start;
    }

    public Workflow<?, ?> workflow() {
        return workflow;
    }

    public @Nullable Object input() {
        return input;
    }

    public RunState state() {
        return state;
    }

    /** The state as callers see it. */
    public RunState visibleState() {
        if (paused) {
            return stuck ? RunState.STUCK : RunState.PAUSED;
        }
        return state == RunState.INVOKING && isIdle() && any(Status.WAITING) ? RunState.WAITING : state;
    }

    /** Whether nothing of it is in flight, so that another owner may take it. */
    public boolean isIdle() {
        return !isRunning() && !any(Status.UNDOING);
    }

    /** Whether a body of it is in flight. */
    boolean isRunning() {
        return evaluating || any(Status.RUNNING) || any(Status.RECORDING);
    }

    /** Whether it continues only after a command or an answer from outside. */
    public boolean waitsForOthers() {
        return isIdle() && !state.isEnd() && (paused || waitsForAnswers());
    }

    private boolean waitsForAnswers() {
        return state == RunState.INVOKING
                && any(Status.WAITING)
                && !any(Status.PAUSED)
                && !any(Status.READY)
                && steps.entrySet().stream().anyMatch(this::waitsForAnswer);
    }

    private boolean waitsForAnswer(Map.Entry<Position, StepState> step) {
        return step.getValue().is(Status.WAITING) && (stepAt(step.getKey()) != null || waitAt(step.getKey()) != null);
    }

    public boolean isDurable() {
        return durable;
    }

    /** From now on it is written to the ledger. */
    public void makeDurable() {
        durable = true;
    }

    public boolean isPaused() {
        return paused;
    }

    /** Whether this owner got it paused or stuck and has not resumed it: what was in flight is unknown. */
    public boolean isParked() {
        return paused && resumed && !started;
    }

    /** Whether it may start: the concurrency gate has let it in. */
    public boolean isAdmitted() {
        return admitted;
    }

    public void admit() {
        admitted = true;
    }

    /** This owner has started a body of it. */
    public void markStarted() {
        started = true;
    }

    public void pause() {
        setPaused(true);
    }

    public void unpause() {
        setPaused(false);
    }

    void setPaused(boolean stopped) {
        paused = stopped;
        stuck = false;
    }

    /** Paused because its owners died while they ran it. */
    public void makeStuck() {
        paused = true;
        stuck = true;
    }

    /** Why it is compensated. */
    public Optional<Failure> error() {
        return Optional.ofNullable(error);
    }

    /** What it answers; null until it is done, and when its workflow has no value. */
    public @Nullable Object output() {
        return outputAt(state);
    }

    /** What it answers if it ends in a state. */
    public @Nullable Object outputAt(RunState last) {
        return last == RunState.DONE ? values.ending().output() : null;
    }

    /** What it answers and publishes when it ends well; every node must be settled. */
    public Ending ending() {
        return values.ending();
    }

    /** Whether functions of the author are being evaluated for it. */
    public boolean isEvaluating() {
        return evaluating;
    }

    public void setEvaluating(boolean now) {
        evaluating = now;
    }

    /** Whether something that was evaluated is being written; nothing may start that could have seen it. */
    public boolean isBeingWritten() {
        return unwritten > 0;
    }

    public void holdForWriting() {
        unwritten++;
    }

    public void written() {
        unwritten--;
    }

    /** Whether no step of it is in flight or has to wait. */
    public boolean isQuiet() {
        return isIdle() && !any(Status.WAITING) && !any(Status.PAUSED);
    }

    /** What is known now, to evaluate with on another thread. */
    public Evaluation evaluation() {
        return values.evaluation();
    }

    /** Takes what was evaluated; answers the JSON of what is to be kept, null when nothing is. */
    public @Nullable String take(Evaluated evaluated) {
        return values.take(evaluated);
    }

    /** All that was evaluated and is to be kept; null when nothing is. */
    public @Nullable String kept() {
        return values.kept();
    }

    /** What was sent to it and not received yet. */
    public Signals signals() {
        return signals;
    }

    /**
     * The first wait for the signal of a name.
     *
     * @throws Failure {@code INVALID_DATA} when its workflow waits for no such signal
     */
    public Node.Task.Receive waitFor(@Nullable String signal) {
        List<Node.Task.Receive> waits = workflow.nodes().stream()
                .map(Node::task)
                .filter(Node.Task.Receive.class::isInstance)
                .map(Node.Task.Receive.class::cast)
                .toList();
        return waits.stream()
                .filter(wait -> wait.signal().equals(signal))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> names = waits.stream()
                            .map(Node.Task.Receive::signal)
                            .distinct()
                            .toList();
                    return Failure.invalid(workflow.name()
                            + (names.isEmpty() ? " waits for no signal" : " waits for no signal '" + signal + "'")
                            + Nearest.hint(String.valueOf(signal), names));
                });
    }

    /** The wait for a signal at a position; null where none is. */
    public Node.Task.@Nullable Receive waitAt(Position position) {
        return workflow.nodes().get(position.node()).task() instanceof Node.Task.Receive receive ? receive : null;
    }

    /** What its placeholders are. */
    RunValues values() {
        return values;
    }

    public String nameAt(Position position) {
        return workflow.nodes().get(position.node()).name();
    }

    /** The step that runs at a position; null where none does. */
    public @Nullable Step<?, ?> stepAt(Position position) {
        return workflow.nodes().get(position.node()).step();
    }

    /** The state of a step; null when the run has not come to it. */
    public @Nullable StepState findState(Position position) {
        return steps.get(position);
    }

    /** The state of a step, a new one when the run has not come to it. */
    public StepState stateAt(Position position) {
        return steps.computeIfAbsent(position, at -> new StepState(counts));
    }

    public Map<Position, StepState> steps() {
        return steps;
    }

    boolean any(Status asked) {
        return counts.getOrDefault(asked, 0) > 0;
    }

    /** The next number in the order of completion. */
    public int nextOrder() {
        return order.next();
    }

    CompletionOrder order() {
        return order;
    }

    /** Continues the order of completion of an earlier owner. */
    void resumeAfter(int number) {
        order.continueAfter(number);
        resumed = true;
    }

    /** Whether an earlier owner has started it. */
    public boolean isResumed() {
        return resumed;
    }

    /** Compensates from now on; the first reason counts. Steps that only waited are not waited for any more. */
    public void startCompensating(Failure cause) {
        if (state == RunState.INVOKING || state == RunState.DONE) {
            state = RunState.COMPENSATING;
            error = cause;
            List<StepState> waiting = steps.values().stream()
                    .filter(step -> step.is(Status.WAITING) || step.is(Status.PAUSED) || step.is(Status.READY))
                    .toList();
            waiting.forEach(step -> step.fail(nextOrder(), step.undoData()));
        }
    }

    /** Compensates again what could not be compensated. */
    public void compensateAgain() {
        state = RunState.COMPENSATING;
        order.restartCompensating();
        steps.values().stream().filter(step -> step.is(Status.UNDO_FAILED)).forEach(StepState::readyToUndo);
    }

    /** Whether a compensation of it has completed or failed. */
    boolean hasCompensated() {
        return any(Status.UNDONE) || any(Status.UNDO_FAILED) || any(Status.UNDO_READY);
    }

    /**
     * The workflow has changed so that the run can only be compensated.
     *
     * @param incomplete whether a step it has done cannot be compensated, so that it ends {@code failed}
     */
    void makeOutdated(boolean incomplete) {
        outdated = true;
        abandoned = incomplete;
    }

    boolean isOutdated() {
        return outdated;
    }

    /** The state in which a compensated run ends. */
    RunState compensatedState() {
        return abandoned || any(Status.UNDO_FAILED) ? RunState.FAILED : RunState.REVERTED;
    }

    /** Ends it where it is. */
    public void terminate(Failure why) {
        state = RunState.TERMINATED;
        if (error == null) {
            error = why;
        }
    }

    public void end(RunState last) {
        state = last;
    }

    /** The position of a step by its name; empty when the workflow has none of that name. */
    public Optional<Position> position(String step, int item) {
        return workflow.nodes().stream()
                .filter(node -> node.name().equals(step))
                .map(node -> new Position(node.index(), item))
                .findFirst();
    }

    @Override
    public String toString() {
        return id() + " " + visibleState().shown() + Objects.toString(error, "");
    }
}
