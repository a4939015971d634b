package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.internal.ArrayTuple;
import io.vinculum.plan.ObjectShape;
import io.vinculum.selection.QueryLimits;
import io.vinculum.value.ScalarWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collector;
import org.junit.jupiter.api.Test;

/** What is counted of the rows that are read, and when reading stops. */
class RowBudgetTest {
    private static final long MEBI = 1 << 20;

    /** A record's text in the first column; its list's key and value behind it. */
    private static final RowSize RECORD_WITH_LIST = RowSize.of(new ObjectShape(List.of(
            new ObjectShape.Value("text", 0, ScalarWriter.TEXT),
            new ObjectShape.ListInside(
                    "tracks", 1, new ObjectShape(List.of(new ObjectShape.Value("id", 2, ScalarWriter.TEXT)))))));

    /** Rows below others: the parent's key in the first column is not written. */
    private static final RowSize CHILDREN =
            RowSize.of(new ObjectShape(List.of(new ObjectShape.Value("id", 1, ScalarWriter.TEXT))));

    private final AtomicInteger stops = new AtomicInteger();

    private static final class Values extends ArrayTuple implements Row {
        Values(Object... values) {
            super(Arrays.asList(values));
        }

        @Override
        public String getColumnName(int position) {
            return "c" + position;
        }

        @Override
        public int getColumnIndex(String name) {
            return Integer.parseInt(name.substring(1));
        }
    }

    private static RowBudget budget(int rows, long answerBytes) {
        QueryLimits limits =
                new QueryLimits(10, 500, 500, 10_000, rows, answerBytes, 256 * MEBI, 8 * MEBI, Duration.ofSeconds(10));
        MemoryBudget memory = new MemoryBudget(limits.memoryBytes(), limits.answerBytes(), 4);
        return new RowBudget(
                limits,
                MemoryShare.of(memory, MemoryShare.Kind.SMALL, io.vinculum.deadline.Deadline.NONE)
                        .result());
    }

    private List<Row> read(RowBudget budget, Attempt attempt, RowSize size, boolean repeats, int count, Values row) {
        Collector<Row, Attempt.Tally, List<Row>> collector =
                attempt.collector(budget.left(), size, repeats, "rows", stops::incrementAndGet);
        Attempt.Tally tally = collector.supplier().get();
        for (int i = 0; i < count; i++) {
            collector.accumulator().accept(tally, row);
        }
        return collector.finisher().apply(tally);
    }

    @Test
    void aLargeRecordIsNotReadAgainForEachRowOfItsList() {
        RowBudget budget = budget(100_000, 32 * MEBI);

        read(budget, new Attempt(budget), RECORD_WITH_LIST, false, 4, new Values("x".repeat(100_000), 1, "1"));

        assertThat(budget.tooLargeToRepeat()).isTrue();
        assertThat(stops).hasValue(1);
    }

    @Test
    void aRepeatedRecordCountsOnceInTheAnswer() {
        RowBudget budget = budget(100_000, 2_000);

        assertThat(read(
                        budget,
                        new Attempt(budget),
                        RECORD_WITH_LIST,
                        true,
                        100,
                        new Values("x".repeat(1_000), 1, "1")))
                .hasSize(100);
        assertThat(budget.left()).as("the record, and its list").isEqualTo(100_000 - 101);
    }

    @Test
    void aParentKeyIsNoPartOfTheAnswer() {
        RowBudget budget = budget(100_000, 2_000);

        assertThat(read(budget, new Attempt(budget), CHILDREN, true, 100, new Values("k".repeat(1_000), "1")))
                .hasSize(100);
        assertThat(budget.isSpent()).isFalse();
    }

    @Test
    void whatALostAttemptReadIsGivenBack() {
        RowBudget budget = budget(100, MEBI);
        Attempt attempt = new Attempt(budget);
        Values row = new Values("k", "1");
        read(budget, attempt, CHILDREN, true, 100, row);

        attempt.giveBack();

        assertThat(budget.left()).isEqualTo(100);
        assertThat(read(budget, attempt, CHILDREN, true, 100, row)).hasSize(100);
    }

    @Test
    void oneRowTooManyIsNoticedHoweverFewWereCountedTogether() {
        for (int most : List.of(0, 1, 63, 64, 65, 1_000)) {
            RowBudget exact = budget(most, MEBI);
            RowBudget over = budget(most, MEBI);
            Values row = new Values("k", "1");

            assertThat(read(exact, new Attempt(exact), CHILDREN, true, most, row))
                    .hasSize(most);
            read(over, new Attempt(over), CHILDREN, true, most + 1, row);

            assertThat(exact.isSpent()).isFalse();
            assertThat(over.spent().orElseThrow()).hasMessageContaining("more than " + most + " rows");
        }
    }
}
