package io.vinculum.kit;

import io.vertx.core.Future;
import io.vinculum.database.Session;
import io.vinculum.execute.Journal;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Codec;
import io.vinculum.run.Fenced;
import io.vinculum.run.Position;
import io.vinculum.run.Run;
import io.vinculum.run.RunState;
import io.vinculum.run.Signal;
import io.vinculum.run.StepRecord;
import io.vinculum.run.StepResult;
import io.vinculum.run.StoredRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Keeps rows as the database does, and takes the run from its owner at the points where a crash was asked for. */
final class MemoryJournal implements Journal {
    private final Supplier<Duration> time;
    private final Set<String> crashes = new HashSet<>();
    private final List<String> crashed = new ArrayList<>();
    private final Map<List<Object>, Row> rows = new LinkedHashMap<>();
    /** Whether it is written that the run compensates for another reason than a step's failure. */
    private boolean compensating;

    /** A row, and when it was written. */
    record Row(StepRecord step, Duration at) {}

    MemoryJournal(Supplier<Duration> time) {
        this.time = time;
    }

    void crashAt(Collection<String> points) {
        crashes.addAll(points);
    }

    /** The points at which the run was taken from its owner. */
    List<String> crashed() {
        return List.copyOf(crashed);
    }

    void clear() {
        rows.clear();
        crashed.clear();
        compensating = false;
    }

    Collection<Row> rows() {
        return rows.values();
    }

    /** The run as another owner would load it. */
    StoredRun stored(Run lost) {
        return new StoredRun(
                lost.id(),
                0,
                lost.workflow().name(),
                lost.workflow().fingerprint(),
                compensating ? RunState.COMPENSATING : RunState.INVOKING,
                Codec.write(lost.input(), "the input"),
                lost.error().map(StepRecord::error).orElse(null),
                0,
                Duration.ZERO,
                0,
                -1,
                rows.values().stream().map(Row::step).toList());
    }

    @Override
    public Future<Boolean> started(Run started) {
        return Future.succeededFuture(true);
    }

    @Override
    public Future<Void> recorded(Run of, Position position, StepResult result) {
        return written(StepRecord.of(of, position, result));
    }

    @Override
    public Future<Void> signalled(Run of, Signal signal) {
        return written(StepRecord.of(signal));
    }

    @Override
    public Future<Void> evaluated(Run of, String made) {
        return written(StepRecord.evaluated(made));
    }

    private Future<Void> written(StepRecord row) {
        String point = (row.undo() ? "undo " : "") + row.shown();
        if (crash("before " + point)) {
            return Future.failedFuture(new Fenced());
        }
        List<Object> key = List.of(row.node(), row.item(), row.undo());
        // Moves the row to the end: the timeline is in the order of the last writes.
        rows.remove(key);
        rows.put(key, new Row(row, time.get()));
        return crash("after " + point) ? Future.failedFuture(new Fenced()) : Future.succeededFuture();
    }

    @Override
    public Future<Void> changed(Run of, RunState state) {
        if (state.isEnd() && crash("before the end")) {
            return Future.failedFuture(new Fenced());
        }
        compensating |= state == RunState.COMPENSATING;
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
    public Future<StepResult> inTransaction(Run of, Position position, Function<Session, Future<StepResult>> work) {
        return Future.failedFuture(new Failure(
                FailureCode.UNEXPECTED_STATE, "a transactional step needs a database, so the kit cannot run it"));
    }
}
