package io.vinculum.execute;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.flow.Flow;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.kit.WorkflowKit;
import io.vinculum.run.Run;
import io.vinculum.run.RunState;
import io.vinculum.testing.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Functions of a workflow's author: off the event loops, and evaluated once. */
class FunctionsTest {
    private static final long SLOW_MILLIS = 2_000;
    private static final long MOST_LAG_MILLIS = 1_000;

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    /** What a list of these tests has. */
    record Item(String name, int amount) {}

    private Step<String, String> step(String name) {
        return Step.of(name, String.class, (String input, StepContext context) -> {
            log.add(name + " of " + input);
            return input;
        });
    }

    private static <T> T slowly(T value) {
        try {
            TimeUnit.MILLISECONDS.sleep(SLOW_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return value;
    }

    /** Runs a workflow, and answers the longest time between two ticks of its event loop. */
    private long lagOf(Function<Flow<String>, Value<String>> composition) {
        Vertx vertx = Vertx.vertx();
        MemoryRunner runner = new MemoryRunner(vertx);
        AtomicLong last = new AtomicLong(System.nanoTime());
        AtomicLong longest = new AtomicLong();
        runner.onContext(() -> vertx.setPeriodic(10, tick -> {
            long now = System.nanoTime();
            longest.accumulateAndGet(now - last.getAndSet(now), Math::max);
        }));
        Future<Run> ended = runner.run(Workflow.<String, String>define("w", String.class, composition), "run", "in");

        assertThat(TestDatabase.await(ended, 20).state()).isEqualTo(RunState.DONE);
        runner.close();
        TestDatabase.await(vertx.close());
        return TimeUnit.NANOSECONDS.toMillis(longest.get());
    }

    @Test
    void aSlowConditionDoesNotHoldTheEventLoop() {
        assertThat(lagOf(flow -> flow.when("slow", flow.input(), input -> slowly(true))
                        .then(() -> flow.step(step("one"), flow.input()))
                        .value()))
                .isLessThan(MOST_LAG_MILLIS);
    }

    @Test
    void aSlowTransformDoesNotHoldTheEventLoop() {
        assertThat(lagOf(flow -> {
                    Value<String> one = flow.step(step("one"), flow.transform(flow.input(), FunctionsTest::slowly));
                    return flow.transform(one, FunctionsTest::slowly);
                }))
                .isLessThan(MOST_LAG_MILLIS);
    }

    @Test
    void aSlowListDoesNotHoldTheEventLoop() {
        assertThat(lagOf(flow -> {
                    Value<List<String>> list = flow.transform(flow.input(), input -> slowly(List.of("a", "b")));
                    flow.forEach(step("one"), list, 2);
                    return flow.input();
                }))
                .isLessThan(MOST_LAG_MILLIS);
    }

    @Test
    void aChoiceIsMadeOnceThoughTheOwnerDiesAndItsAnswerChanges() {
        AtomicInteger asked = new AtomicInteger();
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<String> one = flow.step(step("one"), flow.input());
            return flow.when("even", one, input -> asked.getAndIncrement() % 2 == 0)
                    .then(() -> flow.step(step("then"), one))
                    .otherwise(() -> flow.step(step("else"), one));
        });
        try (WorkflowKit kit = new WorkflowKit()) {
            WorkflowKit.Recording run =
                    kit.crashAt("after one", "before then", "after then").run(workflow, "in");

            assertThat(run.state()).isEqualTo(RunState.DONE);
        }
        assertThat(asked).hasValue(1);
        assertThat(log).containsExactly("one of in", "then of in", "then of in");
    }

    @Test
    void aChoiceBeforeAnyStepIsMadeOnceToo() {
        AtomicInteger asked = new AtomicInteger();
        Workflow<String, String> workflow = Workflow.define(
                "w",
                String.class,
                flow -> flow.when("even", flow.input(), input -> asked.getAndIncrement() % 2 == 0)
                        .then(() -> flow.step(step("then"), flow.input()))
                        .otherwise(() -> flow.step(step("else"), flow.input())));
        try (WorkflowKit kit = new WorkflowKit()) {
            WorkflowKit.Recording run =
                    kit.crashAt("after choice even", "before then").run(workflow, "in");

            assertThat(run.crashes()).hasSize(2);
            assertThat(run.timeline()).containsExactly("then ok");
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void eachItemKeepsItsResultThoughTheListComesInAnotherOrder() {
        AtomicInteger asked = new AtomicInteger();
        Step<Item, String> each = Step.of("each", String.class, (Item item, StepContext context) -> {
            log.add(item.name());
            return item.name() + item.amount();
        });
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<List<Item>> list = flow.transform(flow.step(step("one"), flow.input()), input -> {
                List<Item> items = new ArrayList<>(List.of(new Item("a", 1), new Item("b", 2), new Item("c", 3)));
                if (asked.getAndIncrement() > 0) {
                    Collections.reverse(items);
                }
                return items;
            });
            return flow.transform(flow.forEach(each, list, 1), results -> String.join(",", results));
        });
        try (WorkflowKit kit = new WorkflowKit()) {
            WorkflowKit.Recording run = kit.crashAt("after each").run(workflow, "in");

            assertThat(run.crashes()).containsExactly("after each");
            assertThat(run.output()).isEqualTo("a1,b2,c3");
        }
        assertThat(asked).hasValue(1);
        assertThat(log).containsExactly("one of in", "a", "b", "c");
    }

    @Test
    void allReadersOfAComputedValueSeeTheSame() {
        AtomicInteger asked = new AtomicInteger();
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<String> id = flow.transform(flow.input(), input -> input + asked.getAndIncrement());
            flow.step(step("one"), id);
            return flow.step(step("two"), id);
        });
        try (WorkflowKit kit = new WorkflowKit()) {
            WorkflowKit.Recording run = kit.crashAt("after one").run(workflow, "in");

            assertThat(run.output()).isEqualTo("in0");
        }
        assertThat(log).containsExactly("one of in0", "two of in0");
    }

    @Test
    void aValueIsWhatItWouldBeReadBackAsBeforeAnyCrash() {
        Step<String, Object> loose =
                Step.of("loose", Object.class, (String in, StepContext context) -> new Item(in, 1));
        Step<Object, String> seen = Step.of(
                "seen",
                String.class,
                (Object in, StepContext context) -> in.getClass().getSimpleName());
        Workflow<String, String> workflow =
                Workflow.define("w", String.class, flow -> flow.step(seen, flow.step(loose, flow.input())));
        try (WorkflowKit kit = new WorkflowKit()) {
            assertThat(kit.run(workflow, "in").output()).isEqualTo("JsonObject");
            assertThat(kit.crashAt("after loose").run(workflow, "in").output()).isEqualTo("JsonObject");
        }
    }

    @Test
    void aFunctionThatFailsUndoesTheRunAndTriesNoStepAgain() {
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<String> one = flow.step(step("one").compensate((out, context) -> log.add("undo one")), flow.input());
            Value<String> bad = flow.transform(one, input -> {
                log.add("function");
                throw new IllegalStateException("on purpose");
            });
            return flow.step(step("two").retries(3, java.time.Duration.ofMillis(1)), bad);
        });
        try (WorkflowKit kit = new WorkflowKit()) {
            assertThat(kit.run(workflow, "in").state()).isEqualTo(RunState.REVERTED);
        }
        assertThat(log).containsExactly("one of in", "function", "undo one");
    }
}
