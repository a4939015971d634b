package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vinculum.deadline.Deadline;
import io.vinculum.query.MemoryShare.Kind;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final long MEBI = 1 << 20;

    /** One mebibyte of small shares, three of more, two turns. */
    private final MemoryBudget budget = new MemoryBudget(4 * MEBI, MEBI, 2);

    private Future<MemoryShare> asked(Kind kind) {
        return MemoryShare.of(budget, kind, Deadline.NONE);
    }

    private MemoryShare share(Kind kind) {
        return TestDatabase.await(asked(kind));
    }

    @Test
    void aShareGrowsWhileThereIsMemory() {
        MemoryShare share = share(Kind.SMALL);

        assertThat(share.take(MemoryBudget.SMALL)).isTrue();
        assertThat(share.isLarge()).isFalse();
        assertThat(share.take(3 * MEBI)).isTrue();
        assertThat(share.isLarge()).isTrue();
        assertThat(share.take(MEBI)).isFalse();
        assertThat(share.starved()).isTrue();
        assertThat(share.next()).isEqualTo(Kind.FULL);
    }

    @Test
    void onlySoManyAnswersGrowAtTheSameTime() {
        MemoryShare first = share(Kind.SMALL);
        MemoryShare second = share(Kind.SMALL);
        MemoryShare third = share(Kind.SMALL);
        assertThat(first.take(MEBI)).isTrue();
        assertThat(second.take(MEBI)).isTrue();

        assertThat(third.take(MEBI)).isFalse();
        assertThat(third.next()).isEqualTo(Kind.TURN);
        third.release();
        Future<MemoryShare> turn = asked(Kind.TURN);
        assertThat(turn.isComplete()).isFalse();

        first.release();
        assertThat(TestDatabase.await(turn).take(MEBI)).isTrue();
    }

    @Test
    void aFullShareWaitsUntilEverythingIsFree() {
        MemoryShare growing = share(Kind.SMALL);
        growing.take(MEBI);
        Future<MemoryShare> full = asked(Kind.FULL);
        assertThat(full.isComplete()).isFalse();

        growing.release();

        MemoryShare share = TestDatabase.await(full);
        assertThat(share.take(3 * MEBI)).isTrue();
        assertThat(share.take(1)).isFalse();
        assertThat(share.starved()).as("a full share has all there is").isFalse();
    }

    @Test
    void smallAnswersDoNotWaitForLargeOnes() {
        MemoryShare full = share(Kind.FULL);
        Future<MemoryShare> another = asked(Kind.FULL);
        Future<MemoryShare> third = asked(Kind.TURN);
        assertThat(another.isComplete()).isFalse();
        assertThat(third.isComplete()).isFalse();

        share(Kind.SMALL).release();

        full.release();
        TestDatabase.await(another);
    }

    @Test
    void aWaitThatEndsTakesNothing() {
        MemoryShare holder = share(Kind.FULL);
        Deadline deadline = Deadline.after(Duration.ofMinutes(1));
        Future<MemoryShare> full = MemoryShare.of(budget, Kind.FULL, deadline);

        deadline.abandon();

        assertThatThrownBy(() -> TestDatabase.await(full)).hasMessageContaining("try again in a moment");
        holder.release();
        share(Kind.FULL).release();
        share(Kind.TURN);
        share(Kind.TURN);
    }
}
