package io.vinculum.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Workflow;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages to runs. */
class SignalIT {
    @RegisterExtension
    static final Nodes nodes = new Nodes();

    /** What somebody says of a request. */
    record Approval(String by, boolean granted) {}

    private static Workflow<String, String> approved(Step<String, String> first, Duration most) {
        return Workflow.define("w", String.class, flow -> {
            var one = flow.step(first, flow.input());
            var approval = flow.waitFor("approved", Approval.class, most);
            return flow.transform(one, approval, (a, b) -> a + ", " + b.granted() + " by " + b.by());
        });
    }

    private static JsonObject signal(String by) {
        return Nodes.named("t")
                .put("name", "approved")
                .put("value", new JsonObject().put("by", by).put("granted", true));
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(Coordinator node, JsonObject signal, FailureCode code) {
        AbstractThrowableAssert<?, ?> refused =
                assertThatThrownBy(() -> TestDatabase.await(node.change(RunAction.SIGNAL, signal)));
        refused.extracting(cause -> ((Failure) cause).code()).isEqualTo(code);
        return refused;
    }

    @Test
    void aRunWaitsForItsSignalAndIsWaitingMeanwhile() {
        Coordinator node = nodes.node(approved(nodes.step("one"), Duration.ofHours(1)));

        assertThat(nodes.run(node, "t").getString("state")).isEqualTo("waiting");
        TestDatabase.await(node.change(RunAction.SIGNAL, signal("ann")));

        JsonObject run = nodes.become(node, "t", "done");
        assertThat(run.getString("output")).isEqualTo("in,one, true by ann");
        assertThat(run.getJsonArray("steps")).hasSize(2);
        assertRefused(node, signal("bob"), FailureCode.UNEXPECTED_STATE).hasMessageContaining("is done already");
    }

    @Test
    void aSignalThatComesBeforeTheRunWaitsSurvivesTheDeathOfItsOwner() {
        CountDownLatch begun = new CountDownLatch(1);
        Step<String, String> endless = Step.of("one", String.class, (String input, StepContext context) -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return input;
        });
        Coordinator first = nodes.node(approved(endless, Duration.ofHours(1)));
        Future<JsonObject> run = first.run(Nodes.request("t"));
        Nodes.await(begun);
        TestDatabase.await(first.change(RunAction.SIGNAL, signal("ann")));
        TestDatabase.await(first.change(RunAction.SIGNAL, signal("bob")));

        nodes.kill(first);
        Coordinator second = nodes.node(approved(nodes.step("one"), Duration.ofHours(1)));

        assertThat(nodes.become(second, "t", "done").getString("output")).isEqualTo("in,one, true by ann");
        assertThat(run.failed()).isTrue();
    }

    @Test
    void aSignalReachesARunOfAnotherNodeThatWaits() {
        Coordinator first = nodes.node(approved(nodes.step("one"), Duration.ofHours(1)));
        Coordinator second = nodes.node(approved(nodes.step("one"), Duration.ofHours(1)));
        nodes.run(first, "t");

        TestDatabase.await(second.change(RunAction.SIGNAL, signal("ann")));

        assertThat(nodes.become(second, "t", "done").getString("output")).isEqualTo("in,one, true by ann");
    }

    @Test
    void aRunInMemoryIsWrittenDownWithItsSignalsWhenItWaits() {
        Workflow<String, String> workflow = Workflow.<String, String>define("w", String.class, flow -> {
                    flow.waitFor("first", String.class, Duration.ofHours(1));
                    return flow.waitFor("second", String.class, Duration.ofHours(1));
                })
                .durable(false);
        Coordinator first = nodes.node(workflow);
        nodes.run(first, "t");
        TestDatabase.await(first.change(
                RunAction.SIGNAL, Nodes.named("t").put("name", "second").put("value", "b")));

        nodes.kill(first);
        Coordinator second = nodes.node(workflow);
        nodes.until(
                second, RunAction.SIGNAL, Nodes.named("t").put("name", "first").put("value", "a"));

        assertThat(nodes.become(second, "t", "done").getString("output")).isEqualTo("b");
    }

    @Test
    void aRunWhoseSignalDoesNotComeIsUndone() {
        Coordinator node = nodes.node(approved(nodes.step("one"), Duration.ofMillis(50)));
        node.run(Nodes.request("t"));

        JsonObject run = nodes.become(node, "t", "reverted");

        assertThat(run.getJsonObject("error").getString("code")).isEqualTo("TIMEOUT");
        assertThat(run.getJsonObject("error").getString("message")).contains("no signal 'approved' has come");
        assertThat(nodes.log()).containsExactly("one", "undo one");
    }

    @Test
    void whatNoRunCanReceiveIsRefused() {
        Coordinator node = nodes.node(approved(nodes.step("one"), Duration.ofHours(1)));
        nodes.run(node, "t");

        assertRefused(node, signal("ann").put("name", "aproved"), FailureCode.INVALID_DATA)
                .hasMessageContaining("w waits for no signal 'aproved'")
                .hasMessageContaining("approved");
        assertRefused(node, signal("ann").put("value", 7), FailureCode.INVALID_DATA);
        assertRefused(node, signal("ann").put("transactionId", "none"), FailureCode.NOT_FOUND);
    }
}
