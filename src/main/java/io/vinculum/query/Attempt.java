package io.vinculum.query;

import io.vertx.sqlclient.Row;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.query.RowBudget.Amount;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/**
 * What the statements of one attempt have read. When the connection is lost under them, the next attempt reads the same
 * again; what this one took of the budget is given back then.
 */
final class Attempt {
    private static final Amount NOTHING = new Amount(0, 0, 0);

    /** How much of a statement may be uncounted; the shared counters are too dear to be asked for each row. */
    private static final int UNCOUNTED_ROWS = 64;

    private static final long UNCOUNTED_MEMORY = 64 << 10;

    /** How many bytes of one record may be read in vain, before its list is read by a statement of its own. */
    private static final long REPEATED_BYTES = 256 << 10;

    private final RowBudget budget;
    private final List<Statement> ran = new ArrayList<>();
    private Amount taken = NOTHING;

    Attempt(RowBudget budget) {
        this.budget = budget;
    }

    void runs(Statement statement) {
        ran.add(statement);
    }

    /** The statements in the order in which they were sent. */
    List<Statement> ran() {
        return ran;
    }

    private @Nullable Failure take(Amount amount, int most, String what) {
        synchronized (this) {
            taken = taken.plus(amount);
        }
        return budget.take(amount, most, what);
    }

    synchronized void giveBack() {
        budget.giveBack(taken);
        taken = NOTHING;
        ran.clear();
    }

    /**
     * Collects the rows of a statement.
     *
     * @param most the most rows it may answer, of those that are left
     * @param repeats whether its rows may repeat a record however large it is
     * @param what the rows, for the message
     * @param stop stops the statement
     */
    Collector<Row, Tally, List<Row>> collector(int most, RowSize size, boolean repeats, String what, Runnable stop) {
        return Collector.of(
                () -> new Tally(most, size, repeats, what, stop), Tally::add, (one, two) -> one, Tally::finish);
    }

    /** The rows of one statement as they come. */
    final class Tally {
        private final int most;
        private final RowSize size;
        private final boolean repeats;
        private final String what;
        private final Runnable stop;
        private final List<Row> rows = new ArrayList<>();
        private int shown;
        private long bytes;
        private long memory;
        private int uncounted;
        private long repeated;

        private Tally(int most, RowSize size, boolean repeats, String what, Runnable stop) {
            this.most = most;
            this.size = size;
            this.repeats = repeats;
            this.what = what;
            this.stop = stop;
        }

        private void add(Row row) {
            if (budget.isSpent()) {
                return;
            }
            if (rows.size() >= most) {
                spend(RowBudget.tooManyRows(most, what));
                return;
            }
            boolean first = rows.isEmpty();
            if (!repeats && !first) {
                repeated += size.recordBytes(row);
                if (repeated > REPEATED_BYTES) {
                    stopped(budget.spendOnRepeats());
                    return;
                }
            }
            rows.add(row);
            shown += size.shown(row, first);
            bytes += size.leastBytes(row, first);
            memory += RowSize.memory(row);
            if (++uncounted >= UNCOUNTED_ROWS || memory >= UNCOUNTED_MEMORY) {
                count();
            }
        }

        private void count() {
            Failure why = take(new Amount(shown, bytes, memory), most, what);
            shown = 0;
            bytes = 0;
            memory = 0;
            uncounted = 0;
            if (why != null) {
                spend(why);
            }
        }

        private void spend(Failure why) {
            stopped(budget.spend(why));
        }

        private void stopped(boolean first) {
            rows.clear();
            if (first) {
                stop.run();
            }
        }

        /** The statement has ended; there is nothing to stop any more. */
        private List<Row> finish() {
            Failure why =
                    uncounted == 0 || budget.isSpent() ? null : take(new Amount(shown, bytes, memory), most, what);
            if (why != null) {
                rows.clear();
                budget.spend(why);
            }
            return rows;
        }
    }
}
