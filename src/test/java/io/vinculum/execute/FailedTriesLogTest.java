package io.vinculum.execute;

import static org.assertj.core.api.Assertions.assertThat;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Workflow;
import io.vinculum.kit.WorkflowKit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the log, which tests keep in a file, has of a step that fails. */
class FailedTriesLogTest {
    private static final Path LOG = Path.of("target", "test-log.txt");

    @Test
    void aTryThatIsFollowedByAnotherIsOneLineWithoutAStack() throws IOException {
        String mark = "mark-" + UUID.randomUUID();
        AtomicInteger tries = new AtomicInteger();
        Step<String, String> step = Step.of("flaky", String.class, (String input, StepContext context) -> {
                    if (tries.incrementAndGet() < 3) {
                        throw new IllegalStateException(mark);
                    }
                    return input;
                })
                .retries(3, Duration.ofMillis(1));
        Workflow<String, String> workflow =
                Workflow.define("flaky", String.class, flow -> flow.step(step, flow.input()));
        try (WorkflowKit kit = new WorkflowKit()) {
            kit.run(workflow, "in");
        }

        assertThat(tries).hasValue(3);
        assertThat(after(mark))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains(" WARN ", "may be tried again"));
        assertThat(Files.readString(LOG)).doesNotContain(mark + "\n\tat ");
    }

    @Test
    void theLastFailureKeepsItsStack() throws IOException {
        String mark = "mark-" + UUID.randomUUID();
        Failure failure = Failure.of(new IllegalStateException(mark));

        assertThat(failure.code()).isEqualTo(FailureCode.INTERNAL);
        assertThat(Files.readString(LOG)).contains(mark + "\n\tat ");
    }

    private static java.util.List<String> after(String mark) throws IOException {
        return Files.readAllLines(LOG).stream()
                .filter(line -> line.contains(mark))
                .toList();
    }
}
