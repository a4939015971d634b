package io.vinculum.query;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import io.vinculum.database.Database;
import io.vinculum.database.Database.NotShort;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.plan.Level;
import io.vinculum.plan.ShortRead;
import io.vinculum.query.CompiledPlan.LookUp;
import io.vinculum.selection.QueryLimits;
import io.vinculum.selection.Selection.Paging;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the levels of the plans of one request: the statements of a level go out together, those of its children
 * afterwards. All levels in this database between two asks of modules elsewhere are one snapshot; no connection is held
 * while another module is asked.
 */
final class Execution {
    private final Database database;
    private final RemoteRows remote;
    private final QueryLimits limits;
    private final Deadline deadline;
    private final RowBudget budget;
    private final boolean separate;
    /** Whether the children of the one root are the last statements of its snapshot. */
    private boolean endsBelowRoot;

    private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();

    /**
     * Makes the execution of one attempt.
     *
     * @param separate whether the list of one record is read by a statement of its own
     */
    Execution(
            Database database,
            RemoteRows remote,
            QueryLimits limits,
            Deadline deadline,
            RowBudget budget,
            boolean separate) {
        this.database = database;
        this.remote = remote;
        this.limits = limits;
        this.deadline = deadline;
        this.budget = budget;
        this.separate = separate;
    }

    /** The statements that ran, for {@code EXPLAIN}. */
    List<Statement> ran() {
        return attempts.stream().flatMap(attempt -> attempt.ran().stream()).toList();
    }

    /** Asks of modules elsewhere that wait until the connection of their parents' stretch is free. */
    private static final class Later {
        private final List<Supplier<Future<Void>>> asks = new ArrayList<>();

        void add(Supplier<Future<Void>> ask) {
            asks.add(ask);
        }

        Future<Void> run() {
            return asks.isEmpty()
                    ? Future.succeededFuture()
                    : Future.all(asks.stream().map(Supplier::get).toList()).mapEmpty();
        }
    }

    /** Answers several selections in their order. */
    Future<List<Answer>> run(List<Bound> selections) {
        selections.forEach(this::checkTake);
        LookUp lookUp = separate || selections.size() != 1 || !database.looksUp()
                ? null
                : selections.get(0).plan().lookUp();
        if (lookUp == null) {
            return runLevels(selections);
        }
        return lookUp.isShort()
                ? lookedUp(selections, lookUp)
                        .recover(
                                cause -> cause instanceof NotShort ? runLevels(selections) : Future.failedFuture(cause))
                : timed(selections, lookUp);
    }

    private Future<List<Answer>> timed(List<Bound> selections, LookUp lookUp) {
        long start = System.nanoTime();
        return runLevels(selections)
                .onSuccess(answers -> lookUp.answered(answers.get(0).rowsRead(), System.nanoTime() - start));
    }

    private Future<List<Answer>> lookedUp(List<Bound> selections, LookUp lookUp) {
        return lookedUp(selections.get(0), lookUp).map(rows -> answers(selections, List.of(rows)));
    }

    /** Reads what one short statement answers. */
    private Future<LevelRows> lookedUp(Bound bound, LookUp lookUp) {
        CompiledLevel level = bound.plan().root();
        Level.Read read = (Level.Read) level.level();
        Attempt attempt = new Attempt(budget);
        attempts.add(attempt);
        int most = mostOfRoot(read);
        Statement statement = lookUp.sql().bind(bound.values(), List.of(), Math.min(most, ShortRead.ROWS));
        // Never stopped: others share the connection.
        return database.lookUp(
                        deadline,
                        session -> run(
                                new Reading(session, attempt),
                                statement,
                                most,
                                level.size(),
                                level.separately().isEmpty(),
                                read.name()))
                .map(rows -> {
                    if (rows.size() > ShortRead.ROWS) {
                        throw new NotShort();
                    }
                    return arranged(level, read, rows);
                })
                .onFailure(cause -> {
                    attempt.giveBack();
                    if (cause instanceof NotShort) {
                        lookUp.heldUpOthers();
                    }
                });
    }

