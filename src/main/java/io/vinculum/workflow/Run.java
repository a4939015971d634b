package io.vinculum.workflow;

import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One run of a workflow: what it was started with and what has come of each place. For one thread at a time. */
final class Run {
    private final Start start;
    private final Workflow<?, ?> workflow;
    private final @Nullable Object input;
    private final Map<StepState.State, Integer> counts = new EnumMap<>(StepState.State.class);
    private final Map<Position, StepState> entries = new LinkedHashMap<>();
    private final Map<Integer, Boolean> choices = new HashMap<>();
    private final Map<Integer, Items> items = new HashMap<>();
    private @Nullable Deque<Position> undos;
    private RunState state = RunState.INVOKING;
    private boolean durable;
    private boolean paused;
    private int places;
    private boolean stuck;
    private boolean begun;
    private boolean admitted;
    private boolean misfit;
    private boolean abandoned;
    private boolean resumed;
    private @Nullable Failure error;

    /**
     * How a run was started.
     *
     * @param id names it
     * @param shard whose owner runs it
     * @param epoch under which that owner writes
     * @param age how long ago it was started, when it came to this owner
     */
    record Start(String id, int shard, long epoch, int priority, Duration age) {
        static Start of(String id) {
            return new Start(id, 0, 0, 0, Duration.ZERO);
        }
    }

    /** The elements of a list, and how many of the first ones are settled. */
    static final class Items {
        private final List<?> all;
        private int settled;

        Items(List<?> all) {
            this.all = all;
        }

        List<?> all() {
            return all;
        }

        int settled() {
            return settled;
        }

        void settle() {
            settled++;
        }
    }

    Run(Start start, Workflow<?, ?> workflow, @Nullable Object input) {
        this.start = start;
        this.workflow = workflow;
        this.input = input;
        this.durable = workflow.options().durable();
    }

    String id() {
        return start.id();
    }

    Start start() {
        return start;
    }

    RunState state() {
        return state;
    }

    /** The state as it is told. */
    RunState shownState() {
        if (paused) {
            return stuck ? RunState.STUCK : RunState.PAUSED;
        }
        return state == RunState.INVOKING && isIdle() && any(StepState.State.WAITING) ? RunState.WAITING : state;
    }

    /** Whether nothing of it is under way, so that it is safe with another owner. */
    boolean isIdle() {
        return !isRunning() && !any(StepState.State.UNDOING);
    }

    /** Whether a body of it is under way. */
    boolean isRunning() {
        return any(StepState.State.RUNNING) || any(StepState.State.RECORDING);
    }

    /** Whether it goes on only when somebody else has done something. */
    boolean waitsForOthers() {
        return isIdle()
                && !state.isEnd()
                && (paused
                        || (state == RunState.INVOKING
                                && any(StepState.State.WAITING)
                                && !any(StepState.State.PAUSED)
                                && !any(StepState.State.READY)
                                && entries.entrySet().stream().anyMatch(this::waitsForAnswer)));
    }

    private boolean waitsForAnswer(Map.Entry<Position, StepState> entry) {
        return entry.getValue().is(StepState.State.WAITING) && stepAt(entry.getKey()) != null;
    }

    boolean isDurable() {
        return durable;
    }

    /** It is written down from now on. */
    void makeDurable() {
        durable = true;
    }

    boolean isPaused() {
        return paused;
    }

    /** Whether it came to this owner paused or stuck, and has not been let go on since: what was under way is unknown. */
    boolean isParked() {
        return paused && resumed && !begun;
    }

    /** Whether it may begin: its concurrency key had a place for it. */
    boolean isAdmitted() {
        return admitted;
    }

    void admit() {
        admitted = true;
    }

    /** This owner has run a body of it. */
    void begin() {
        begun = true;
    }

    void pause(boolean stopped) {
        paused = stopped;
        stuck = false;
    }

