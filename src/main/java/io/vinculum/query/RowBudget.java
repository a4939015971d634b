package io.vinculum.query;

import io.vertx.sqlclient.Tuple;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.selection.QueryLimits;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How many rows and bytes one request may still read, over all of its levels and root fields. When it is spent, the
 * statement that spends it is stopped and no further row is kept.
 */
final class RowBudget {
    private final QueryLimits limits;
    private final MemoryShare memory;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicReference<@Nullable Failure> spent = new AtomicReference<>();
    private volatile boolean tooLargeToRepeat;

    RowBudget(QueryLimits limits, MemoryShare memory) {
        this.limits = limits;
        this.memory = memory;
    }

    /** How many rows may still come. */
    int left() {
        return (int) Math.max(0, limits.rows() - rows.get());
    }

    /** Why it is spent; empty as long as it is not. */
    Optional<Failure> spent() {
        return Optional.ofNullable(spent.get());
    }

    boolean isSpent() {
        return spent.get() != null;
    }

    /** Spends it; answers whether this was the first reason to. */
    boolean spend(Failure why) {
        return spent.compareAndSet(null, why);
    }

    /** Spends it because the rows of a list repeat a large record; the same can be read by two statements. */
    boolean spendOnRepeats() {
        boolean first = spend(tooManyBytes());
        tooLargeToRepeat |= first;
        return first;
    }

    /** Whether the rows of a list repeated too large a record. */
    boolean tooLargeToRepeat() {
        return tooLargeToRepeat;
    }

    /** Takes what some rows need; answers why they are too many, or null. */
    @Nullable
    Failure take(Amount amount, int most, String what) {
        if (rows.addAndGet(amount.rows()) > limits.rows()) {
            return tooManyRows(Math.min(most, limits.rows()), what);
        }
        if (bytes.addAndGet(amount.bytes()) > limits.answerBytes()) {
            return tooManyBytes();
        }
        return memory.take(amount.memory()) ? null : memory.refusal();
    }

    /** Gives back what an attempt took whose rows are not used. */
    void giveBack(Amount amount) {
        rows.addAndGet(-amount.rows());
        bytes.addAndGet(-amount.bytes());
        memory.giveBack(amount.memory());
    }

    /** Counts rows that a module elsewhere answered. */
    void took(List<? extends Tuple> more, RowSize size, String what) {
        long least = 0;
        long held = 0;
        for (Tuple row : more) {
            least += size.leastBytes(row, false);
            held += RowSize.memory(row);
        }
        Failure why = take(new Amount(more.size(), least, held), limits.rows(), what);
        if (why != null) {
            throw why;
        }
    }

    /** Rows with the fewest bytes that they have in the answer, and the memory that they take. */
    record Amount(long rows, long bytes, long memory) {
        Amount plus(Amount other) {
            return new Amount(rows + other.rows, bytes + other.bytes, memory + other.memory);
        }
    }

    static Failure tooManyRows(int most, String what) {
        return new Failure(
                FailureCode.TOO_LARGE,
                "the answer has more than " + most + " rows (at: " + what
                        + "); ask for less with take, relations or filters");
    }

    private Failure tooManyBytes() {
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
}
