package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vinculum.deadline.Deadline;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final long MEBI = 1 << 20;

    private final MemoryBudget budget = new MemoryBudget(4 * MEBI, MEBI);

    private MemoryShare small() {
        return TestDatabase.await(MemoryShare.small(budget, Deadline.NONE));
    }

    @Test
    void aShareGrowsWhileThereIsMemory() {
        MemoryShare share = small();

        assertThat(share.take(3 * MEBI)).isTrue();
        assertThat(share.take(2 * MEBI)).isFalse();
        assertThat(share.starved()).isTrue();
    }

    @Test
    void aFullShareWaitsUntilEverythingIsFree() {
        MemoryShare small = small();
        Future<MemoryShare> full = MemoryShare.full(budget, Deadline.NONE);
        assertThat(full.isComplete()).isFalse();

        small.release();

        MemoryShare share = TestDatabase.await(full);
        assertThat(share.take(4 * MEBI)).isTrue();
        assertThat(share.take(1)).isFalse();
        assertThat(share.starved()).as("a full share has all there is").isFalse();
    }

    @Test
    void newcomersQueueBehindALargeShare() {
        MemoryShare small = small();
        Future<MemoryShare> full = MemoryShare.full(budget, Deadline.NONE);
        Future<MemoryShare> newcomer = MemoryShare.small(budget, Deadline.NONE);
        assertThat(newcomer.isComplete()).isFalse();

        small.release();
        TestDatabase.await(full).release();

        assertThat(newcomer.isComplete()).isTrue();
    }

    @Test
    void aWaitThatEndsTakesNothing() {
        MemoryShare small = small();
        Deadline deadline = Deadline.after(Duration.ofMinutes(1));
        Future<MemoryShare> full = MemoryShare.full(budget, deadline);

        deadline.abandon();

        assertThatThrownBy(() -> TestDatabase.await(full)).hasMessageContaining("try again in a moment");
        small.release();
        assertThat(TestDatabase.await(MemoryShare.full(budget, Deadline.NONE)).take(4 * MEBI))
                .isTrue();
    }
}
