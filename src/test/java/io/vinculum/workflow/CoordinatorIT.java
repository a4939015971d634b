package io.vinculum.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs that are written down; several coordinators on one database stand for several nodes. */
class CoordinatorIT {
    private static final int A_WHILE = 20;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.with(Catalog.builder()
            .model("brand", "Brand", brand -> brand.field("id", "ID!"))
            .build());

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<Coordinator> nodes = new ArrayList<>();

    /** What a workflow of these tests takes. */
    record Order(String name, int amount) {}

    /** What a step of these tests answers. */
    record Payment(String order, int paid) {}

    private final Step<Order, Payment> pay = Step.of("pay", Payment.class, (Order order, StepContext context) -> {
                log.add("pay " + order.name());
                return new Payment(order.name(), order.amount());
            })
            .compensate((payment, context) -> log.add("repay " + payment.paid() + " of " + payment.order()));

    private Step<Payment, String> then(String name, Step.Body<Payment, String> body) {
        return Step.of(name, String.class, body);
    }

    private Workflow<Order, String> checkout(Step<Payment, String> last) {
        return Workflow.define("checkout", Order.class, flow -> flow.step(last, flow.step(pay, flow.input())));
    }

    private Workflow<Order, String> checkout() {
        return checkout(then("ship", (payment, context) -> {
            log.add("ship " + payment.order());
            return "shipped " + payment.order();
        }));
    }

    private Coordinator node(Workflow<?, ?>... workflows) {
        Coordinator node = new Coordinator(database.vertx(), database.database(), List.of(workflows));
        TestDatabase.await(node.start());
        nodes.add(node);
        return node;
    }

    private static JsonObject order(String transactionId) {
        return new JsonObject()
                .put("id", "checkout")
                .put("transactionId", transactionId)
                .put("input", new JsonObject().put("name", "lamp").put("amount", 30));
    }

    private static JsonObject run(Coordinator node, JsonObject request) {
        return TestDatabase.await(node.run(request));
    }

    @BeforeEach
    void shards() {
        // The extension empties all tables between tests.
        database.sql("insert into vinculum.workflow_shard (shard) select generate_series(0, 1023)");
    }

    @AfterEach
    void stop() {
        nodes.forEach(node -> TestDatabase.await(node.stop()));
    }

    @Test
    void answersWhatTheWorkflowAnswersAndKeepsTheTimeline() {
        Coordinator node = node(checkout());

        JsonObject run = run(node, order("t1"));

        assertThat(run)
                .isEqualTo(new JsonObject()
                        .put("id", "checkout")
                        .put("transactionId", "t1")
                        .put("state", "done")
                        .put("output", "shipped lamp"));
        JsonObject kept = TestDatabase.await(node.retrieve(order("t1")));
        assertThat(kept.getString("state")).isEqualTo("done");
        JsonArray steps = kept.getJsonArray("steps");
        assertThat(steps.getJsonObject(0).getJsonObject("output"))
                .isEqualTo(new JsonObject().put("order", "lamp").put("paid", 30));
        assertThat(steps.getJsonObject(1).getString("step")).isEqualTo("ship");
        assertThat(TestDatabase.await(node.list(new JsonObject().put("state", "done"))))
                .hasSize(1);
    }

    @Test
    void theSameTransactionIdIsTheSameRunHoweverOftenItIsAskedFor() {
        Coordinator node = node(checkout());

        List<Future<JsonObject>> asked = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            asked.add(node.run(order("t1")));
        }
        TestDatabase.await(Future.all(asked));
        JsonObject later = run(node, order("t1"));

