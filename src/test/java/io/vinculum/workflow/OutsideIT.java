package io.vinculum.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody outside does to runs: ends steps, pauses, skips, tries again, forks, cancels. */
class OutsideIT {
    @RegisterExtension
    static final Nodes nodes = new Nodes();

    private final AtomicReference<String> key = new AtomicReference<>("");

    /** A step that tells its key and then waits for somebody. */
    private Step<String, String> asked(String name) {
        return Step.<String, String>async(name, String.class, (input, context) -> {
                    nodes.say(name + " " + context.attempt());
                    key.set(context.key());
                })
                .compensate((answer, context) -> nodes.say("undo " + name + " of " + answer));
    }

    private Workflow<String, String> asking() {
        return Workflow.define(
                "w",
                String.class,
                flow -> flow.step(
                        nodes.step("last"), flow.step(asked("ask"), flow.step(nodes.step("first"), flow.input()))));
    }

    private JsonObject answer(String output) {
        return new JsonObject().put("key", key.get()).put("output", output);
    }

    @Test
    void anAsynchronousStepIsEndedByItsKey() {
        Coordinator node = nodes.node(asking());

        JsonObject waiting = nodes.run(node, "t");
        JsonObject ended = TestDatabase.await(node.change(RunAction.STEP_SUCCESS, answer("yes")));

        assertThat(waiting.getString("state")).isEqualTo("waiting");
        assertThat(ended.getString("transactionId")).isEqualTo("t");
        assertThat(nodes.become(node, "t", "done").getString("output")).isEqualTo("yes,last");
        assertThat(key.get()).isEqualTo("w/t#ask@1");
    }

    @Test
    void anAnswerIsTakenOnceAndFromAnyNodeAndAfterATakeover() {
        Workflow<String, String> workflow = asking();
        Coordinator first = nodes.node(workflow);
        nodes.run(first, "t");
        nodes.kill(first);
        Coordinator second = nodes.node(workflow);

        nodes.until(second, RunAction.STEP_SUCCESS, answer("yes"));
        nodes.become(second, "t", "done");
        JsonObject again = TestDatabase.await(second.change(RunAction.STEP_SUCCESS, answer("no")));

        assertThat(again.getString("state")).isEqualTo("done");
        assertThat(nodes.retrieve(second, "t").getString("output")).isEqualTo("yes,last");
        assertThat(nodes.log()).containsExactly("first", "ask 1", "last");
    }

    @Test
    void anAnswerMayComeBeforeTheBodyHasEnded() {
        AtomicReference<Coordinator> node = new AtomicReference<>();
        Step<String, String> quick = Step.async(
                "quick",
                String.class,
                (String input, StepContext context) -> TestDatabase.await(node.get()
                        .change(
                                RunAction.STEP_SUCCESS,
                                new JsonObject().put("key", context.key()).put("output", "early"))));
        node.set(nodes.node(Workflow.define("w", String.class, flow -> flow.step(quick, flow.input()))));

        assertThat(nodes.run(node.get(), "t").getString("output")).isEqualTo("early");
    }

