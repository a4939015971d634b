package io.vinculum.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.run.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorkflowKitTest {
    private final WorkflowKit kit = new WorkflowKit();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        kit.close();
    }

    private Step<String, String> step(String name) {
        return Step.of(name, String.class, (String input, StepContext context) -> {
                    log.add(name + " " + context.attempt());
                    return input + "," + name;
                })
                .compensate((output, context) -> log.add("undo " + name));
    }

    private Workflow<String, String> sequence(boolean failing) {
        Step<String, String> last = failing
                ? Step.of("three", String.class, (String input, StepContext context) -> {
                    throw PermanentFailure.of("on purpose");
                })
                : step("three");
        return Workflow.define(
                "w",
                String.class,
                flow -> flow.step(last, flow.step(step("two"), flow.step(step("one"), flow.input()))));
    }

    @Test
    void recordsWhatCameOfARun() {
        WorkflowKit.Recording good = kit.run(sequence(false), "in");
        WorkflowKit.Recording bad = kit.run(sequence(true), "in");

        assertThat(good.state()).isEqualTo(RunState.DONE);
        assertThat(good.output()).isEqualTo("in,one,two,three");
        assertThat(good.timeline()).containsExactly("one ok", "two ok", "three ok");
        assertThat(bad.state()).isEqualTo(RunState.REVERTED);
        assertThat(bad.error().orElseThrow()).hasMessage("on purpose");
        assertThat(bad.timeline())
                .containsExactly("one ok", "two ok", "three failed: on purpose", "undo two ok", "undo one ok");
    }

    private Workflow<String, String> signalled() {
        return Workflow.define("w", String.class, flow -> {
            Value<String> one = flow.step(step("one"), flow.input());
            Value<String> name = flow.waitFor("name", String.class, Duration.ofDays(1));
            return flow.transform(one, name, (a, b) -> a + " for " + b);
        });
    }

    static Stream<String> signalPoints() {
        return Stream.of("before signal name", "after signal name", "before name", "after name", "before the end");
    }

    @ParameterizedTest
    @MethodSource("signalPoints")
    void aSignalIsReceivedOnceThoughTheOwnerDies(String point) {
        kit.crashAt(point);

        assertThat(kit.run(signalled(), "in").state()).isEqualTo(RunState.WAITING);
        WorkflowKit.Recording run = kit.signal("name", "ann");

        assertThat(run.crashes()).containsExactly(point);
        assertThat(run.state()).isEqualTo(RunState.DONE);
        assertThat(run.output()).isEqualTo("in,one for ann");
        assertThat(run.timeline()).containsExactly("one ok", "name ok");
    }

    @Test
    void aSignalThatDoesNotComeInTimeUndoesTheRun() {
        kit.run(signalled(), "in");
        WorkflowKit.Recording run = kit.pass(Duration.ofDays(2));

        assertThat(run.state()).isEqualTo(RunState.REVERTED);
        assertThat(run.error().orElseThrow()).hasMessage("no signal 'name' has come within PT24H");
        assertThatThrownBy(() -> kit.signal("name", "late")).hasMessageContaining("is reverted already");
    }

    @Test
    void aSignalThatNothingWaitsForIsRefused() {
        kit.run(signalled(), "in");

        assertThatThrownBy(() -> kit.signal("nome", "ann")).hasMessageContaining("waits for no signal 'nome'");
    }

    static Stream<String> points() {
        return Stream.of("one", "two", "undo two", "undo one", "three")
                .flatMap(step -> Stream.of("before " + step, "after " + step));
    }

    @ParameterizedTest
    @MethodSource("points")
    void aCrashAnywhereChangesNothingOfTheOutcome(String point) {
        WorkflowKit.Recording run = kit.crashAt(point).run(sequence(true), "in");

        assertThat(run.crashes()).containsExactly(point);
        assertThat(run.state()).isEqualTo(RunState.REVERTED);
        assertThat(run.timeline()).endsWith("undo two ok", "undo one ok");
    }

    @Test
    void aBodyWhoseResultWasNotKeptRunsAgain() {
        WorkflowKit.Recording run = kit.crashAt("before two", "before the end").run(sequence(false), "in");

        assertThat(run.output()).isEqualTo("in,one,two,three");
        assertThat(log).containsExactly("one 1", "two 1", "two 1", "three 1");
    }

    @Test
    void waitsPassAtOnce() {
        Step<String, String> flaky = Step.<String, String>of("flaky", String.class, (input, context) -> {
                    if (context.attempt() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                    return input;
                })
                .retries(5, Duration.ofMinutes(1));
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            flow.sleep("night", Duration.ofHours(8));
            Value<String> done = flow.step(flaky, flow.input());
            flow.emit("tell", "shop.morning", done);
            return done;
        });

        WorkflowKit.Recording run = kit.crashAt("after night").run(workflow, "in");

        assertThat(run.output()).isEqualTo("in");
        assertThat(run.passed()).isBetween(Duration.ofHours(8), Duration.ofHours(9));
        assertThat(run.emitted()).containsExactly("shop.morning");
    }

    @Test
    void whatIsEndedFromOutsideIsWaitedFor() {
        Workflow<String, String> workflow = Workflow.define(
                "w",
                String.class,
                flow -> flow.step(
                        step("then"),
                        flow.step(
                                Step.<String, String>async("ask", String.class, (input, context) -> log.add("asked")),
                                flow.step(step("first"), flow.input()))));

        assertThat(kit.run(workflow, "in").state()).isEqualTo(RunState.WAITING);
        assertThat(kit.pass(Duration.ofDays(1)).state()).isEqualTo(RunState.WAITING);
        assertThat(kit.crashAt("before ask").succeed("ask", "yes").state()).isEqualTo(RunState.WAITING);
        assertThat(kit.succeed("ask", "yes").output()).isEqualTo("yes,then");
        assertThat(log).containsExactly("first 1", "asked", "then 1");
        kit.run(workflow, "in");
        assertThat(kit.fail("ask", "no").timeline()).contains("ask failed: no", "undo first ok");
        kit.run(workflow, "in");
        assertThat(kit.pass(Duration.ofDays(8)).error().orElseThrow()).hasMessageContaining("was not ended within");
        assertThatThrownBy(() -> kit.succeed("ask", "late")).hasMessageContaining("does not wait for 'ask'");
    }
}
