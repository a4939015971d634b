package io.vinculum.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.flow.Concurrency;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Schedule;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.flow.WorkflowOptions;
import io.vinculum.shard.ShardLeases;
import io.vinculum.shard.Shards;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is kept of runs, and what a new owner makes of it. */
class KeepingIT {
    @RegisterExtension
    static final Nodes nodes = new Nodes();

    private static Workflow<String, String> of(Step<String, String> step) {
        return Workflow.define("w", String.class, flow -> flow.step(step, flow.input()));
    }

    private static List<String> column(String sql) {
        return nodes.database().rows(sql).stream()
                .map(row -> String.valueOf(row.getValue(0)))
                .toList();
    }

    /** A step that blocks in the first process that runs it, and answers in the next. */
    private Step<String, String> deadly(String name, CountDownLatch reached, AtomicBoolean dying) {
        return Step.of(name, String.class, (String input, StepContext context) -> {
            if (dying.get()) {
                reached.countDown();
                new CountDownLatch(1).await();
            }
            nodes.say(name);
            return input + "," + name;
        });
    }

    @Test
    void aTransactionalStepsWritesAreThereOnceOrNotAtAll() {
        AtomicInteger tries = new AtomicInteger();
        Step<String, String> step = Step.<String, String>transactional(
                        "insert",
                        String.class,
                        (input, session, context) -> session.run(Statement.of(
                                        "insert into brand.brand (id) values ($1)", "b" + context.attempt()))
                                .compose(done -> tries.incrementAndGet() == 1
                                        ? Future.failedFuture(new IllegalStateException("after the insert"))
                                        : Future.succeededFuture("b" + context.attempt())))
                .retries(1, Duration.ofMillis(1));
        Coordinator node = nodes.node(of(step));

        JsonObject run = nodes.run(node, "t");

        assertThat(run.getString("output")).isEqualTo("b2");
        assertThat(column("select id from brand.brand")).containsExactly("b2");
        assertThat(column("select attempt from vinculum.workflow_step")).containsExactly("2");
    }

    @Test
    void aTransactionalStepOfAnOwnerThatWasGivenUpLeavesNothing() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        AtomicInteger owners = new AtomicInteger();
        Step<String, String> step = Step.transactional("insert", String.class, (input, session, context) -> {
            String id = "by owner " + owners.incrementAndGet();
            return session.run(Statement.of("insert into brand.brand (id) values ($1)", id))
                    .compose(done -> owners.get() > 1
                            ? Future.succeededFuture(id)
                            : nodes.database().vertx().executeBlocking(() -> {
                                inside.countDown();
                                taken.await();
                                return id;
                            }));
        });
        Coordinator node = nodes.node(of(step));
        Future<JsonObject> run = node.run(Nodes.request("t"));
        Nodes.await(inside);

        nodes.database().sql("update vinculum.workflow_shard set node = gen_random_uuid(), epoch = epoch + 1");
        taken.countDown();