    @Test
    void anAnswerToAnEarlierTryIsRefused() {
        Step<String, String> step = asked("ask").with(asked("ask").options().withRetries(1, Duration.ofMillis(1)));
        Coordinator node = nodes.node(Workflow.define("w", String.class, flow -> flow.step(step, flow.input())));
        nodes.run(node, "t");
        JsonObject late = answer("late");

        nodes.until(
                node, RunAction.STEP_FAILURE, answer("").put("error", "busy").put("retry", true));
        nodes.become(node, "t", "waiting");
        TestDatabase.await(node.retrieve(Nodes.named("t")));

        assertThatThrownBy(() -> TestDatabase.await(node.change(RunAction.STEP_SUCCESS, late)))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(FailureCode.CONFLICT))
                .hasMessageContaining("the key is of try 1 of 'ask', which is at try 2 now");
        nodes.until(
                node,
                RunAction.STEP_SUCCESS,
                Nodes.named("t").put("step", "ask").put("output", "now"));
        assertThat(nodes.become(node, "t", "done").getString("output")).isEqualTo("now");
    }

    @Test
    void aFailedAnswerUndoesTheRunAndItsOwnPart() {
        Step<String, String> step = Step.<String, String>async("ask", String.class, (input, context) -> {
                    key.set(context.key());
                    context.undoWith("begun");
                })
                .compensate((begun, context) -> nodes.say("undo ask of " + begun));
        Coordinator node = nodes.node(Workflow.define(
                "w", String.class, flow -> flow.step(step, flow.step(nodes.step("first"), flow.input()))));
        nodes.run(node, "t");

        nodes.until(
                node,
                RunAction.STEP_FAILURE,
                new JsonObject().put("key", key.get()).put("error", "no stock"));

        JsonObject run = nodes.become(node, "t", "reverted");
        assertThat(run.getJsonObject("error").getString("message")).isEqualTo("no stock");
        assertThat(nodes.log()).containsExactly("first", "undo ask of begun", "undo first");
    }

    @Test
    void whatNobodyAnswersInTimeFails() {
        Step<String, String> step = asked("ask").with(asked("ask").options().withTimeout(Duration.ofMillis(50)));
        Coordinator node = nodes.node(Workflow.define("w", String.class, flow -> flow.step(step, flow.input())));

        nodes.run(node, "t");

        JsonObject run = nodes.become(node, "t", "reverted");
        assertThat(run.getJsonObject("error").getString("code")).isEqualTo("TIMEOUT");
    }

    @Test
    void aHeartbeatLetsTheTimeBeginAnew() {
        Step<String, String> step = asked("ask").with(asked("ask").options().withTimeout(Duration.ofMillis(700)));
        Coordinator node = nodes.node(Workflow.define("w", String.class, flow -> flow.step(step, flow.input())));
        nodes.run(node, "t");
        for (int i = 0; i < 5; i++) {
            TestDatabase.await(nodes.database()
                    .vertx()
                    .timer(300)
                    .compose(fired -> node.change(RunAction.STEP_HEARTBEAT, new JsonObject().put("key", key.get()))));
        }

        TestDatabase.await(node.change(RunAction.STEP_SUCCESS, answer("yes")));

        assertThat(nodes.become(node, "t", "done").getString("output")).isEqualTo("yes");
    }

    @Test
    void aPausedRunGoesOnWhenItIsResumedAlsoOnAnotherNode() {
        Workflow<String, String> workflow = asking();
        Coordinator first = nodes.node(workflow);
        nodes.run(first, "t");

        assertThat(TestDatabase.await(first.change(RunAction.PAUSE, Nodes.named("t")))
                        .getString("state"))
                .isEqualTo("paused");
        TestDatabase.await(first.change(RunAction.STEP_SUCCESS, answer("yes")));
        nodes.kill(first);
        Coordinator second = nodes.node(workflow);
        assertThat(nodes.run(second, "t").getString("state")).isEqualTo("paused");
        assertThat(nodes.log()).doesNotContain("last");
        nodes.until(second, RunAction.RESUME, Nodes.named("t"));

        assertThat(nodes.become(second, "t", "done").getString("output")).isEqualTo("yes,last");
    }

    @Test
    void aStepThatWaitsCanBeSkipped() {
        Coordinator node = nodes.node(asking());
        nodes.run(node, "t");

        TestDatabase.await(node.change(RunAction.SKIP, Nodes.named("t").put("step", "ask")));

        assertThat(nodes.become(node, "t", "done").getString("output")).isEqualTo("null,last");
        assertThatThrownBy(() -> TestDatabase.await(
                        node.change(RunAction.SKIP, Nodes.named("t").put("step", "ask"))))
                .hasMessageContaining("is done already");
    }

    @Test
    void whatCouldNotBeUndoneIsUndoneWhenItIsTriedAgain() {
        AtomicInteger broken = new AtomicInteger(1);
        Step<String, String> stubborn = Step.of("stubborn", String.class, (String input, StepContext context) -> input)
                .compensate((output, context) -> {
                    if (broken.get() > 0) {
                        throw new IllegalStateException("still broken");
                    }
                    nodes.say("undo stubborn");
                });
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<String> first = flow.step(nodes.step("first"), flow.input());
            flow.step(stubborn.with(stubborn.options().withUndoRetries(0)), first);
            return flow.step(
                    Step.of("fails", String.class, (String input, StepContext context) -> {
                        throw PermanentFailure.of("no");
                    }),
                    first);
        });
        Coordinator node = nodes.node(workflow);

        assertThat(nodes.run(node, "t").getString("state")).isEqualTo("failed");
        assertThat(nodes.log()).containsExactly("first", "undo first");
        broken.set(0);
        TestDatabase.await(node.change(RunAction.RETRY, Nodes.named("t")));

        assertThat(nodes.become(node, "t", "reverted").getJsonObject("error").getString("message"))
                .isEqualTo("no");
        assertThat(nodes.log()).containsExactly("first", "undo first", "undo stubborn");
    }

    @Test
    void cancellingADoneRunUndoesItOnAnotherNodeToo() {
        Workflow<String, String> workflow = Workflow.define(
                "w", String.class, flow -> flow.step(nodes.step("two"), flow.step(nodes.step("one"), flow.input())));
        Coordinator first = nodes.node(workflow);
        nodes.run(first, "t");
        nodes.stop(first);
        Coordinator second = nodes.node(workflow);

        JsonObject run = TestDatabase.await(second.change(RunAction.CANCEL, Nodes.named("t")), Nodes.A_WHILE);

        assertThat(run.getString("state")).isEqualTo("reverted");
        assertThat(nodes.log()).containsExactly("one", "two", "undo two", "undo one");
        assertThatThrownBy(() -> TestDatabase.await(second.change(RunAction.CANCEL, Nodes.named("t"))))
                .hasMessageContaining("is reverted already");
    }

    @Test
    void aForkDoesAnewWhatComesFromAStepOn() {
        AtomicInteger lasts = new AtomicInteger();
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<String> one = flow.step(nodes.step("one"), flow.input());
            return flow.step(
                    Step.of(
                            "last",
                            String.class,
                            (String input, StepContext context) -> input + " " + lasts.incrementAndGet()),
                    one);
        });
        Coordinator node = nodes.node(workflow);
        nodes.run(node, "t");

        JsonObject forked = TestDatabase.await(
                node.change(RunAction.FORK, Nodes.named("t").put("from", "last").put("newTransactionId", "u")));

        assertThat(forked.getString("output")).isEqualTo("in,one 2");
        assertThat(nodes.log()).containsExactly("one");
        assertThat(nodes.retrieve(node, "u").getJsonArray("steps")).hasSize(2);
        assertThatThrownBy(() -> TestDatabase.await(
                        node.change(RunAction.FORK, Nodes.named("t").put("from", "lost"))))
                .hasMessageContaining("w has no step 'lost'");
    }

    @Test
    void cancellingWhileItWaitsUndoes() {
        Coordinator node = nodes.node(asking());
        nodes.run(node, "t");

        JsonObject run = TestDatabase.await(node.change(RunAction.CANCEL, Nodes.named("t")));

        assertThat(run.getString("state")).isEqualTo("reverted");
        assertThat(nodes.log()).containsExactly("first", "ask 1", "undo first");
        assertThatThrownBy(() -> TestDatabase.await(node.change(RunAction.STEP_SUCCESS, answer("late"))))
                .isInstanceOf(Failure.class);
    }

    @Test
    void aNodeThatIsAskedForAnothersRunAsksIt() {
        Workflow<String, String> workflow = asking();
        Coordinator owner = nodes.node(workflow);
        nodes.run(owner, "t");
        Coordinator other = nodes.node(workflow);

        nodes.until(other, RunAction.STEP_SUCCESS, answer("yes"));

        assertThat(nodes.become(other, "t", "done").getString("output")).isEqualTo("yes,last");
    }

    @Test
    void whatIsAskedOfNothingIsAnError() {
        Coordinator node = nodes.node(asking());

        assertThatThrownBy(() -> TestDatabase.await(node.change(RunAction.CANCEL, Nodes.named("none"))))
                .hasMessageContaining("there is no run w/none");
        assertThatThrownBy(() -> TestDatabase.await(
                        node.change(RunAction.STEP_SUCCESS, new JsonObject().put("key", "nonsense"))))
                .hasMessageContaining("'nonsense' is not the key of a step");
        assertThatThrownBy(() -> TestDatabase.await(node.change(RunAction.PAUSE, new JsonObject().put("id", "w"))))
                .hasMessageContaining("transactionId");
    }
}
