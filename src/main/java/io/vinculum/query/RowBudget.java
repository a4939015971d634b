package io.vinculum.query;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.selection.QueryLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/**
 * How many rows and bytes one request may still read, over all of its levels and root fields. When it is spent, the
 * statement that spends it is stopped and no further row is kept.
 */
final class RowBudget {
    private static final int ROW_MEMORY = 64;
    private static final int VALUE_MEMORY = 56;

    private final QueryLimits limits;
    private final MemoryShare memory;
    private final AtomicInteger rows = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicReference<@Nullable Failure> spent = new AtomicReference<>();

    RowBudget(QueryLimits limits, MemoryShare memory) {
        this.limits = limits;
        this.memory = memory;
    }

    /** How many rows may still come. */
    int left() {
        return Math.max(0, limits.rows() - rows.get());
    }

    /** The bytes that were read, without any that are written around them. */
    long bytes() {
        return bytes.get();
    }

    /** Why it is spent; empty as long as it is not. */
    Optional<Failure> spent() {
        return Optional.ofNullable(spent.get());
    }

    /**
     * Collects the rows of a statement.
     *
     * @param most the most rows it may answer, of those that are left
     * @param what the rows, for the message
     * @param stop stops the statement
     */
    Collector<Row, List<Row>, List<Row>> collector(int most, String what, Runnable stop) {
        return Collector.of(ArrayList::new, (list, row) -> take(list, row, most, what, stop), (one, two) -> one);
    }

    private void take(List<Row> list, Row row, int most, String what, Runnable stop) {
        if (spent.get() != null) {
            return;
        }
        Failure why = refusal(row, list.size(), most, what);
        if (why == null) {
            list.add(row);
        } else if (spent.compareAndSet(null, why)) {
            list.clear();
            stop.run();
        }
    }

    private @Nullable Failure refusal(Row row, int before, int most, String what) {
        if (before >= most || rows.incrementAndGet() > limits.rows()) {
            return tooManyRows(Math.min(most, limits.rows()), what);
        }
        if (bytes.addAndGet(leastBytes(row, 0)) > limits.answerBytes()) {
            return tooManyBytes();
        }
        return memory.take(memory(row)) ? null : memory.refusal();
    }

    /** Counts rows that a module elsewhere answered. */
    void took(int more, String what) {
        if (rows.addAndGet(more) > limits.rows()) {
            throw tooManyRows(limits.rows(), what);
        }
    }

    private static Failure tooManyRows(int most, String what) {
        return new Failure(
                FailureCode.TOO_LARGE,
                "the answer has more than " + most + " rows (at: " + what
                        + "); ask for less with take, relations or filters");
    }

    Failure tooManyBytes() {
        return new Failure(
                FailureCode.TOO_LARGE,
                "the answer is larger than " + limits.answerBytes()
                        + " bytes; ask for less with fields, take or filters");
    }

    /**
     * Checks an answer before it is written.
     *
     * @throws Failure {@code TOO_LARGE} when more rows or bytes would be written than may be
     */
    void checkRendered(List<LevelRows> roots) {
        if (roots.stream().anyMatch(LevelRows::repeats)) {
            checkRepeated(roots);
        }
        if (!memory.take(bytes.get())) {
            throw memory.refusal();
        }
    }

    private void checkRepeated(List<LevelRows> roots) {
        long shown = 0;
        long written = 0;
        for (LevelRows root : roots) {
            RenderedSize size = RenderedSize.of(root);
            shown = Math.max(shown, shown + size.rows());
            written = Math.max(written, written + size.bytes());
        }
        if (shown > limits.rows()) {
            throw new Failure(
                    FailureCode.TOO_LARGE,
                    "the answer would show more than " + limits.rows() + " rows (" + shown
                            + ", each counted every time it is shown); ask for less with take, relations or filters");
        }
        if (written > limits.answerBytes()) {
            throw tooManyBytes();
        }
        bytes.accumulateAndGet(written, Math::max);
    }

    /** The fewest bytes of JSON that the values of a row take, from a column on. */
    static long leastBytes(Tuple row, int firstColumn) {
        long sum = 0;
        for (int i = firstColumn; i < row.size(); i++) {
            sum += row.getValue(i) instanceof String text ? text.length() : 1;
        }
        return sum;
    }

    private static long memory(Row row) {
        long sum = ROW_MEMORY;
        for (int i = 0; i < row.size(); i++) {
            Object value = row.getValue(i);
            sum += VALUE_MEMORY;
            if (value instanceof String text) {
                sum += text.length();
            } else if (value instanceof Object[] array) {
                sum += (long) VALUE_MEMORY * array.length;
            }
        }
        return sum;
    }
}
