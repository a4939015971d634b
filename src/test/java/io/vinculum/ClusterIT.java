package io.vinculum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.cluster.Cluster;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Workflow;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes and a member that hosts nothing, joined through Hazelcast on free ports. */
class ClusterIT {
    private static final AtomicReference<String> key = new AtomicReference<>("");
    private static Vinculum one;
    private static Vinculum other;
    private static Vertx guest;
    private static Duration alone;

    @BeforeAll
    static void join() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Cluster cluster = new Cluster("test-" + port, "127.0.0.1", port, List.of("127.0.0.1:" + port));
        String uri = TestDatabase.create();
        long begun = System.nanoTime();
        one = node(cluster, uri);
        alone = Duration.ofNanos(System.nanoTime() - begun);
        other = node(cluster, uri);
        guest = TestDatabase.await(cluster.join());
    }

    private static Vinculum node(Cluster cluster, String uri) {
        Vertx vertx = TestDatabase.await(cluster.join());
        Catalog catalog = Catalog.builder()
                .model(
                        "product",
                        "Product",
                        product -> product.field("id", "ID!").field("title", "String!"))
                .model("brand", "Brand", brand -> brand.field("id", "ID!").field("name", "String!"))
                .link(
                        "ProductBrand",
                        link -> link.field("products", "[Product!]!").field("brand", "Brand"))
                .build();
        Workflow<String, String> asking = Workflow.define(
                "ask",
                String.class,
                flow -> flow.step(
                        Step.<String, String>async("answer", String.class, (input, context) -> key.set(context.key())),
                        flow.input()));
        Workflow<String, String> name = Workflow.define(
                "pid",
                String.class,
                flow -> flow.step(
                        Step.of("say", String.class, (String input, StepContext context) -> input + "!"),
                        flow.input()));
        return TestDatabase.await(Vinculum.start(
                vertx,
                VinculumOptions.of(catalog, DatabaseSettings.of(uri))
                        .withEndpoint(EndpointSettings.of("127.0.0.1", 0, ""))
                        .withBehind(Vinculum.Behind.MIGRATE)
                        .withProviders(List.of(node -> List.of(asking, name)))));
    }

    @AfterAll
    static void leave() {
        TestDatabase.await(guest.close());
        TestDatabase.await(other.close().eventually(other.vertx()::close));
        TestDatabase.await(one.close().eventually(one.vertx()::close));
    }

    private static JsonObject ask(String address, Object body) {
        return TestDatabase.await(guest.eventBus().<JsonObject>request(address, body))
                .body();
    }

    private static JsonArray many(String address, Object body) {
        return TestDatabase.await(guest.eventBus().<JsonArray>request(address, body))
                .body();
    }

    @Test
    void aLoneNodeIsThereInSeconds() {
        assertThat(alone).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void everyAddressIsAnsweredToAMemberThatHostsNothing() {
        JsonArray product = many(
                "module.product.create",
                new JsonObject()
                        .put(
                                "data",
                                new JsonArray()
                                        .add(new JsonObject().put("id", "p1").put("title", "One"))));
        ask(
                "module.brand.create",
                new JsonObject().put("data", new JsonObject().put("id", "b1").put("name", "B")));
        Promise<JsonObject> heard = Promise.promise();
        TestDatabase.await(guest.eventBus()
                .<JsonObject>consumer("event.link.product_brand.created", message -> heard.tryComplete(message.body()))
                .completion());
        JsonObject pair = new JsonObject()
                .put("product", new JsonObject().put("product_id", "p1"))
                .put("brand", new JsonObject().put("brand_id", "b1"));
        JsonArray linked = many("link.create", new JsonArray().add(pair));
        JsonObject answer = ask(
                "query.graph",
                new JsonObject().put("entity", "product").put("fields", new JsonArray().add("brand.name")));
        JsonObject run = ask("workflow.run", new JsonObject().put("id", "pid").put("input", "hello"));

        assertThat(product.getJsonObject(0).getString("title")).isEqualTo("One");
        assertThat(TestDatabase.await(heard.future()).getJsonArray("ids"))
                .containsExactly(linked.getJsonObject(0).getString("id"));
        assertThat(answer.getJsonArray("data").encode()).isEqualTo("[{\"brand\":{\"name\":\"B\"}}]");
        assertThat(run.getString("output")).isEqualTo("hello!");
        assertThat(many("workflow.list", new JsonObject().put("id", "pid"))).hasSize(1);
    }

    @Test
    void aStepIsEndedFromAnyNodeAndEverybodyHearsOfIt() {
        Promise<JsonObject> done = Promise.promise();
        TestDatabase.await(guest.eventBus()
                .<JsonObject>consumer("event.workflow.ask", message -> {
                    if ("done".equals(message.body().getString("state"))) {
                        done.tryComplete(message.body());
                    }
                })
                .completion());
        for (Vinculum owner : List.of(one, other)) {
            JsonObject waiting = TestDatabase.await(
                    owner.workflows().run(new JsonObject().put("id", "ask").put("input", "?")));
            assertThat(waiting.getString("state")).isEqualTo("waiting");
            ask("workflow.step.success", new JsonObject().put("key", key.get()).put("output", "yes"));
            JsonObject run = TestDatabase.await(owner.workflows()
                    .run(new JsonObject()
                            .put("id", "ask")
                            .put("transactionId", waiting.getString("transactionId"))
                            .put("input", "?")));
            assertThat(run.getString("output")).isEqualTo("yes");
        }
        assertThat(TestDatabase.await(done.future()).getString("id")).isEqualTo("ask");
    }

    @Test
    void aClusterThatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Cluster("dev", "127.0.0.1", 5701, List.of("127.0.0.1")))
                .hasMessageContaining("a cluster needs a name of its own, not 'dev'");
        assertThatThrownBy(() -> new Cluster("shop", "127.0.0.1", 5701, List.of("host port")))
                .hasMessageContaining("--cluster-members takes host:port,host:port, was 'host port'");
        assertThatThrownBy(() -> new Cluster("shop", "127.0.0.1", 5701, List.of()))
                .hasMessageContaining("--cluster-members takes one address at least");
        Cluster nowhere = new Cluster("shop", "203.0.113.7", 5701, List.of("127.0.0.1"));
        assertThatThrownBy(() -> TestDatabase.await(nowhere.join()))
                .hasMessageContaining("this node cannot join the cluster 'shop' as 203.0.113.7:5701");
    }
}