    private Future<List<Answer>> runLevels(List<Bound> selections) {
        if (selections.size() == 1) {
            endsBelowRoot = root(selections.get(0)).children().stream().allMatch(CompiledLevel::isLeaf);
        }
        List<@Nullable LevelRows> roots = new ArrayList<>(selections.size());
        selections.forEach(selection -> roots.add(null));
        return stretch(isOneStatement(selections), (reading, later) -> {
                    List<Future<?>> fetched = new ArrayList<>();
                    for (int i = 0; i < selections.size(); i++) {
                        fetched.add(root(reading, selections, i, roots, later));
                    }
                    return fetched;
                })
                .map(done -> answers(selections, roots));
    }

    private boolean isOneStatement(List<Bound> selections) {
        return !separate
                && selections.size() == 1
                && selections.get(0).plan().plan().single();
    }

    private CompiledLevel root(Bound bound) {
        CompiledLevel whole = bound.plan().root();
        return separate ? whole.separately().orElse(whole) : whole;
    }

    private Future<?> root(
            Reading reading, List<Bound> selections, int index, List<@Nullable LevelRows> roots, Later later) {
        Bound bound = selections.get(index);
        CompiledLevel root = root(bound);
        if (root.level() instanceof Level.Ask ask) {
            later.add(() -> ask(root, ask, bound, null, List.of(), rows -> roots.set(index, rows)));
            return Future.succeededFuture();
        }
        int most = mostOfRoot((Level.Read) root.level());
        return fetch(reading, root, bound, List.of(), most, later).onSuccess(rows -> roots.set(index, rows));
    }

    private int mostOfRoot(Level.Read root) {
        return root.listInside() ? budget.left() : Math.min(limits.rootRows(), budget.left());
    }

    private List<Answer> answers(List<Bound> selections, List<? extends @Nullable LevelRows> roots) {
        List<Answer> answers = new ArrayList<>();
        List<LevelRows> there = new ArrayList<>();
        for (int i = 0; i < selections.size(); i++) {
            LevelRows rows = Objects.requireNonNull(roots.get(i));
            there.add(rows);
            Answer answer = new Answer(selections.get(i), rows);
            answer.checkKeys();
            answers.add(answer);
        }
        budget.checkRendered(there);
        return answers;
    }

    /** A page that is longer than any answer is refused at once, however few rows there are. */
    private void checkTake(Bound bound) {
        Paging paging = bound.plan().plan().paging();
        paging.take().ifPresent(slot -> {
            long take = (Long) slot.bind(bound.values());
            if (take > limits.rootRows()) {
                throw new Failure(
                        FailureCode.TOO_LARGE,
                        slot.where() + " takes at most " + limits.rootRows() + ", was " + take
                                + "; read the rows page by page");
            }
        });
    }

    /** What reads in one snapshot; it may leave asks for later. */
    private interface Stretch {
        List<Future<?>> read(Reading reading, Later later);
    }

    /** One attempt at a stretch. */
    private record Reading(Session session, Attempt attempt) {}

    private Future<Void> stretch(boolean oneStatement, Stretch work) {
        Attempt attempt = new Attempt(budget);
        attempts.add(attempt);
        // What is left for later belongs to the attempt that read it: a lost connection begins another.
        Function<Session, Future<Later>> reading = session -> {
            attempt.giveBack();
            Later later = new Later();
            return Future.all(work.read(new Reading(session, attempt), later)).map(later);
        };
        Future<Later> read = oneStatement ? database.read(deadline, reading) : database.snapshot(deadline, reading);
        return read.recover(this::explained).compose(Later::run);
    }

    /** A statement that was stopped because the budget is spent fails with that, not with its end. */
    private <T> Future<T> explained(Throwable cause) {
        return Future.failedFuture(budget.spent().<Throwable>map(why -> why).orElse(cause));
    }

    private Future<LevelRows> fetch(
            Reading reading, CompiledLevel level, Bound bound, List<?> parentKeys, int most, Later later) {
        Level.Read read = (Level.Read) level.level();
        if (read.parentColumn() >= 0 && parentKeys.isEmpty()) {
            return below(reading, LevelRows.grouped(level, List.of()), bound, later);
        }
        Statement statement = level.sql().orElseThrow().bind(bound.values(), parentKeys, most);
        boolean repeats = level.separately().isEmpty();
        return run(reading, statement, most, level.size(), repeats, read.name())
                .compose(rows -> below(reading, arranged(level, read, rows), bound, later));
    }