        assertThat(TestDatabase.await(run, Nodes.A_WHILE).getString("output")).isEqualTo("by owner 2");
        assertThat(column("select id from brand.brand")).containsExactly("by owner 2");
    }

    @Test
    void whatABodyPreparedIsTheSameForTheNextOwner() {
        CountDownLatch reached = new CountDownLatch(1);
        AtomicBoolean dying = new AtomicBoolean(true);
        AtomicInteger numbers = new AtomicInteger();
        Step<String, String> step = Step.of("make", String.class, (String input, StepContext context) -> {
                    String id = context.prepare(String.class, () -> "id " + numbers.incrementAndGet());
                    if (dying.get()) {
                        reached.countDown();
                        new CountDownLatch(1).await();
                    }
                    return id;
                })
                .compensate(String.class, (id, context) -> nodes.say("undo " + id));
        Workflow<String, String> workflow = of(step);
        Coordinator first = nodes.node(workflow);
        first.run(Nodes.request("t"));
        Nodes.await(reached);
        assertThat(nodes.retrieve(first, "t")
                        .getJsonArray("steps")
                        .getJsonObject(0)
                        .getString("state"))
                .isEqualTo("prepared");

        dying.set(false);
        nodes.kill(first);
        Coordinator second = nodes.node(workflow);

        assertThat(nodes.become(second, "t", "done").getString("output")).isEqualTo("id 1");
        TestDatabase.await(second.change(RunAction.CANCEL, Nodes.named("t")));
        assertThat(nodes.log()).containsExactly("undo id 1");
    }

    @Test
    void whatABodyPreparedIsUndoneEvenIfItFails() {
        Step<String, String> step = Step.of("make", String.class, (String input, StepContext context) -> {
                    context.prepare(String.class, () -> "half");
                    throw new IllegalStateException("half way");
                })
                .compensate(String.class, (half, context) -> nodes.say("undo " + half));

        assertThat(nodes.run(nodes.node(of(step)), "t").getString("state")).isEqualTo("reverted");
        assertThat(nodes.log()).containsExactly("undo half");
    }

    @Test
    void aSleepGoesOnWithWhatIsLeftOfIt() {
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            flow.sleep("rest", Duration.ofSeconds(3));
            return flow.step(nodes.step("after"), flow.input());
        });
        Coordinator first = nodes.node(workflow);
        first.run(Nodes.request("t"));
        nodes.become(first, "t", "waiting");
        nodes.kill(first);
        // As if most of the time had passed while nobody owned the run.
        nodes.database().sql("update vinculum.workflow_step set wake_at = now() + interval '100 ms'");
        long begun = System.nanoTime();

        nodes.become(nodes.node(workflow), "t", "done");

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(2_900));
    }

    @Test
    void triesAreCountedAcrossOwners() {
        AtomicBoolean failing = new AtomicBoolean(true);
        Step<String, String> step = Step.of("flaky", String.class, (String input, StepContext context) -> {
                    nodes.say("try " + context.attempt());
                    if (failing.get()) {
                        throw new IllegalStateException("not yet");
                    }
                    return "ok";
                })
                .retries(5, Duration.ofSeconds(30));
        Workflow<String, String> workflow = of(step);
        Coordinator first = nodes.node(workflow);
        first.run(Nodes.request("t"));
        JsonObject row = retrying(first);
        assertThat(row.getInteger("attempts")).isEqualTo(1);
        assertThat(row.getJsonObject("error").getString("code")).isEqualTo("INTERNAL");
        nodes.kill(first);
        nodes.database().sql("update vinculum.workflow_step set wake_at = now()");

        failing.set(false);

        assertThat(nodes.become(nodes.node(workflow), "t", "done").getString("output"))
                .isEqualTo("ok");
        assertThat(nodes.log()).containsExactly("try 1", "try 2");
    }

    private JsonObject retrying(Coordinator node) {
        return TestDatabase.await(retried(node), Nodes.A_WHILE);
    }

    private Future<JsonObject> retried(Coordinator node) {
        return Nodes.found(node, "t")
                .compose(run -> run.getJsonArray("steps").isEmpty()
                        ? nodes.database()
                                .vertx()
                                .timer(20, TimeUnit.MILLISECONDS)
                                .compose(fired -> retried(node))
                        : Future.succeededFuture(run.getJsonArray("steps").getJsonObject(0)));
    }

    @Test
    void aSubWorkflowIsAPartOfTheRun() {
        Workflow<String, String> inner = Workflow.define(
                "inner",
                String.class,
                flow -> flow.step(nodes.step("two"), flow.step(nodes.step("one"), flow.input())));
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<String> once = flow.run(inner, flow.step(nodes.step("first"), flow.input()));
            Value<String> twice = flow.run("again", inner, once);
            return flow.step(
                    Step.of("fails", String.class, (String input, StepContext context) -> {
                        nodes.say(input);
                        throw PermanentFailure.of("no");
                    }),
                    twice);
        });
        Coordinator node = nodes.node(workflow);

        assertThat(nodes.run(node, "t").getString("state")).isEqualTo("reverted");
        assertThat(nodes.log())
                .containsExactly(
                        "first",
                        "one",
                        "two",
                        "one",
                        "two",
                        "in,first,one,two,one,two",
                        "undo two",
                        "undo one",
                        "undo two",
                        "undo one",
                        "undo first");
        assertThat(workflow.describe()).contains("inner.one after first", "again.two after again.one");
        assertThatThrownBy(() -> Workflow.<String, String>define("w", String.class, flow -> {
                    flow.run(inner, flow.input());
                    return flow.run(inner, flow.input());
                }))
                .hasMessageContaining("two nodes called 'inner.one'");
    }

    @Test
    void eventsLeaveWithAGoodEndOnly() {
        List<Object> heard = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch two = new CountDownLatch(2);
        var consumer = nodes.database().vertx().eventBus().<JsonObject>consumer("shop.sold", message -> {
            heard.add(message.body().getString("what"));
            two.countDown();
        });
        TestDatabase.await(consumer.completion());
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            flow.emit("sold", "shop.sold", flow.transform(flow.input(), what -> new JsonObject().put("what", what)));
            return flow.step(
                    Step.of("maybe", String.class, (String input, StepContext context) -> {
                        if (input.equals("bad")) {
                            throw PermanentFailure.of("no");
                        }
                        return input;
                    }),
                    flow.input());
        });
        Coordinator node = nodes.node(workflow);
        TestDatabase.await(node.run(Nodes.request("1").put("input", "lamp")));
        TestDatabase.await(node.run(Nodes.request("2").put("input", "bad")));
        // As a node leaves it that dies behind the end.
        nodes.database()
                .sql("insert into vinculum.workflow_outbox values ('w/3', 0, 7, 'shop.sold', '{\"what\": \"left\"}')");
        nodes.kill(node);
        nodes.node(workflow);
        Nodes.await(two);
        TestDatabase.await(consumer.unregister());

        assertThat(heard).containsExactly("lamp", "left");
    }

    @Test
    void runsInMemoryLeaveNoRowAndAreRemembered() {
        Coordinator node = nodes.node(of(nodes.step("one")).durable(false));

        nodes.run(node, "t");
        JsonObject again = nodes.run(node, "t");

        assertThat(again.getString("output")).isEqualTo("in,one");
        assertThat(nodes.log()).containsExactly("one");
        assertThat(nodes.retrieve(node, "t")
                        .getJsonArray("steps")
                        .getJsonObject(0)
                        .getString("output"))
                .isEqualTo("in,one");
        assertThat(TestDatabase.await(node.change(RunAction.CANCEL, Nodes.named("t")))
                        .getString("state"))
                .isEqualTo("reverted");
        assertThat(nodes.log()).containsExactly("one", "undo one");
        assertThat(column("select id from vinculum.workflow_run")).isEmpty();
    }

    @Test
    void aRunInMemoryIsWrittenDownWhenItHasToWait() {
        Workflow<String, String> workflow = Workflow.<String, String>define("w", String.class, flow -> {
                    Value<String> one = flow.step(nodes.step("one"), flow.input());
                    flow.sleep("rest", Duration.ofSeconds(20));
                    return flow.step(nodes.step("two"), one);
                })
                .durable(false);
        Coordinator first = nodes.node(workflow);
        first.run(Nodes.request("t"));
        nodes.become(first, "t", "waiting");
        assertThat(column("select node from vinculum.workflow_step order by node"))
                .containsExactly("one", "rest");
        nodes.kill(first);
        nodes.database().sql("update vinculum.workflow_step set wake_at = now()");

        assertThat(nodes.become(nodes.node(workflow), "t", "done").getString("output"))
                .isEqualTo("in,one,two");
        assertThat(nodes.log()).containsExactly("one", "two");
    }

    @Test
    void atMostSoManyRunsOfAKeyAreUnderWayTheUrgentFirst() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Step<JsonObject, String> step = Step.of("work", String.class, (JsonObject input, StepContext context) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            nodes.say(input.getString("name"));
            begun.countDown();
            goOn.await();
            now.decrementAndGet();
            return "done";
        });
        Workflow<JsonObject, String> workflow = Workflow.<JsonObject, String>define(
                        "w", JsonObject.class, flow -> flow.step(step, flow.input()))
                .with(WorkflowOptions.DEFAULT.withConcurrency(Concurrency.of(1, "customer")));
        Coordinator node = nodes.node(workflow);
        List<Future<JsonObject>> runs = new ArrayList<>();
        runs.add(node.run(keyed("a", 0)));
        Nodes.await(begun);
        TestDatabase.await(node.run(keyed("b", 0).put("wait", false)));
        TestDatabase.await(node.run(keyed("c", 0).put("wait", false)));
        TestDatabase.await(node.run(keyed("urgent", 9).put("wait", false)));
        goOn.countDown();
        for (String name : List.of("b", "c", "urgent")) {
            runs.add(node.run(keyed(name, 0)));
        }
        TestDatabase.await(Future.all(runs), Nodes.A_WHILE);

        assertThat(most).hasValue(1);
        assertThat(nodes.log()).containsExactly("a", "urgent", "b", "c");
    }

    @Test
    void aRunThatWaitsForAPlaceBeginsNoSoonerWhenItIsResumed() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Step<JsonObject, String> step = Step.of("work", String.class, (JsonObject input, StepContext context) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            begun.countDown();
            goOn.await();
            now.decrementAndGet();
            return "done";
        });
        Coordinator node = nodes.node(
                Workflow.<JsonObject, String>define("w", JsonObject.class, flow -> flow.step(step, flow.input()))
                        .with(WorkflowOptions.DEFAULT.withConcurrency(Concurrency.of(1, "customer"))));
        node.run(keyed("a", 0));
        Nodes.await(begun);
        TestDatabase.await(node.run(keyed("b", 0).put("wait", false)));

        TestDatabase.await(node.change(RunAction.PAUSE, Nodes.named("b")));
        TestDatabase.await(node.change(RunAction.RESUME, Nodes.named("b")));
        assertThat(nodes.retrieve(node, "b").getJsonArray("steps")).isEmpty();
        goOn.countDown();

        assertThat(nodes.become(node, "b", "done").getString("output")).isEqualTo("done");
        assertThat(most).hasValue(1);
    }

    private static JsonObject keyed(String name, int priority) {
        return Nodes.named(name)
                .put("priority", priority)
                .put("input", new JsonObject().put("customer", "c1").put("name", name));
    }

    @Test
    void aScheduleStartsOneRunForEachTimeInTheWholeCluster() {
        CountDownLatch three = new CountDownLatch(3);
        Step<JsonObject, String> step = Step.of("tick", String.class, (JsonObject input, StepContext context) -> {
            nodes.say(context.runId());
            three.countDown();
            return input.getString("who");
        });
        Workflow<JsonObject, String> workflow = Workflow.<JsonObject, String>define(
                        "w", JsonObject.class, flow -> flow.step(step, flow.input()))
                .with(WorkflowOptions.DEFAULT.withSchedule(
                        Schedule.every(Duration.ofSeconds(1), new JsonObject().put("who", "cron"))));
        nodes.node(workflow);
        nodes.node(workflow);

        Nodes.await(three);

        assertThat(nodes.log()).doesNotHaveDuplicates().allMatch(id -> id.matches("w/at \\d{4}-.*Z"));
    }

    @Test
    void runsAreForgottenWhenTheirTimeIsOver() {
        Workflow<String, String> workflow =
                of(nodes.step("one")).with(WorkflowOptions.DEFAULT.withRetention(Duration.ofHours(1)));
        Coordinator first = nodes.node(workflow);
        nodes.run(first, "old");
        nodes.run(first, "new");
        nodes.database()
                .sql("update vinculum.workflow_run set created_at = now() - interval '2 hours',"
                        + " finished_at = now() - interval '2 hours' where transaction_id = 'old'");
        nodes.stop(first);
        nodes.node(workflow);

        TestDatabase.await(gone(), Nodes.A_WHILE);

        assertThat(column("select transaction_id from vinculum.workflow_run")).containsExactly("new");
        assertThat(column("select run from vinculum.workflow_step")).containsExactly("w/new");
    }

    private Future<Void> gone() {
        return nodes.database()
                .database()
                .read(Statement.of("select from vinculum.workflow_run where transaction_id = 'old'"))
                .compose(rows -> rows.isEmpty()
                        ? Future.succeededFuture()
                        : nodes.database()
                                .vertx()
                                .timer(50, TimeUnit.MILLISECONDS)
                                .compose(fired -> gone()));
    }

    @Test
    void aRunThatTakesTooLongIsUndone() {
        Workflow<String, String> workflow = Workflow.<String, String>define("w", String.class, flow -> {
                    Value<String> one = flow.step(nodes.step("one"), flow.input());
                    flow.sleep("rest", Duration.ofMinutes(1));
                    return one;
                })
                .with(WorkflowOptions.DEFAULT.withTimeout(Duration.ofMillis(300)));

        JsonObject run = nodes.run(nodes.node(workflow), "t");

        assertThat(run.getString("state")).isEqualTo("reverted");
        assertThat(run.getJsonObject("error").getString("message")).contains("the run took longer than PT0.3S");
        assertThat(nodes.log()).containsExactly("one", "undo one");
    }

    @Test
    void aRunUnderWhichOneNodeAfterTheOtherDiesIsParked() {
        AtomicBoolean dying = new AtomicBoolean(true);
        Workflow<String, String> workflow = of(Step.of("kills", String.class, (String input, StepContext context) -> {
            nodes.say("kills");
            if (dying.get()) {
                new CountDownLatch(1).await();
            }
            return "survived";
        }));
        Coordinator node = nodes.node(workflow);
        node.run(Nodes.request("t"));
        for (int deaths = 1; deaths <= Recovery.DEATHS; deaths++) {
            TestDatabase.await(said(deaths), Nodes.A_WHILE);
            nodes.kill(node);
            node = nodes.node(workflow);
        }

        JsonObject run = nodes.become(node, "t", "stuck");
        assertThat(run.getString("finished_at")).isNull();
        assertThat(nodes.log()).hasSize(Recovery.DEATHS);
        dying.set(false);
        nodes.until(node, RunAction.RETRY, Nodes.named("t"));
        assertThat(nodes.become(node, "t", "done").getString("output")).isEqualTo("survived");
    }

    @Test
    void whatWasUnderWayInAStuckRunIsUndoneWhenItIsCancelled() {
        AtomicBoolean dying = new AtomicBoolean(true);
        Step<String, String> pay = Step.of("pay", String.class, (String input, StepContext context) -> {
                    nodes.say("pay");
                    if (dying.get()) {
                        new CountDownLatch(1).await();
                    }
                    return "paid";
                })
                .compensate((paid, context) -> nodes.say("repay"));
        Workflow<String, String> workflow = of(pay);
        Coordinator node = nodes.node(workflow);
        node.run(Nodes.request("t"));
        for (int deaths = 1; deaths <= Recovery.DEATHS; deaths++) {
            TestDatabase.await(said(deaths), Nodes.A_WHILE);
            nodes.kill(node);
            node = nodes.node(workflow);
        }
        nodes.become(node, "t", "stuck");

        dying.set(false);
        nodes.until(node, RunAction.CANCEL, Nodes.named("t"));

        assertThat(nodes.become(node, "t", "reverted").getJsonObject("error").getString("message"))
                .isEqualTo("the run was cancelled");
        assertThat(nodes.log()).endsWith("pay", "repay");
    }

    @Test
    void aRunThatNobodyLooksAfterIsGoneOnWith() {
        Coordinator node = nodes.node(of(nodes.step("one")));
        // As a start leaves it whose answer was lost.
        nodes.database()
                .sql("insert into vinculum.workflow_run (id, shard, workflow, transaction_id, definition, state, input)"
                        + " values ('w/t', 7, 'w', 't', '', 'invoking', '\"in\"')");
        nodes.database().sql("insert into vinculum.workflow_live (shard, run) values (7, 'w/t')");

        assertThat(nodes.run(node, "t").getString("output")).isEqualTo("in,one");
        assertThat(nodes.log()).containsExactly("one");
    }

    @Test
    void whatCannotBeKeptFailsTheRunAndDoesNotHangIt() {
        Step<Object, String> takes = Step.of("takes", String.class, (Object input, StepContext context) -> "taken");
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<String> one = flow.step(nodes.step("one"), flow.input());
            return flow.step(takes, flow.transform(one, input -> new Object()));
        });
        Step<String, JsonObject> odd = Step.of(
                "odd",
                JsonObject.class,
                (String input, StepContext context) -> new JsonObject().put("x", new Object()));
        Workflow<String, JsonObject> answers = Workflow.define("v", String.class, flow -> flow.step(odd, flow.input()));
        Coordinator node = nodes.node(workflow, answers);

        JsonObject given = nodes.run(node, "t");
        JsonObject answered = TestDatabase.await(node.run(Nodes.request("t").put("id", "v")));

        assertThat(given.getString("state")).isEqualTo("reverted");
        assertThat(given.getJsonObject("error").getString("message")).contains("'takes'", "cannot be kept as JSON");
        assertThat(nodes.log()).containsExactly("one", "undo one");
        Step<String, String> prepares = Step.of("prepares", String.class, (String input, StepContext context) -> {
            context.prepare(Object.class, Object::new);
            return input;
        });
        Step<Object, String> waits = Step.<Object, String>async("waits", String.class, (input, context) -> {});
        Step<Object, String> tries = Step.<Object, String>of("tries", String.class, (input, context) -> {
                    throw new IllegalStateException("not yet");
                })
                .retries(2, Duration.ofMillis(1));
        nodes.stop(node);
        for (Workflow<String, String> other : List.of(
                of(prepares),
                Workflow.<String, String>define(
                        "w", String.class, flow -> flow.step(waits, flow.transform(flow.input(), in -> new Object()))),
                Workflow.<String, String>define(
                        "w",
                        String.class,
                        flow -> flow.step(tries, flow.transform(flow.input(), in -> new Object()))))) {
            Coordinator next = nodes.node(other);
            JsonObject run = nodes.run(next, other.nodes().get(0).name());
            assertThat(run.getString("state")).as(run.encode()).isEqualTo("reverted");
            assertThat(run.getJsonObject("error").getString("message")).contains("cannot be kept as JSON");
            nodes.stop(next);
        }
        assertThat(answered.getString("state")).isEqualTo("reverted");
        assertThat(answered.getJsonObject("error").getString("message")).contains("'odd'", "cannot be kept as JSON");
    }

    @Test
    void aTransformThatThrowsWhileItIsUndoneIsUndoneByTheNextOwnerToo() {
        CountDownLatch undoing = new CountDownLatch(1);
        AtomicBoolean dying = new AtomicBoolean(true);
        Step<String, String> first = Step.of("first", String.class, (String input, StepContext context) -> input)
                .compensate((output, context) -> {
                    if (dying.get()) {
                        undoing.countDown();
                        new CountDownLatch(1).await();
                    }
                    nodes.say("undo first");
                });
        Workflow<String, String> workflow = Workflow.define("w", String.class, flow -> {
            Value<String> one = flow.step(first, flow.input());
            Value<String> two = flow.step(nodes.step("two"), one);
            return flow.step(nodes.step("three"), flow.transform(two, input -> {
                throw new IllegalStateException("on purpose");
            }));
        });
        Coordinator node = nodes.node(workflow);
        node.run(Nodes.request("t"));
        Nodes.await(undoing);
        dying.set(false);
        nodes.kill(node);

        nodes.become(nodes.node(workflow), "t", "reverted");

        assertThat(nodes.log()).containsExactly("two", "undo two", "undo first");
    }

    private Future<Void> said(int times) {
        return nodes.log().size() >= times
                ? Future.succeededFuture()
                : nodes.database().vertx().timer(10, TimeUnit.MILLISECONDS).compose(fired -> said(times));
    }

    @Test
    void aRunGoesOnInAWorkflowThatHasGrownBehindIt() {
        CountDownLatch reached = new CountDownLatch(1);
        AtomicBoolean dying = new AtomicBoolean(true);
        Step<String, String> last = deadly("last", reached, dying);
        Coordinator first = nodes.node(Workflow.<String, String>define(
                "w", String.class, flow -> flow.step(last, flow.step(nodes.step("one"), flow.input()))));
        first.run(Nodes.request("t"));
        Nodes.await(reached);
        dying.set(false);
        nodes.kill(first);

        Coordinator second = nodes.node(Workflow.<String, String>define(
                "w",
                String.class,
                flow -> flow.step(nodes.step("more"), flow.step(last, flow.step(nodes.step("one"), flow.input())))));

        assertThat(nodes.become(second, "t", "done").getString("output")).isEqualTo("in,one,last,more");
    }

    /** What becomes of a run that has done {@code one} in a workflow where something comes before it now. */
    private JsonObject changed(WorkflowOptions.OnChange policy, String state) {
        CountDownLatch reached = new CountDownLatch(1);
        AtomicBoolean dying = new AtomicBoolean(true);
        Step<String, String> last = deadly("last", reached, dying);
        Coordinator first = nodes.node(Workflow.<String, String>define(
                "w", String.class, flow -> flow.step(last, flow.step(nodes.step("one"), flow.input()))));
        first.run(Nodes.request("t"));
        Nodes.await(reached);
        nodes.kill(first);
        Workflow<String, String> reordered = Workflow.<String, String>define(
                        "w",
                        String.class,
                        flow -> flow.step(nodes.step("one"), flow.step(nodes.step("before"), flow.input())))
                .with(WorkflowOptions.DEFAULT.withOnChange(policy));
        return nodes.become(nodes.node(reordered), "t", state);
    }

    @Test
    void aRunWhoseStepsWereReorderedWaits() {
        assertThat(changed(WorkflowOptions.OnChange.WAIT, "invoking").getString("finished_at"))
                .isNull();
        assertThat(nodes.log()).containsExactly("one");
    }

    @Test
    void aRunWhoseStepsWereReorderedIsUndoneWhereItsWorkflowSaysSo() {
        JsonObject run = changed(WorkflowOptions.OnChange.REVERT, "reverted");

        assertThat(run.getJsonObject("error").getString("message"))
                .contains("the step 'one' of w comes later now than this run has completed it");
        assertThat(nodes.log()).containsExactly("one", "undo one");
    }

    @Test
    void aRunWhoseStepsWereReorderedFailsWhereItsWorkflowSaysSo() {
        changed(WorkflowOptions.OnChange.FAIL, "failed");

        assertThat(nodes.log()).containsExactly("one");
    }

    @Test
    void nodesShareTheShardsAndHandThemOn() {
        Workflow<String, String> workflow = of(nodes.step("one"));
        Coordinator first = nodes.node(workflow);
        nodes.node(workflow);
        TestDatabase.await(shares(512, 512), Nodes.A_WHILE);
        nodes.node(workflow);
        TestDatabase.await(shares(342, 341, 341), Nodes.A_WHILE);

        nodes.kill(first);

        TestDatabase.await(shares(512, 512), Nodes.A_WHILE);
    }

    /** Waits until the shards are shared so; counts within one of each other. */
    private Future<Void> shares(Integer... expected) {
        return nodes.database()
                .database()
                .read(Statement.of("select count(*)::int4 from vinculum.workflow_shard where node is not null"
                        + " group by node order by 1 desc"))
                .compose(rows -> fits(rows, expected)
                        ? Future.succeededFuture()
                        : nodes.database()
                                .vertx()
                                .timer(50, TimeUnit.MILLISECONDS)
                                .compose(fired -> shares(expected)));
    }

    private static boolean fits(List<Row> rows, Integer... expected) {
        return rows.size() == expected.length
                && rows.stream().mapToInt(row -> row.getInteger(0)).sum() == Shards.COUNT
                && Math.abs(rows.get(0).getInteger(0) - expected[0]) <= 1;
    }

    @Test
    void whatAWorkflowMayNotBeIsSaidAtItsDefinition() {
        Step<String, String> transactional = Step.transactional(
                "insert",
                String.class,
                (String input, Session session, StepContext context) -> Future.succeededFuture(input));

        assertThatThrownBy(() -> of(transactional).durable(false))
                .hasMessageContaining(
                        "the step 'insert' of w commits with its result, so the workflow must be durable");
        assertThatThrownBy(() -> of(nodes.step("one"))
                        .with(WorkflowOptions.DEFAULT
                                .withSchedule(Schedule.every(Duration.ofMinutes(1), new JsonObject()))
                                .withDurable(false)))
                .hasMessageContaining("so the workflow must be durable");
        assertThatThrownBy(() -> Schedule.cron("every day", new JsonObject()))
                .hasMessageContaining("'every day' is no schedule");
        assertThatThrownBy(() -> of(nodes.step("one"))
                        .with(WorkflowOptions.DEFAULT.withSchedule(Schedule.cron("0 6 * * 1-5", new JsonObject()))))
                .hasMessageContaining("the input of the schedule of w is no String");
    }

    @Test
    void aBodyThatTakesLongerThanTheLeaseIsNotRunAgainWhileItsNodeLives() {
        Workflow<String, String> workflow = of(Step.of("slow", String.class, (String input, StepContext context) -> {
            nodes.say("slow");
            return TestDatabase.await(nodes.database()
                    .vertx()
                    .timer(ShardLeases.LEASE.plusSeconds(2).toMillis())
                    .map("late"));
        }));
        Coordinator owner = nodes.node(workflow);
        nodes.node(workflow);

        assertThat(nodes.run(owner, "t").getString("output")).isEqualTo("late");
        assertThat(nodes.log()).containsExactly("slow");
    }

    @Test
    void nodesThatDoNotHearEachOtherShareWhatIsWrittenDown() {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Workflow<String, String> workflow = of(Step.of("one", String.class, (String input, StepContext context) -> {
            nodes.say("one");
            reached.countDown();
            goOn.await();
            return "once";
        }));
        Vertx apart = Vertx.vertx();
        Database database =
                Database.open(apart, DatabaseSettings.of(nodes.database().uri()));
        Coordinator here = nodes.node(workflow);
        Coordinator there = new Coordinator(apart, database, List.of(workflow));
        TestDatabase.await(there.start());
        Future<JsonObject> first = here.run(Nodes.request("t"));
        Nodes.await(reached);
        Future<JsonObject> second = there.run(Nodes.request("t"));
        assertThatThrownBy(() -> TestDatabase.await(there.change(RunAction.CANCEL, Nodes.named("t")), Nodes.A_WHILE))
                .hasMessageContaining("nodes of one database join with --cluster");

        goOn.countDown();

        assertThat(TestDatabase.await(second, Nodes.A_WHILE).getString("output"))
                .isEqualTo("once");
        assertThat(TestDatabase.await(first, Nodes.A_WHILE).getString("output")).isEqualTo("once");
        assertThat(nodes.log()).containsExactly("one");
        TestDatabase.await(there.stop());
        TestDatabase.await(database.close());
        TestDatabase.await(apart.close());
    }
}