    /** Paused because its owners died of it. */
    void makeStuck() {
        paused = true;
        stuck = true;
    }

    /** Why it did not go on. */
    Optional<Failure> error() {
        return Optional.ofNullable(error);
    }

    @Nullable
    Object input() {
        return input;
    }

    /** What it answers; null until it is done, and when its workflow has no value. */
    @Nullable
    Object output() {
        return outputAt(state);
    }

    @Nullable
    Object outputAt(RunState last) {
        return last == RunState.DONE ? value(workflow.output()) : null;
    }

    /** Tells of each event that leaves with its end. */
    void events(BiConsumer<String, @Nullable Object> event) {
        for (Node node : workflow.nodes()) {
            if (node.task() instanceof Node.Task.Emit emit && isTaken(node.branch())) {
                event.accept(emit.address(), value(emit.payload()));
            }
        }
    }

    Workflow<?, ?> workflow() {
        return workflow;
    }

    String nameAt(Position position) {
        return workflow.nodes().get(position.node()).name();
    }

    @Nullable
    Step<?, ?> stepAt(Position position) {
        return workflow.nodes().get(position.node()).step();
    }

    @Nullable
    StepState entry(Position position) {
        return entries.get(position);
    }

    StepState entryAt(Position position) {
        return entries.computeIfAbsent(position, at -> new StepState(counts));
    }

    Map<Position, StepState> entries() {
        return entries;
    }

    boolean any(StepState.State asked) {
        return counts.getOrDefault(asked, 0) > 0;
    }

    /** The next number in the order of completion. */
    int nextPlace() {
        return ++places;
    }

    /** Continues the order of what was recorded before, by another owner. */
    void resumeAfter(int place) {
        places = Math.max(places, place);
        resumed = true;
    }

    /** Whether another owner has begun it. */
    boolean resumed() {
        return resumed;
    }

    /** Turns round, with the first reason there is. What only waited is not waited for any more. */
    void turnRound(Failure cause) {
        if (state == RunState.INVOKING || state == RunState.DONE) {
            state = RunState.COMPENSATING;
            error = cause;
            List<StepState> waiting = entries.values().stream()
                    .filter(entry -> entry.is(StepState.State.WAITING)
                            || entry.is(StepState.State.PAUSED)
                            || entry.is(StepState.State.READY))
                    .toList();
            waiting.forEach(entry -> entry.fail(nextPlace(), entry.undoData()));
        }
    }

    /** Whether anything of it has been undone, or could not be. */
    boolean hasUndone() {
        return any(StepState.State.UNDONE) || any(StepState.State.UNDO_FAILED) || any(StepState.State.UNDO_READY);
    }

    /** The place of the first step whose failure turned it round; the highest number when something else did. */
    int turnedAt() {
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().is(StepState.State.FAILED) && stopsAt(entry.getKey()))
                .mapToInt(entry -> entry.getValue().order())
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private boolean stopsAt(Position position) {
        Step<?, ?> step = stepAt(position);
        return step == null || !step.options().continueOnFailure();
    }

    /** For each node the place of the last that was done there. */
    int[] lastPlaces() {
        int[] last = new int[workflow.nodes().size()];
        entries.forEach((position, entry) -> last[position.node()] = Math.max(last[position.node()], entry.order()));
        return last;
    }

    /**
     * It does not fit its workflow any more.
     *
     * @param something whether something it has done cannot be undone, so that it ends {@code failed}
     */
    void abandon(boolean something) {
        misfit = true;
        abandoned = something;
    }

    /** Whether its workflow has changed so that it can only be undone. */
    boolean isMisfit() {
        return misfit;
    }

    /** How a run ends that was turned round. */
    RunState backEnd() {
        return abandoned || any(StepState.State.UNDO_FAILED) ? RunState.FAILED : RunState.REVERTED;
    }

