package io.vinculum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Workflow;
import io.vinculum.testing.TestDatabase;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node on a Vert.x of somebody else's. */
class EmbeddingIT {
    private Vertx vertx;
    private VinculumOptions options;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
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
        options = VinculumOptions.of(catalog, DatabaseSettings.of(TestDatabase.create()))
                .withBehind(Vinculum.Behind.MIGRATE);
    }

    @AfterEach
    void close() {
        TestDatabase.await(vertx.close());
    }

    /** A verticle of the embedding application. */
    private static final class Neighbour extends VerticleBase {
        @Override
        public Future<?> start() {
            return vertx.eventBus()
                    .consumer("neighbour", request -> request.reply("here"))
                    .completion();
        }
    }

    private Object neighbour() {
        return TestDatabase.await(vertx.eventBus().request("neighbour", "")).body();
    }

    private VinculumOptions onAPort() {
        return options.withEndpoint(EndpointSettings.of("127.0.0.1", 0, ""));
    }

    private FailureCode codeOf(Future<?> asked) {
        try {
            TestDatabase.await(asked);
        } catch (Failure failure) {
            return failure.code();
        }
        throw new AssertionError("it did not fail");
    }

    @Test
    void aNodeThatIsClosedLeavesTheVertxAndItsOtherVerticles() {
        TestDatabase.await(vertx.deployVerticle(new Neighbour()));
        Vinculum node = TestDatabase.await(Vinculum.start(vertx, onAPort()));
        assertThat(vertx.deploymentIDs()).hasSizeGreaterThan(4);
        TestDatabase.await(node.close());

        assertThat(neighbour()).isEqualTo("here");
        assertThat(vertx.deploymentIDs()).hasSize(1);
        assertThat(codeOf(new VinculumClient(vertx).graph(new JsonObject()))).isEqualTo(FailureCode.UNAVAILABLE);
        Vinculum again = TestDatabase.await(Vinculum.start(vertx, onAPort()));
        TestDatabase.await(again.close());
    }

    @Test
    void aNodeThatCannotStartLeavesNothingDeployed() throws Exception {
        TestDatabase.await(vertx.deployVerticle(new Neighbour()));
        try (ServerSocket taken = new ServerSocket(0)) {
            EndpointSettings there = EndpointSettings.of("0.0.0.0", taken.getLocalPort(), "");
            assertThatThrownBy(() -> TestDatabase.await(Vinculum.start(vertx, options.withEndpoint(there))))
                    .hasMessageContaining("in use");
        }

        assertThat(vertx.deploymentIDs()).hasSize(1);
        assertThat(neighbour()).isEqualTo("here");
    }

    @Test
    void aNodeIsDeployedAndUndeployedAsAVerticle() {
        TestDatabase.await(vertx.deployVerticle(new Neighbour()));
        String id = TestDatabase.await(vertx.deployVerticle(Vinculum.verticle(onAPort())));
        assertThat(TestDatabase.await(new VinculumClient(vertx)
                                .graph(new JsonObject("{\"entity\": \"brand\", \"fields\": [\"id\"]}")))
                        .getJsonArray("data"))
                .isEmpty();
        TestDatabase.await(vertx.undeploy(id));

        assertThat(neighbour()).isEqualTo("here");
        assertThat(vertx.deploymentIDs()).hasSize(1);
    }

    @Test
    void aProviderHostsAModuleOnTheVertxOfTheNode() {
        Catalog catalog = Catalog.builder()
                .model("stock", "Shelf", shelf -> shelf.remote().field("id", "ID!"))
                .build();
        WorkflowProvider provider = new WorkflowProvider() {
            @Override
            public List<Workflow<?, ?>> workflows(Vinculum node) {
                return List.of();
            }

            @Override
            public Future<?> start(Vinculum node) {
                return node.vertx()
                        .eventBus()
                        .consumer(
                                "module.stock.list",
                                request -> request.reply(new JsonArray().add(new JsonObject().put("id", "s1"))))
                        .completion();
            }
        };
        Vinculum node = TestDatabase.await(Vinculum.start(
                vertx,
                VinculumOptions.of(catalog, options.database())
                        .withBehind(Vinculum.Behind.MIGRATE)
                        .withProviders(List.of(provider))));

        assertThat(node.vertx()).isSameAs(vertx);
        assertThat(TestDatabase.await(new VinculumClient(vertx)
                                .graph(new JsonObject("{\"entity\": \"shelf\", \"fields\": [\"id\"]}")))
                        .getJsonArray("data"))
                .isEqualTo(new JsonArray("[{\"id\": \"s1\"}]"));
        TestDatabase.await(node.close());
    }

    @Test
    void aClientReadsWritesLinksAndRuns() {
        Workflow<String, String> greet = Workflow.define(
                "greet",
                String.class,
                flow -> flow.step(
                        Step.of("say", String.class, (String name, StepContext context) -> "Hello " + name),
                        flow.input()));
        Vinculum node =
                TestDatabase.await(Vinculum.start(vertx, options.withProviders(List.of(started -> List.of(greet)))));
        VinculumClient client = new VinculumClient(vertx);

        TestDatabase.await(
                client.module("product").create("product", new JsonArray("[{\"id\": \"p1\", \"title\": \"Lamp\"}]")));
        TestDatabase.await(
                client.module("brand").create("brand", new JsonArray("[{\"id\": \"b1\", \"name\": \"Acme\"}]")));
        JsonArray pair = new JsonArray("[{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b1\"}}]");
        assertThat(TestDatabase.await(client.links().create(pair))).hasSize(1);
        assertThat(TestDatabase.await(client.links().list(pair))).hasSize(1);
        assertThat(TestDatabase.await(
                                client.graph(new JsonObject("{\"entity\": \"product\", \"fields\": [\"brand.name\"]}")))
                        .getJsonArray("data"))
                .isEqualTo(new JsonArray("[{\"brand\": {\"name\": \"Acme\"}}]"));
        assertThat(TestDatabase.await(client.links().dismiss(pair))).hasSize(1);
        assertThat(TestDatabase.await(client.module("brand").retrieve("brand", "b1"))
                        .getString("name"))
                .isEqualTo("Acme");
        JsonObject run = TestDatabase.await(client.workflows()
                .run(new JsonObject("{\"id\": \"greet\", \"transactionId\": \"t1\", \"input\": \"Ada\"}")));
        assertThat(run.getString("output")).isEqualTo("Hello Ada");
        assertThat(TestDatabase.await(client.workflows().retrieve("greet", "t1"))
                        .getString("state"))
                .isEqualTo("done");

        assertThat(codeOf(client.graph(new JsonObject("{\"entity\": \"prodct\", \"fields\": [\"id\"]}"))))
                .isEqualTo(FailureCode.INVALID_DATA);
        assertThat(codeOf(client.module("brand").retrieve("brand", "b9"))).isEqualTo(FailureCode.NOT_FOUND);
        assertThat(codeOf(client.module("nowhere").list(new JsonObject()))).isEqualTo(FailureCode.UNAVAILABLE);
        TestDatabase.await(node.close());
    }
}
