package io.vinculum.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What may be composed, and what is said of what may not. */
class WorkflowTest {
    private static final Step<String, String> GREET =
            Step.of("greet", String.class, (name, context) -> "Hello " + name);
    private static final Step<String, String> SHOUT = Step.of("shout", String.class, (text, context) -> text + "!");

    private static void refused(Runnable composition, String... parts) {
        assertThatThrownBy(composition::run).isInstanceOf(Failure.class).hasMessageContainingAll(parts);
    }

    @Test
    void describesItsGraph() {
        Workflow<String, String> workflow = Workflow.define("welcome", String.class, flow -> {
            Value<String> greeting = flow.step(GREET, flow.input());
            flow.parallel(
                    () -> flow.step(SHOUT.named("loud"), greeting), () -> flow.sleep("rest", Duration.ofSeconds(5)));
            flow.when("long", flow.input(), name -> name.length() > 3)
                    .then(() -> flow.step(SHOUT.named("again"), greeting))
                    .otherwise(() -> flow.step(SHOUT.named("once"), greeting));
            Value<List<String>> letters = flow.transform(greeting, text -> List.of(text.split("", -1)));
            flow.forEach(SHOUT.named("each"), letters, 4);
            flow.hook("welcomed", greeting);
            return greeting;
        });

        assertThat(workflow.describe()).isEqualTo("""
                welcome
                  greet
                  loud after greet
                  rest for PT5S after greet
                  long? after loud, rest
                  again after long, if 'long' (then)
                  once after long, if 'long' (otherwise)
                  each for each, 4 at once after again, once
                  welcomed (hook) after each
                """);
    }

    @Test
    void refusesANameTwice() {
        refused(
                () -> Workflow.define("w", String.class, flow -> {
                    flow.step(GREET, flow.input());
                    return flow.step(GREET, flow.input());
                }),
                "the workflow w has two nodes called 'greet'",
                "named(\"…\")");
    }

    @Test
    void refusesAValueOfAnotherWorkflow() {
        AtomicReference<Value<String>> stolen = new AtomicReference<>();
        Workflow.define("first", String.class, flow -> {
            stolen.set(flow.input());
            return flow.input();
        });

        refused(
                () -> Workflow.define("second", String.class, flow -> flow.step(GREET, stolen.get())),
                "'greet' in second reads a value of the workflow first");
    }

    @Test
    void refusesAValueOfABranchThatMayNotBeTaken() {
        AtomicReference<Value<String>> inside = new AtomicReference<>();

        refused(
                () -> Workflow.define("w", String.class, flow -> {
                    flow.when("long", flow.input(), name -> name.length() > 3)
                            .then(() -> inside.set(flow.step(GREET, flow.input())));
                    return flow.step(SHOUT, inside.get());
                }),
                "'shout' in w reads a value of 'long' (then), which may not be taken",
                "when(…)");
    }

    @Test
    void refusesAValueOfWhatRunsBesideIt() {
        AtomicReference<Value<String>> beside = new AtomicReference<>();

        refused(
                () -> Workflow.define("w", String.class, flow -> {
                    flow.parallel(
                            () -> beside.set(flow.step(GREET, flow.input())), () -> flow.step(SHOUT, beside.get()));
                    return flow.input();
                }),
                "'shout' in w reads 'greet', which runs beside it");
    }

    @Test
    void refusesAHookThatIsNotThereOrFilledTwice() {
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            flow.hook("greeted", flow.input());
            return flow.input();
        });

        refused(() -> workflow.fill("greted", SHOUT), "no hook 'greted'", "greeted");
        refused(() -> workflow.fill("greeted", SHOUT).fill("greeted", GREET), "is filled already, by the step 'shout'");
    }

    @Test
    void refusesWhatIsAddedLater() {
        AtomicReference<Flow<String>> kept = new AtomicReference<>();
        Workflow.define("w", String.class, flow -> {
            kept.set(flow);
            return flow.input();
        });

        refused(() -> kept.get().step(GREET, kept.get().input()), "is added to w after it was composed");
    }

    @Test
    void refusesNamesAndOptionsThatCannotBe() {
        refused(
                () -> Step.of("", String.class, (String text, StepContext context) -> text),
                "a step's name is letters");
        refused(() -> Workflow.define("a/b", String.class, flow -> flow.input()), "a workflow's name", "'a/b'");
        refused(() -> GREET.retries(-1, Duration.ZERO), "retries must not be negative, was -1");
        refused(
                () -> Workflow.define("w", String.class, flow -> {
                    flow.forEach(SHOUT, flow.constant(List.of("a")), 0);
                    return flow.input();
                }),
                "at least one at once, was 0");
        refused(
                () -> GREET.compensate((done, context) -> {}).compensate((done, context) -> {}),
                "'greet' has its compensation already");
    }
}
