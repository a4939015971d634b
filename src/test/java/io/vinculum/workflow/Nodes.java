package io.vinculum.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Workflow;
import io.vinculum.testing.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Coordinators on a database of their own, each standing for a node, and a log of what steps do. */
final class Nodes implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    static final int A_WHILE = 20;

    private final TestDatabase database = TestDatabase.with(Catalog.builder()
            .model("brand", "Brand", brand -> brand.field("id", "ID!"))
            .build());
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<Coordinator> nodes = new ArrayList<>();

    TestDatabase database() {
        return database;
    }

    List<String> log() {
        return log;
    }

    void say(String what) {
        log.add(what);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        database.beforeAll(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        database.beforeEach(context);
        // The extension empties all tables between tests.
        database.sql("insert into vinculum.workflow_shard (shard) select generate_series(0, 1023)");
        log.clear();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        nodes.forEach(node -> TestDatabase.await(node.stop()));
        nodes.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        database.afterAll(context);
    }

    Coordinator node(Workflow<?, ?>... workflows) {
        Coordinator node = new Coordinator(database.vertx(), database.database(), List.of(workflows));
        TestDatabase.await(node.start());
        nodes.add(node);
        return node;
    }

    void stop(Coordinator node) {
        nodes.remove(node);
        TestDatabase.await(node.stop());
    }

    /** As a process that is killed, whose lease then ends. */
    void kill(Coordinator node) {
        nodes.remove(node);
        TestDatabase.await(node.die());
        database.sql("update vinculum.workflow_node set lease_until = now() - interval '1 s'");
    }

    /** A request for a run of the workflow {@code w} whose input is a text. */
    static JsonObject request(String transactionId) {
        return new JsonObject()
                .put("id", "w")
                .put("transactionId", transactionId)
                .put("input", "in");
    }

    static JsonObject named(String transactionId) {
        return new JsonObject().put("id", "w").put("transactionId", transactionId);
    }

    JsonObject run(Coordinator node, String transactionId) {
        return TestDatabase.await(node.run(request(transactionId)), A_WHILE);
    }

    JsonObject retrieve(Coordinator node, String transactionId) {
        return TestDatabase.await(node.retrieve(named(transactionId)));
    }

    /** Waits until a run is in a state. */
    JsonObject become(Coordinator node, String transactionId, String state) {
        return TestDatabase.await(becoming(node, transactionId, state), A_WHILE);
    }

    private Future<JsonObject> becoming(Coordinator node, String transactionId, String state) {
        return found(node, transactionId)
                .compose(run -> state.equals(run.getString("state"))
                        ? Future.succeededFuture(run)
                        : database.vertx()
                                .timer(20, TimeUnit.MILLISECONDS)
                                .compose(fired -> becoming(node, transactionId, state)));
    }

    /** A run, without steps when it is not there yet. */
    static Future<JsonObject> found(Coordinator node, String transactionId) {
        return node.retrieve(named(transactionId)).otherwise(new JsonObject().put("steps", new JsonArray()));
    }

    /** Does something again and again until it succeeds. */
    JsonObject until(Coordinator node, RunAction action, JsonObject request) {
        return TestDatabase.await(untilDone(node, action, request), A_WHILE);
    }

    private Future<JsonObject> untilDone(Coordinator node, RunAction action, JsonObject request) {
        return node.change(action, request)
                .recover(cause -> database.vertx()
                        .timer(20, TimeUnit.MILLISECONDS)
                        .compose(fired -> untilDone(node, action, request)));
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(A_WHILE, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Says what it does and undoes. */
    Step<String, String> step(String name) {
        return Step.of(name, String.class, (String input, StepContext context) -> {
                    log.add(name);
                    return input + "," + name;
                })
                .compensate((output, context) -> log.add("undo " + name));
    }
}
