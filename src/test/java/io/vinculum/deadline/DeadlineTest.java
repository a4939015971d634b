package io.vinculum.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {
    @Test
    void itEndsOnceAndRunsWhatWasRegistered() {
        Deadline deadline = Deadline.after(Duration.ofMinutes(1));
        AtomicInteger ran = new AtomicInteger();
        Runnable forgotten = () -> ran.addAndGet(100);
        deadline.onEnd(ran::incrementAndGet);
        deadline.onEnd(forgotten);
        deadline.forget(forgotten);
        assertThat(deadline.ended()).isEmpty();

        deadline.abandon();
        deadline.expire();

        assertThat(ran).hasValue(1);
        assertThat(deadline.ended().orElseThrow()).hasMessageContaining("went away");
        deadline.onEnd(ran::incrementAndGet);
        assertThat(ran).hasValue(2);
    }

    @Test
    void itEndsWhenItsTimeIsOver() {
        Deadline deadline = Deadline.after(Duration.ZERO);

        assertThat(deadline.passed()).isTrue();
        assertThat(deadline.ended().orElseThrow()).hasMessageContaining("within 0 ms");
        assertThat(deadline.left()).isZero();
    }

    @Test
    void noneNeverEnds() {
        Deadline.NONE.abandon();

        assertThat(Deadline.NONE.ended()).isEmpty();
        assertThat(Deadline.NONE.passed()).isFalse();
    }

    @Test
    void aHeaderShortensItAndNeverMakesItLonger() {
        assertThat(Deadline.ofHeader("50", Duration.ofSeconds(10)).left()).isLessThanOrEqualTo(Duration.ofMillis(50));
        assertThat(Deadline.ofHeader("99999999", Duration.ofSeconds(10)).left())
                .isLessThanOrEqualTo(Duration.ofSeconds(10));
        assertThat(Deadline.ofHeader(null, Duration.ofSeconds(10)).left()).isGreaterThan(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "0", "1.5", "99999999999999999999"})
    void aHeaderThatIsNoNumberIsRefused(String header) {
        assertThatThrownBy(() -> Deadline.ofHeader(header, Duration.ofSeconds(1)))
                .hasMessageContainingAll("takes the milliseconds that are left", header);
    }
}
