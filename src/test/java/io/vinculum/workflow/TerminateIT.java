package io.vinculum.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Concurrency;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Workflow;
import io.vinculum.flow.WorkflowOptions;
import io.vinculum.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs that are ended where they are. */
class TerminateIT {
    @RegisterExtension
    static final Nodes nodes = new Nodes();

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    private Step<String, String> endless(String name) {
        return Step.of(name, String.class, (String input, StepContext context) -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
            return input;
        });
    }

    private Workflow<String, String> workflow() {
        return Workflow.define(
                "w", String.class, flow -> flow.step(endless("two"), flow.step(nodes.step("one"), flow.input())));
    }

    private static JsonObject terminate(Coordinator node, String transactionId) {
        return TestDatabase.await(node.change(RunAction.TERMINATE, Nodes.named(transactionId)), Nodes.A_WHILE);
    }

    @Test
    void aRunThatIsTerminatedIsInterruptedAndUndoesNothing() {
        Coordinator node = nodes.node(workflow());
        Future<JsonObject> run = node.run(Nodes.request("t"));
        Nodes.await(begun);

        assertThat(terminate(node, "t").getString("state")).isEqualTo("terminated");
        Nodes.await(interrupted);
        assertThat(TestDatabase.await(run).getString("state")).isEqualTo("terminated");
        assertThat(nodes.retrieve(node, "t").getString("state")).isEqualTo("terminated");
        assertThat(nodes.log()).containsExactly("one");
        assertThat(nodes.database().rows("select 1 from vinculum.workflow_live"))
                .isEmpty();
        assertThatThrownBy(() -> terminate(node, "t"))
                .hasMessageContaining("is terminated already")
                .extracting(cause -> ((Failure) cause).code())
                .isEqualTo(FailureCode.UNEXPECTED_STATE);
        assertThatThrownBy(() -> terminate(node, "none"))
                .extracting(cause -> ((Failure) cause).code())
                .isEqualTo(FailureCode.NOT_FOUND);
    }

    @Test
    void aPausedRunIsTerminatedByAnyNode() {
        Coordinator first = nodes.node(workflow());
        Coordinator second = nodes.node(workflow());
        first.run(Nodes.request("t"));
        Nodes.await(begun);
        TestDatabase.await(first.change(RunAction.PAUSE, Nodes.named("t")));

        assertThat(terminate(second, "t").getString("state")).isEqualTo("terminated");
        Nodes.await(interrupted);
    }

    @Test
    void aRunThatWaitsForItsKeyIsTerminated() {
        Coordinator node = nodes.node(workflow().with(WorkflowOptions.DEFAULT.withConcurrency(Concurrency.of(1))));
        node.run(Nodes.request("t"));
        Nodes.await(begun);
        Future<JsonObject> waiting = node.run(Nodes.request("u"));
        nodes.become(node, "u", "invoking");

        assertThat(terminate(node, "u").getString("state")).isEqualTo("terminated");
        assertThat(TestDatabase.await(waiting).getString("state")).isEqualTo("terminated");
        assertThat(nodes.log()).containsExactly("one");
    }

    @Test
    void aCompensatingRunIsTerminatedAndUndoesNothingMore() {
        Step<String, String> undone = Step.of("one", String.class, (String input, StepContext context) -> input)
                .compensate((output, context) -> endless("undo").run(output, context));
        Step<String, String> failing = Step.of("two", String.class, (String input, StepContext context) -> {
            throw PermanentFailure.of("no");
        });
        Workflow<String, String> workflow = Workflow.define(
                "w",
                String.class,
                flow -> flow.step(failing, flow.step(undone, flow.step(nodes.step("zero"), flow.input()))));
        Coordinator node = nodes.node(workflow);
        node.run(Nodes.request("t"));
        Nodes.await(begun);

        assertThat(terminate(node, "t").getString("state")).isEqualTo("terminated");
        Nodes.await(interrupted);
        assertThat(nodes.retrieve(node, "t").getJsonObject("error").getString("message"))
                .isEqualTo("no");
        assertThat(nodes.log()).containsExactly("zero");
    }

    @Test
    void aRunOfAWorkflowThatTheNodeDoesNotHaveIsTerminated() {
        Coordinator first = nodes.node(workflow());
        first.run(Nodes.request("t"));
        Nodes.await(begun);
        nodes.kill(first);
        Coordinator second = nodes.node();

        assertThat(nodes.until(second, RunAction.TERMINATE, Nodes.named("t")).getString("state"))
                .isEqualTo("terminated");
        assertThat(nodes.database().rows("select 1 from vinculum.workflow_live"))
                .isEqualTo(List.of());
    }
}