    private Future<List<Row>> run(
            Reading reading, Statement statement, int most, RowSize size, boolean repeats, String what) {
        Session session = reading.session();
        reading.attempt().runs(statement);
        return session.run(statement, reading.attempt().collector(most, size, repeats, what, session::cancel))
                .compose(rows -> budget.spent()
                        .<Future<List<Row>>>map(Future::failedFuture)
                        .orElseGet(() -> Future.succeededFuture(rows)));
    }

    private static LevelRows arranged(CompiledLevel level, Level.Read read, List<Row> rows) {
        if (read.parentColumn() >= 0) {
            return LevelRows.grouped(level, rows);
        }
        if (read.countColumn() >= 0) {
            return LevelRows.counted(level, rows, read.countColumn());
        }
        return read.listInside() ? LevelRows.ofOneRecord(level, rows) : LevelRows.root(level, rows, -1);
    }

    private Future<LevelRows> below(Reading reading, LevelRows rows, Bound bound, Later later) {
        List<CompiledLevel> children = rows.level().children();
        if (children.isEmpty()) {
            return Future.succeededFuture(rows);
        }
        List<Future<?>> fetched = new ArrayList<>();
        for (int i = 0; i < children.size(); i++) {
            fetched.add(child(reading, rows, i, bound, later));
        }
        if (endsBelowRoot && rows.level().level().parentColumn() < 0) {
            reading.session().complete();
        }
        return Future.all(fetched).map(rows);
    }

    private Future<?> child(Reading reading, LevelRows parents, int index, Bound bound, Later later) {
        CompiledLevel child = parents.level().children().get(index);
        List<Object> keys = parents.keys(child.level().parentColumn());
        if (child.level() instanceof Level.Read) {
            return fetch(reading, child, bound, keys, budget.left(), later)
                    .onSuccess(rows -> parents.setChild(index, rows));
        }
        Level.Ask ask = (Level.Ask) child.level();
        if (keys.isEmpty()) {
            parents.setChild(index, LevelRows.grouped(child, List.of()));
            return below(reading, parents.child(index), bound, later);
        }
        if (child.sql().isEmpty()) {
            later.add(() -> ask(child, ask, bound, keys, List.of(), rows -> parents.setChild(index, rows)));
            return Future.succeededFuture();
        }
        Statement pairs = child.sql().get().bind(bound.values(), keys, budget.left());
        return run(
                        reading,
                        pairs,
                        budget.left(),
                        RowSize.UNWRITTEN,
                        true,
                        "pairs of " + ask.selection().entity().name())
                .onSuccess(found ->
                        later.add(() -> ask(child, ask, bound, null, found, rows -> parents.setChild(index, rows))));
    }

    /** Asks a module elsewhere, then reads what is below its rows in a stretch of its own. */
    private Future<Void> ask(
            CompiledLevel level,
            Level.Ask ask,
            Bound bound,
            @Nullable List<?> keys,
            List<Row> pairs,
            Consumer<LevelRows> take) {
        RemoteAnswer asking = new RemoteAnswer(ask, bound.values(), deadline);
        int most = ask.parentColumn() < 0 ? Math.min(limits.rootRows(), budget.left()) : budget.left();
        return asking.rows(remote, keys, pairs, most).compose(answer -> {
            List<? extends Tuple> found = answer.rows();
            if (ask.parentColumn() < 0 && found.size() > most) {
                throw RowBudget.tooManyRows(most, ask.selection().entity().name());
            }
            budget.took(found, level.size(), ask.selection().entity().name());
            LevelRows rows = ask.parentColumn() < 0
                    ? LevelRows.root(level, found, answer.count())
                    : LevelRows.grouped(level, found);
            take.accept(rows);
            return level.children().isEmpty()
                    ? Future.succeededFuture()
                    : stretch(false, (reading, later) -> List.of(below(reading, rows, bound, later)));
        });
    }
}
