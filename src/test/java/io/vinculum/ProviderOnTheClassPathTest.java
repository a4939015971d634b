package io.vinculum;

import static org.assertj.core.api.Assertions.assertThat;

import io.vinculum.command.ServeCommand;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Workflow;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A provider is found by its name in {@code META-INF/services}, as the one of a user's jar is. */
class ProviderOnTheClassPathTest {

    /** Brings one workflow. */
    public static final class Greetings implements WorkflowProvider {
        @Override
        public List<Workflow<?, ?>> workflows(Vinculum node) {
            Step<String, String> greet =
                    Step.of("greet", String.class, (String name, StepContext context) -> "Hello " + name);
            return List.of(Workflow.define("greet", String.class, flow -> flow.step(greet, flow.input())));
        }
    }

    @Test
    void serveFindsIt() {
        assertThat(ServeCommand.found()).hasAtLeastOneElementOfType(Greetings.class);
    }
}
