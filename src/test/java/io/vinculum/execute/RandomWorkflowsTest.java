package io.vinculum.execute;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Flow;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.kit.WorkflowKit;
import io.vinculum.run.Run;
import io.vinculum.run.RunState;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Workflows of random shapes whose steps fail at random, against a model that knows nothing of the runner: a tree of
 * blocks, walked on one thread.
 */
class RandomWorkflowsTest {
    private static final int WORKFLOWS = 5_000;
    private static final int CRASHING = 2_000;
    /** So many bodies may be under way at once in a shape. */
    private static final int MOST_BESIDE = 64;

    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofDays(400);
    /** What every signal says. */
    private static final int SIGNAL = 5;

    /** A part of a composition. */
    private sealed interface Block {
        /** A step that fails so many times, for good when it is not tried as often. */
        record One(String name, int failures, int retries, boolean permanent, boolean continuing) implements Block {
            boolean fails() {
                return permanent || failures > retries;
            }
        }

        record Each(String name, int items, int broken) implements Block {}

        /** A wait for a signal, and a step that is given it; the signal comes at once or when the run waits for it. */
        record Receive(String name, boolean early) implements Block {}

        record Beside(List<Block> branches) implements Block {}

        record Chosen(String name, boolean holds, Block then, Block otherwise) implements Block {}

        record Sequence(List<Block> blocks) implements Block {}
    }

    /** Makes one shape. */
    private static final class Shapes {
        private final Random random;
        private int names;

        Shapes(Random random) {
            this.random = random;
        }

        Block sequence(int depth) {
            List<Block> blocks = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                blocks.add(block(depth));
            }
            return new Block.Sequence(blocks);
        }

        private Block block(int depth) {
            int kind = random.nextInt(depth > 2 ? 8 : 11);
            if (kind < 6) {
                boolean flaky = random.nextInt(5) == 0;
                int failures = flaky ? random.nextInt(3) + 1 : 0;
                return new Block.One(
                        name(),
                        failures,
                        flaky ? random.nextInt(4) : 0,
                        random.nextInt(18) == 0,
                        random.nextInt(8) == 0);
            }
            if (kind == 6) {
                int items = random.nextInt(6);
                return new Block.Each(name(), items, random.nextInt(8) == 0 ? random.nextInt(items + 1) : -1);
            }
            if (kind == 7) {
                return new Block.Receive(name(), random.nextBoolean());
            }
            if (kind == 8) {
                return new Block.Chosen(name(), random.nextBoolean(), sequence(depth + 1), sequence(depth + 1));
            }
            List<Block> branches = new ArrayList<>();
            for (int i = random.nextInt(3) + 1; i >= 0; i--) {
                branches.add(sequence(depth + 1));
            }
            return new Block.Beside(branches);
        }

