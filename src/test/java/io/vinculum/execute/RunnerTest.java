package io.vinculum.execute;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.StepOptions;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.run.Run;
import io.vinculum.run.RunState;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunnerTest {
    private static final Duration SOON = Duration.ofMillis(1);

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private Vertx vertx;
    private MemoryRunner runner;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        runner = new MemoryRunner(vertx);
    }

    @AfterEach
    void close() {
        runner.close();
        TestDatabase.await(vertx.close());
    }

    /** Logs what it does and undoes. */
    private Step<String, String> step(String name) {
        return Step.of(name, String.class, (String input, StepContext context) -> {
                    log.add(name);
                    return input + "," + name;
                })
                .compensate((output, context) -> log.add("undo " + name + " of " + output));
    }

    private Step<String, String> failing(String name, RuntimeException cause) {
        return Step.of(name, String.class, (String input, StepContext context) -> {
            log.add(name + " " + context.attempt());
            throw cause;
        });
    }

    private <I> Run run(Workflow<I, ?> workflow, I input) {
        return TestDatabase.await(runner.run(workflow, "run", input));
    }

    @Test
    void runsStepsInTheirOrderAndAnswersTheValue() {
        Run run = run(
                Workflow.define("w", String.class, flow -> {
                    Value<String> one = flow.step(step("one"), flow.input());
                    Value<String> two = flow.step(step("two"), one);
                    return flow.transform(one, two, (a, b) -> a + " then " + b);
                }),
                "in");

        assertThat(run.state()).isEqualTo(RunState.DONE);
        assertThat(run.output()).isEqualTo("in,one then in,one,two");
        assertThat(log).containsExactly("one", "two");
    }

    @Test
    void undoesInReverseWhatWasDoneWhenAStepFails() {
        Run run = run(
                Workflow.define("w", String.class, flow -> {
                    Value<String> one = flow.step(step("one"), flow.input());
                    Value<String> two = flow.step(step("two"), one);
                    return flow.step(failing("three", PermanentFailure.of("no stock")), two);
                }),
                "in");

        assertThat(run.state()).isEqualTo(RunState.REVERTED);
        assertThat(run.output()).isNull();
        assertThat(run.error().orElseThrow()).hasMessage("no stock");
        assertThat(log).containsExactly("one", "two", "three 1", "undo two of in,one,two", "undo one of in,one");
    }

    @Test
    void triesAgainAsOftenAsAskedAndKeepsTheKey() {
        AtomicInteger tries = new AtomicInteger();
        Step<String, String> flaky = Step.of("flaky", String.class, (String input, StepContext context) -> {
            log.add(context.idempotencyKey());
            if (tries.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            return input;
        });

        Run run =
                run(Workflow.define("w", String.class, flow -> flow.step(flaky.retries(2, SOON), flow.input())), "in");

        assertThat(run.state()).isEqualTo(RunState.DONE);
        assertThat(log).containsExactly("run/flaky", "run/flaky", "run/flaky");
    }

    @Test
    void neverTriesAgainWhatCannotPass() {
        Run caller = run(
                Workflow.define(
                        "w",
                        String.class,
                        flow -> flow.step(
                                failing("bad", Failure.invalid("id is missing")).retries(5, SOON), flow.input())),
                "in");

        assertThat(log).containsExactly("bad 1");
        assertThat(caller.error().orElseThrow().code()).isEqualTo(FailureCode.INVALID_DATA);
    }

    @Test
    void undoesThePartThatAFailedStepNames() {
        Step<String, String> half = Step.of("half", String.class, (String input, StepContext context) -> {
                    throw PermanentFailure.of("half way", "the half");
                })
                .compensate((data, context) -> log.add("undo " + data));

        Run run = run(Workflow.define("w", String.class, flow -> flow.step(half, flow.input())), "in");

        assertThat(run.state()).isEqualTo(RunState.REVERTED);
        assertThat(log).containsExactly("undo the half");
    }

    @Test
    void givesTheUndoTheDataThatTheBodyChose() {
        Step<String, String> chooses = Step.of("chooses", String.class, (String input, StepContext context) -> {
                    context.undoWith(42);
                    return input;
                })
                .compensate(Integer.class, (data, context) -> log.add("undo " + data + " " + context.idempotencyKey()));

        run(
                Workflow.define("w", String.class, flow -> {
                    flow.step(chooses, flow.input());
                    return flow.step(failing("last", PermanentFailure.of("no")), flow.input());
                }),
                "in");

        assertThat(log).containsExactly("last 1", "undo 42 run/chooses/undo");
    }

    @Test
    void takesOneBranchAndAnswersItsValue() {
        Workflow<String, String> workflow = Workflow.define(
                "w",
                String.class,
                flow -> flow.when("long", flow.input(), text -> text.length() > 3)
                        .then(() -> flow.step(step("cut"), flow.input()))
                        .otherwise(() -> flow.step(step("pad"), flow.input())));

        assertThat(run(workflow, "lengthy").output()).isEqualTo("lengthy,cut");
        assertThat(run(workflow, "in").output()).isEqualTo("in,pad");
        assertThat(log).containsExactly("cut", "pad");
    }

    @Test
    void runsBranchesBesideEachOther() throws InterruptedException {
        CountDownLatch both = new CountDownLatch(2);
        Step<String, Boolean> meets = Step.of("meets", Boolean.class, (String input, StepContext context) -> {
            both.countDown();
            return both.await(20, TimeUnit.SECONDS);
        });

        Run run = run(
                Workflow.define("w", String.class, flow -> {
                    List<Value<Boolean>> values = new ArrayList<>();
                    flow.parallel(
                            () -> values.add(flow.step(meets.named("left"), flow.input())),
                            () -> values.add(flow.step(meets.named("right"), flow.input())));
                    return flow.transform(values.get(0), values.get(1), (a, b) -> a && b);
                }),
                "in");

        assertThat(run.output()).isEqualTo(true);
    }

    @Test
    void runsNoMoreItemsAtOnceThanAskedAndKeepsTheirOrder() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Step<Integer, Integer> square = Step.of("square", Integer.class, (Integer item, StepContext context) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            now.decrementAndGet();
            return item * item;
        });

        Run run = run(
                Workflow.define(
                        "w",
                        Integer.class,
                        flow -> flow.forEach(
                                square,
                                flow.transform(flow.input(), n -> {
                                    List<Integer> all = new ArrayList<>();
                                    for (int i = 0; i < n; i++) {
                                        all.add(i);
                                    }
                                    return all;
                                }),
                                3)),
                100);

        assertThat((List<?>) run.output()).hasSize(100).element(7).isEqualTo(49);
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void goesOnWithoutAStepThatMayFail() {
        Step<String, String> optional =
                failing("optional", PermanentFailure.of("no")).with(StepOptions.DEFAULT.continuing());

        Run run = run(
                Workflow.define("w", String.class, flow -> {
                    Value<String> maybe = flow.step(optional, flow.input());
                    return flow.transform(maybe, text -> "was " + text);
                }),
                "in");

        assertThat(run.state()).isEqualTo(RunState.DONE);
        assertThat(run.output()).isEqualTo("was null");
    }

    @Test
    void interruptsAStepThatTakesTooLong() {
        CountDownLatch interrupted = new CountDownLatch(1);
        Step<String, String> slow = Step.of("slow", String.class, (String input, StepContext context) -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return input;
        });

        Run run = run(
                Workflow.define(
                        "w",
                        String.class,
                        flow -> flow.step(
                                slow.with(StepOptions.DEFAULT.withTimeout(Duration.ofMillis(50))), flow.input())),
                "in");

        assertThat(run.error().orElseThrow().code()).isEqualTo(FailureCode.TIMEOUT);
        assertThat(run.error().orElseThrow()).hasMessageContainingAll("'slow'", "PT0.05S");
        TestDatabase.await(vertx.executeBlocking(() -> interrupted.await(20, TimeUnit.SECONDS)));
        assertThat(interrupted.getCount()).isZero();
    }

    @Test
    void anUndoThatKeepsFailingStopsNoOther() {
        Step<String, String> stubborn = Step.of("stubborn", String.class, (String input, StepContext context) -> input)
                .compensate((data, context) -> {
                    log.add("try " + context.attempt());
                    throw new IllegalStateException("cannot");
                });

        Run run = run(
                Workflow.define("w", String.class, flow -> {
                    Value<String> one = flow.step(step("one"), flow.input());
                    flow.step(
                            stubborn.with(
                                    StepOptions.DEFAULT.withRetries(0, SOON).withUndoRetries(2)),
                            one);
                    return flow.step(failing("last", PermanentFailure.of("no")), one);
                }),
                "in");

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(log).containsExactly("one", "last 1", "try 1", "try 2", "try 3", "undo one of in,one");
    }

    @Test
    void cancellingUndoesWhatWasDoneAlsoByABodyThatIsInterrupted() {
        CountDownLatch running = new CountDownLatch(1);
        Step<String, String> waits = Step.of("waits", String.class, (String input, StepContext context) -> {
                    running.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException cancelled) {
                        log.add("interrupted");
                    }
                    return input;
                })
                .compensate((data, context) -> log.add("undo waits"));
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<String> one = flow.step(step("one"), flow.input());
            return flow.step(step("never"), flow.step(waits, one));
        });

        var ended = runner.run(workflow, "run", "in");
        TestDatabase.await(vertx.executeBlocking(() -> running.await(20, TimeUnit.SECONDS)));
        var cancelled = runner.cancel("run");

        assertThat(TestDatabase.await(cancelled).orElseThrow().state()).isEqualTo(RunState.REVERTED);
        assertThat(TestDatabase.await(ended).error().orElseThrow()).hasMessage("the run was cancelled");
        assertThat(log).containsExactly("one", "interrupted", "undo waits", "undo one of in,one");
        assertThat(TestDatabase.await(runner.cancel("run"))).isEmpty();
    }

    @Test
    void aHookRunsTheStepThatFillsIt() {
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<String> one = flow.step(step("one"), flow.input());
            flow.hook("made", one);
            return flow.step(step("two"), one);
        });

        run(workflow, "in");
        run(workflow.fill("made", step("extra")), "in");

        assertThat(log).containsExactly("one", "two", "one", "extra", "two");
    }

    @Test
    void whatAConditionThrowsTurnsTheRunRound() {
        Run run = run(
                Workflow.define("w", String.class, flow -> {
                    Value<String> one = flow.step(step("one"), flow.input());
                    flow.when("broken", one, text -> {
                                throw Failure.invalid("no such thing");
                            })
                            .then(() -> {});
                    return one;
                }),
                "in");

        assertThat(run.state()).isEqualTo(RunState.REVERTED);
        assertThat(run.error().orElseThrow()).hasMessage("no such thing");
        assertThat(log).containsExactly("one", "undo one of in,one");
    }
}