    /** Undoes once more what could not be undone. */
    void turnRoundAgain() {
        state = RunState.COMPENSATING;
        undos = null;
        entries.values().stream()
                .filter(entry -> entry.is(StepState.State.UNDO_FAILED))
                .forEach(StepState::readyToUndo);
    }

    void end(RunState last) {
        state = last;
    }

    /** The next place to undo, the last that was done first; nothing may be under way any more. */
    Optional<Position> nextToUndo() {
        if (undos == null) {
            undos = new ArrayDeque<>();
            entries.entrySet().stream()
                    .filter(entry -> hasUndo(entry.getKey(), entry.getValue()))
                    .sorted(Comparator.comparing(entry -> -entry.getValue().order()))
                    .map(Map.Entry::getKey)
                    .forEach(undos::add);
        }
        while (!undos.isEmpty() && isOver(undos.element())) {
            undos.remove();
        }
        return Optional.ofNullable(undos.peek());
    }

    private boolean isOver(Position position) {
        StepState entry = entryAt(position);
        return entry.is(StepState.State.UNDONE) || entry.is(StepState.State.UNDO_FAILED);
    }

    private boolean hasUndo(Position position, StepState entry) {
        Step<?, ?> step = stepAt(position);
        boolean partlyDone = entry.is(StepState.State.FAILED) && entry.undoData() != null;
        return step != null
                && step.undo().isPresent()
                && (partlyDone || entry.is(StepState.State.DONE) || entry.is(StepState.State.UNDO_READY));
    }

    /** What a value is in this run. */
    @Nullable
    Object value(Value<?> value) {
        Value.Source source = value.source();
        if (source instanceof Value.Source.Answer answer) {
            return answer(answer.node());
        }
        if (source instanceof Value.Source.Computed computed) {
            List<@Nullable Object> of = new ArrayList<>(computed.of().size());
            for (Value<?> one : computed.of()) {
                of.add(value(one));
            }
            return computed.function().apply(of);
        }
        if (source instanceof Value.Source.Chosen chosen) {
            Value<?> taken = chose(chosen.condition()) ? chosen.then() : chosen.otherwise();
            return taken == null || !isTaken(taken.branch()) ? null : value(taken);
        }
        return input;
    }

    private @Nullable Object answer(int node) {
        if (workflow.nodes().get(node).task() instanceof Node.Task.Each each) {
            List<@Nullable Object> answers = new ArrayList<>();
            for (int item = 0; item < items(node, each).all().size(); item++) {
                StepState entry = entries.get(new Position(node, item));
                answers.add(entry == null ? null : entry.output());
            }
            return answers;
        }
        StepState entry = entries.get(Position.of(node));
        return entry == null ? null : entry.output();
    }

    /** The elements that a node is run for; everything before it must be settled. */
    Items items(int node, Node.Task.Each each) {
        Items known = items.get(node);
        if (known == null) {
            List<?> all = (List<?>) value(each.items());
            known = new Items(all == null ? List.of() : all);
            items.put(node, known);
        }
        return known;
    }

    /** Which side a condition chose; everything before it must be settled. */
    boolean chose(int condition) {
        Boolean known = choices.get(condition);
        if (known == null) {
            Node node = workflow.nodes().get(condition);
            Node.Task.Choose choose = (Node.Task.Choose) node.task();
            known = isTaken(node.branch()) && choose.condition().test(value(choose.value()));
            choices.put(condition, known);
        }
        return known;
    }

    boolean isTaken(Branch branch) {
        Branch parent = branch.parent();
        return parent == null || (isTaken(parent) && chose(branch.condition()) == branch.taken());
    }

    /** The place of a step by its name; empty when the workflow has none of that name. */
    Optional<Position> position(String step, int item) {
        return workflow.nodes().stream()
                .filter(node -> node.name().equals(step))
                .map(node -> new Position(node.index(), item))
                .findFirst();
    }

    @Override
    public String toString() {
        return id() + " " + shownState().shown() + Objects.toString(error, "");
    }
}