        private String name() {
            return "n" + names++;
        }
    }

    /** What happened, in its order. */
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    private Step<Integer, String> step(String name, int failures, int retries, boolean permanent, int broken) {
        return Step.of(name, String.class, (Integer item, StepContext context) -> {
                    if (permanent || item == broken) {
                        throw PermanentFailure.of(name);
                    }
                    if (context.attempt() <= failures) {
                        throw new Failure(FailureCode.UNAVAILABLE, "try " + context.attempt());
                    }
                    String done = name + "/" + item;
                    log.add(done);
                    return done;
                })
                .compensate((done, context) -> log.add("undo " + done))
                .retries(retries, SOON);
    }

    private void compose(Flow<Integer> flow, Block block) {
        if (block instanceof Block.Sequence sequence) {
            sequence.blocks().forEach(one -> compose(flow, one));
        } else if (block instanceof Block.One one) {
            Step<Integer, String> step = step(one.name(), one.failures(), one.retries(), one.permanent(), -2);
            flow.step(one.continuing() ? step.with(step.options().continuing()) : step, flow.constant(-1));
        } else if (block instanceof Block.Each each) {
            List<Integer> items = new ArrayList<>();
            for (int i = 0; i < each.items(); i++) {
                items.add(i);
            }
            flow.forEach(step(each.name(), 0, 0, false, each.broken()), flow.constant(items), 2);
        } else if (block instanceof Block.Receive receive) {
            Value<Integer> value = flow.waitFor("wait " + receive.name(), receive.name(), Integer.class, LONG);
            flow.step(step(receive.name(), 0, 0, false, -2), value);
        } else if (block instanceof Block.Beside beside) {
            flow.parallel(beside.branches().stream()
                    .<Runnable>map(branch -> () -> compose(flow, branch))
                    .toArray(Runnable[]::new));
        } else if (block instanceof Block.Chosen chosen) {
            flow.when(chosen.name(), flow.input(), n -> chosen.holds())
                    .then(() -> compose(flow, chosen.then()))
                    .otherwise(() -> {
                        compose(flow, chosen.otherwise());
                        return null;
                    });
        }
    }

    /** What the model expects: what is done when nothing is in the way, what must come before what, what breaks it. */
    private static final class Expected {
        private final Set<String> done = new HashSet<>();
        private final Set<String> breaking = new HashSet<>();
        private final Map<String, Set<String>> before = new HashMap<>();
        /** The signals that it may wait for, and whether each comes early. */
        private final Map<String, Boolean> signals = new TreeMap<>();

        /** Walks a block that starts when all of some are done; answers what is done when it ends. */
        Set<String> walk(Block block, Set<String> earlier) {
            if (block instanceof Block.Sequence sequence) {
                Set<String> now = earlier;
                for (Block one : sequence.blocks()) {
                    now = walk(one, now);
                }
                return now;
            }
            if (block instanceof Block.One one) {
                return one(one, earlier);
            }
            if (block instanceof Block.Each each) {
                Set<String> all = new HashSet<>(earlier);
                for (int item = 0; item < each.items(); item++) {
                    put(each.name() + "/" + item, item == each.broken(), earlier, all);
                }
                return all;
            }
            if (block instanceof Block.Receive receive) {
                signals.put(receive.name(), receive.early());
                Set<String> all = new HashSet<>(earlier);
                put(receive.name() + "/" + SIGNAL, false, earlier, all);
                return all;
            }
            if (block instanceof Block.Beside beside) {
                Set<String> all = new HashSet<>();
                beside.branches().forEach(branch -> all.addAll(walk(branch, earlier)));
                return all;
            }
            Block.Chosen chosen = (Block.Chosen) block;
            return walk(chosen.holds() ? chosen.then() : chosen.otherwise(), earlier);
        }

        private Set<String> one(Block.One one, Set<String> earlier) {
            Set<String> all = new HashSet<>(earlier);
            if (!one.fails() || !one.continuing()) {
                put(one.name() + "/-1", one.fails(), earlier, all);
            }
            return all;
        }

        private void put(String name, boolean breaks, Set<String> earlier, Set<String> all) {
            before.put(name, Set.copyOf(earlier));
            (breaks ? breaking : done).add(name);
            all.add(name);
        }

        /** What can be done although something breaks: everything that waits for none of it. */
        Set<String> reachable() {
            return done.stream()
                    .filter(name -> Collections.disjoint(before.get(name), breaking))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void endAsTheModelSays() {
        long seed = Long.getLong("seed", 20_261_121L);
        Vertx vertx = Vertx.vertx();
        // Pauses pass at once; time-outs never come.
        MemoryRunner runner = new MemoryRunner(vertx, (pause, something) -> {
            if (pause.compareTo(Duration.ofSeconds(1)) < 0) {
                something.run();
            }
            return () -> {};
        });
        int reverted = 0;
        for (int i = 0; i < WORKFLOWS; i++) {
            Block shape = new Shapes(new Random(seed + i)).sequence(0);
            Expected expected = new Expected();
            expected.walk(shape, Set.of());
            log.clear();
            Run run = TestDatabase.await(runner.run(
                    Workflow.<Integer, Integer>define("w", Integer.class, flow -> {
                        compose(flow, shape);
                        return flow.input();
                    }),
                    "run " + i,
                    7,
                    expected.signals.keySet(),
                    SIGNAL));
            check("seed " + (seed + i) + ": " + shape, run.state(), run.output(), expected, List.copyOf(log));
            reverted += run.state() == RunState.REVERTED ? 1 : 0;
        }
        runner.close();
        TestDatabase.await(vertx.close());

        assertThat(reverted).isBetween(WORKFLOWS / 10, WORKFLOWS * 9 / 10);
    }

    @Test
    void endAsTheModelSaysThoughTheirOwnersDie() {
        long seed = Long.getLong("seed", 20_261_121L);
        int crashes = 0;
        try (WorkflowKit kit = new WorkflowKit()) {
            for (int i = 0; i < CRASHING; i++) {
                Random random = new Random(seed + i);
                Block shape = new Shapes(random).sequence(0);
                Expected expected = new Expected();
                expected.walk(shape, Set.of());
                log.clear();
                String[] points = points(expected, random);
                WorkflowKit.Recording run = kit.crashAt(points)
                        .run(
                                Workflow.<Integer, Integer>define("w", Integer.class, flow -> {
                                    compose(flow, shape);
                                    return flow.input();
                                }),
                                7);
                run = signalled(kit, run, expected);
                crashes += run.crashes().size();
                // What was under way when an owner died is done again.
                List<String> once = log.stream().distinct().toList();
                check(
                        "seed " + (seed + i) + ", crashed " + run.crashes() + ": " + shape,
                        run.state(),
                        run.output(),
                        expected,
                        once);
                assertThat(log.size() - once.size())
                        .isLessThanOrEqualTo(MOST_BESIDE * run.crashes().size());
            }
        }

        assertThat(crashes).isGreaterThan(CRASHING);
    }

    /** Sends signals while the run waits, those that come early first. */
    private static WorkflowKit.Recording signalled(WorkflowKit kit, WorkflowKit.Recording begun, Expected expected) {
        WorkflowKit.Recording run = begun;
        for (boolean early : List.of(true, false)) {
            for (Map.Entry<String, Boolean> signal : expected.signals.entrySet()) {
                if (run.state() == RunState.WAITING && signal.getValue() == early) {
                    run = kit.signal(signal.getKey(), SIGNAL);
                }
            }
        }
        return run;
    }

    /** Where owners die: around the results of some steps, and of some compensations. */
    private static String[] points(Expected expected, Random random) {
        List<String> names = new ArrayList<>();
        expected.before.keySet().forEach(name -> names.add(name.substring(0, name.indexOf('/'))));
        Collections.sort(names);
        List<String> points = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0 && !names.isEmpty(); i--) {
            String when = random.nextBoolean() ? "before " : "after ";
            String undo = random.nextInt(3) == 0 ? "undo " : "";
            String name = names.get(random.nextInt(names.size()));
            boolean signal = expected.signals.containsKey(name) && random.nextBoolean();
            points.add(when + (signal ? random.nextBoolean() ? "signal " : "wait " : undo) + name);
        }
        return points.toArray(String[]::new);
    }

    private void check(String what, RunState state, @Nullable Object output, Expected expected, List<String> happened) {
        List<String> done =
                happened.stream().filter(one -> !one.startsWith("undo ")).toList();
        List<String> undone = happened.stream()
                .filter(one -> one.startsWith("undo "))
                .map(one -> one.substring("undo ".length()))
                .toList();
        assertThat(done).as(what).doesNotHaveDuplicates();
        done.forEach(one -> assertThat(done.subList(0, done.indexOf(one)))
                .as(what)
                .containsAll(expected.before.get(one).stream()
                        .filter(expected.done::contains)
                        .toList()));
        if (expected.breaking.isEmpty()) {
            assertThat(state).as(what).isEqualTo(RunState.DONE);
            assertThat(output).as(what).isEqualTo(7);
            assertThat(done).as(what).containsExactlyInAnyOrderElementsOf(expected.done);
            assertThat(undone).as(what).isEmpty();
            return;
        }
        assertThat(state).as(what).isEqualTo(RunState.REVERTED);
        assertThat(expected.reachable()).as(what).containsAll(done);
        assertThat(undone).as(what).containsExactlyInAnyOrderElementsOf(done);
        undone.forEach(one -> assertThat(undone.subList(0, undone.indexOf(one)))
                .as(what)
                .doesNotContainAnyElementsOf(withNone(expected.before.get(one))));
    }

    /** AssertJ takes no empty set of what may not be there. */
    private static Set<String> withNone(Set<String> some) {
        return some.isEmpty() ? Set.of("none") : some;
    }
}