        assertThat(log).containsExactly("pay lamp", "ship lamp");
        asked.forEach(one -> assertThat(one.result().getString("output")).isEqualTo("shipped lamp"));
        assertThat(later.getString("output")).isEqualTo("shipped lamp");
    }

    @Test
    void keepsHowAndWhyARunWasReverted() {
        Coordinator node = node(checkout(then("ship", (payment, context) -> {
            throw PermanentFailure.of("no carrier");
        })));

        JsonObject run = run(node, order("t1"));
        JsonObject kept = TestDatabase.await(node.retrieve(order("t1")));

        assertThat(run.getString("state")).isEqualTo("reverted");
        assertThat(run.getJsonObject("error"))
                .isEqualTo(new JsonObject().put("code", "UNEXPECTED_STATE").put("message", "no carrier"));
        assertThat(log).containsExactly("pay lamp", "repay 30 of lamp");
        assertThat(kept.getJsonArray("steps").stream()
                        .map(step ->
                                ((JsonObject) step).getString("step") + " " + ((JsonObject) step).getString("state")))
                .containsExactly("pay ok", "ship failed", "pay ok");
    }

    @Test
    void refusesWhatIsNoRequestBeforeAnythingIsWritten() {
        Coordinator node = node(checkout());

        assertThatThrownBy(() -> run(node, new JsonObject().put("id", "chekout")))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(FailureCode.NOT_FOUND))
                .hasMessageContainingAll("'chekout'", "checkout");
        assertThatThrownBy(() -> run(node, order("t1").put("input", new JsonObject().put("amount", "many"))))
                .hasMessageContaining("the input of checkout is no Order");
        assertThatThrownBy(() -> run(node, order("t1").put("input", new JsonObject().put("nam", "lamp"))))
                .hasMessageContainingAll("the input of checkout has no 'nam'", "name");
        assertThatThrownBy(() -> run(node, order("").put("transactionId", "")))
                .hasMessageContaining("transactionId takes a text");
        assertThatThrownBy(() -> run(node, order("t1").put("wait", "yes")))
                .hasMessageContaining("wait takes a boolean, was \"yes\"");
        assertThatThrownBy(() -> run(node, order("t1").put("priority", "high")))
                .hasMessageContaining("priority takes a integer, was \"high\"");
        assertThat(database.rows("select from vinculum.workflow_run")).isEmpty();
    }

    @Test
    void anotherNodeGoesOnFromTheLastResultWhenTheOwnerDies() {
        CountDownLatch shipping = new CountDownLatch(1);
        AtomicReference<Boolean> dying = new AtomicReference<>(true);
        Workflow<Order, String> workflow = checkout(then("ship", (payment, context) -> {
            if (dying.get()) {
                shipping.countDown();
                new CountDownLatch(1).await();
            }
            log.add("ship " + payment.paid());
            return "shipped";
        }));
        Coordinator first = node(workflow);
        first.run(order("t1"));
        await(shipping);
        Coordinator second = node(workflow);

        dying.set(false);
        nodes.remove(first);
        TestDatabase.await(first.die());
        JsonObject run = TestDatabase.await(again(second, order("t1")), A_WHILE);

        assertThat(run.getString("state")).isEqualTo("done");
        assertThat(log).containsExactly("pay lamp", "ship 30");
    }

    /** Asks until somebody owns the run; the lease of the dead one has to end first. */
    private Future<JsonObject> again(Coordinator node, JsonObject request) {
        return node.run(request)
                .recover(cause ->
                        database.vertx().timer(200, TimeUnit.MILLISECONDS).compose(fired -> again(node, request)));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(A_WHILE, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aNodeThatStopsHandsItsRunsOver() {
        CountDownLatch shipping = new CountDownLatch(1);
        AtomicReference<Boolean> stopping = new AtomicReference<>(true);
        Workflow<Order, String> workflow = checkout(then("ship", (payment, context) -> {
            if (stopping.get()) {
                shipping.countDown();
                new CountDownLatch(1).await();
            }
            return "shipped " + payment.paid();
        }));
        Coordinator first = node(workflow);
        Future<JsonObject> lost = first.run(order("t1"));
        await(shipping);
        Coordinator second = node(workflow);

        stopping.set(false);
        TestDatabase.await(first.stop());
        nodes.remove(first);

        assertThat(TestDatabase.await(again(second, order("t1")), A_WHILE).getString("output"))
                .isEqualTo("shipped 30");
        assertThat(((Failure) lost.cause()).code()).isEqualTo(FailureCode.UNAVAILABLE);
    }

    @Test
    void anyNodeTakesARequestForARunOfAnother() {
        Coordinator owner = node(checkout());
        Coordinator other = node(checkout());

        JsonObject run = run(other, order("t1"));

        assertThat(run.getString("output")).isEqualTo("shipped lamp");
        assertThat(run(owner, order("t1")).getString("output")).isEqualTo("shipped lamp");
        assertThat(log).containsExactly("pay lamp", "ship lamp");
    }

    @Test
    void anOwnerThatWasGivenUpForDeadWritesNothingMore() {
        CountDownLatch shipping = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger shipped = new AtomicInteger();
        Coordinator stale = node(checkout(then("ship", (payment, context) -> {
            int number = shipped.incrementAndGet();
            if (number == 1) {
                shipping.countDown();
                goOn.await();
            }
            return "by owner " + number;
        })));
        Future<JsonObject> run = stale.run(order("t1"));
        await(shipping);

        // What a takeover does, while the owner does not know of it; then the new owner dies.
        database.sql("update vinculum.workflow_shard set node = gen_random_uuid(), epoch = epoch + 1");
        goOn.countDown();

        assertThat(TestDatabase.await(run).getString("output")).isEqualTo("by owner 2");
        assertThat(log).containsExactly("pay lamp");
        assertThat(database.rows("select node, output #>> '{}' from vinculum.workflow_step order by place"))
                .extracting(row -> row.getString(1))
                .last()
                .isEqualTo("by owner 2");
    }

    @Test
    void aRunThatWasTurningRoundIsUndoneByTheNextOwner() {
        CountDownLatch undoing = new CountDownLatch(1);
        AtomicReference<Boolean> dying = new AtomicReference<>(true);
        Step<Payment, String> reserve = Step.of(
                        "reserve", String.class, (Payment payment, StepContext context) -> "kept")
                .compensate((kept, context) -> {
                    if (dying.get()) {
                        undoing.countDown();
                        new CountDownLatch(1).await();
                    }
                    log.add("release " + kept);
                });
        Workflow<Order, String> workflow = Workflow.define("checkout", Order.class, flow -> {
            Value<Payment> payment = flow.step(pay, flow.input());
            flow.step(reserve, payment);
            return flow.step(
                    then("ship", (paid, context) -> {
                        throw PermanentFailure.of("no carrier");
                    }),
                    payment);
        });
        Coordinator first = node(workflow);
        first.run(order("t1"));
        await(undoing);
        Coordinator second = node(workflow);

        dying.set(false);
        nodes.remove(first);
        TestDatabase.await(first.die());
        JsonObject run = TestDatabase.await(again(second, order("t1")), A_WHILE);

        assertThat(run.getString("state")).isEqualTo("reverted");
        assertThat(log).containsExactly("pay lamp", "release kept", "repay 30 of lamp");
    }

    @Test
    void cancellingInterruptsTheBodyAtOnceAndUndoesAndIsRemembered() {
        CountDownLatch shipping = new CountDownLatch(1);
        Coordinator node = node(checkout(then("ship", (payment, context) -> {
            shipping.countDown();
            // Ends only when it is interrupted.
            new CountDownLatch(1).await();
            return "shipped";
        })));
        Future<JsonObject> run = node.run(order("t1"));
        await(shipping);

        Future<JsonObject> cancelled = node.change(RunAction.CANCEL, order("t1"));

        assertThat(TestDatabase.await(cancelled).getString("state")).isEqualTo("reverted");
        assertThat(TestDatabase.await(run).getJsonObject("error").getString("message"))
                .isEqualTo("the run was cancelled");
        assertThat(log).containsExactly("pay lamp", "repay 30 of lamp");
        assertThatThrownBy(() -> TestDatabase.await(node.change(RunAction.CANCEL, order("t1"))))
                .hasMessageContaining("is reverted already");
    }

    @Test
    void goesOnWhenTheDatabaseCutsItsConnections() {
        Coordinator node = node(checkout());
        Database killer = Database.open(database.vertx(), DatabaseSettings.of(database.uri()));
        List<Future<JsonObject>> asked = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            asked.add(node.run(order("t" + i)));
        }
        TestDatabase.await(killer.transaction(session -> session.script("select pg_terminate_backend(pid) from"
                + " pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")));
        TestDatabase.await(Future.all(asked));
        TestDatabase.await(killer.close());

        assertThat(log.stream().filter("pay lamp"::equals)).hasSize(200);
        assertThat(database.rows("select from vinculum.workflow_run where state = 'done'"))
                .hasSize(200);
    }

    @Test
    void whatCannotBeKeptFailsTheStepAndNotTheRunner() {
        Workflow<Order, Object> workflow = Workflow.define(
                "checkout",
                Order.class,
                flow -> flow.step(
                        Step.of("odd", Object.class, (Payment payment, StepContext context) -> new Object()),
                        flow.step(pay, flow.input())));
        Coordinator node = node(workflow);

        JsonObject run = run(node, order("t1"));

        assertThat(run.getString("state")).isEqualTo("reverted");
        assertThat(run.getJsonObject("error").getString("message"))
                .contains("what the step 'odd' answers cannot be kept as JSON");
    }

    @Test
    void aRunWaitsForANodeThatKnowsWhatItHasDone() {
        CountDownLatch shipping = new CountDownLatch(1);
        Workflow<Order, String> before = checkout(then("ship", (payment, context) -> {
            shipping.countDown();
            new CountDownLatch(1).await();
            return "never";
        }));
        Workflow<Order, String> renamed = Workflow.define(
                "checkout",
                Order.class,
                flow -> flow.step(
                        then("ship", (payment, context) -> "shipped"), flow.step(pay.named("charge"), flow.input())));
        Coordinator first = node(before);
        first.run(order("t1"));
        await(shipping);
        TestDatabase.await(first.stop());
        nodes.remove(first);

        Coordinator second = node(renamed);
        TestDatabase.await(second.stop());
        nodes.remove(second);
        assertThat(database.rows("select from vinculum.workflow_run where finished_at is null"))
                .hasSize(1);

        Coordinator third = node(checkout());
        assertThat(TestDatabase.await(again(third, order("t1")), A_WHILE).getString("output"))
                .isEqualTo("shipped lamp");
        assertThat(log).containsExactly("pay lamp", "ship lamp");
    }

    @Test
    void aSleepPasses() {
        Workflow<Order, String> workflow = Workflow.define("checkout", Order.class, flow -> {
            flow.sleep("rest", Duration.ofMillis(20));
            return flow.transform(flow.input(), Order::name);
        });

        assertThat(run(node(workflow), order("t1")).getString("output")).isEqualTo("lamp");
    }
}
