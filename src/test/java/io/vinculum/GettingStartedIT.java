package io.vinculum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.declare.GraphFolder;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.kit.WorkflowKit;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** An application that embeds Vinculum. */
class GettingStartedIT {
    @Test
    void aNodeIsStartedAskedAndClosed() {
        Vertx vertx = Vertx.vertx();
        String uri = TestDatabase.create();

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
        VinculumOptions options = VinculumOptions.of(catalog, DatabaseSettings.of(uri))
                .withEndpoint(EndpointSettings.of("127.0.0.1", 0, "{ products { id } }"))
                .withBehind(Vinculum.Behind.MIGRATE);
        Vinculum node = Vinculum.start(vertx, options).await();

        node.modules()
                .create("product", "product", new JsonArray("[{\"id\": \"p1\", \"title\": \"Lamp\"}]"))
                .await();
        node.modules()
                .create("brand", "brand", new JsonArray("[{\"id\": \"b1\", \"name\": \"Acme\"}]"))
                .await();
        node.links().create(pair()).await();
        JsonObject products = node.query()
                .graph(new JsonObject("{\"entity\": \"product\", \"fields\": [\"title\", \"brand.name\"]}"))
                .await();

        assertThat(products.getJsonArray("data"))
                .isEqualTo(new JsonArray("[{\"title\": \"Lamp\", \"brand\": {\"name\": \"Acme\"}}]"));
        VinculumClient client = new VinculumClient(vertx);
        JsonArray brands = new JsonArray().add(new JsonObject().put("id", "b7").put("name", "Borg"));
        JsonObject all = new JsonObject().put("entity", "brand").put("fields", new JsonArray().add("name"));
        Future<JsonObject> answer =
                client.module("brand").create("brand", brands).compose(made -> client.graph(all));
        assertThat(answer.await().getJsonArray("data")).hasSize(2);
        assertThat(node.port()).isPositive();
        node.close().eventually(node.vertx()::close).await();
    }

    private static Object pair() {
        return io.vinculum.json.JsonText.parse(
                "{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b1\"}}");
    }

    /** What the workflow of the README takes. */
    record Order(int amount) {}

    /** What its first step calls; it logs. */
    static final class Gateway {
        private final List<String> log = new CopyOnWriteArrayList<>();

        String pay(Order order) {
            log.add("paid " + order.amount());
            return "payment of " + order.amount();
        }

        void repay(String payment) {
            log.add("undid " + payment);
        }
    }

    /** What its second step calls. */
    interface Carrier {
        String ship(String payment);
    }

    private static WorkflowProvider checkout(Gateway gateway, Carrier carrier) {
        Step<Order, String> pay = Step.of("pay", String.class, (Order order, StepContext context) -> gateway.pay(order))
                .compensate((payment, context) -> gateway.repay(payment))
                .retries(3, Duration.ofMillis(200));
        Step<String, String> ship =
                Step.of("ship", String.class, (String payment, StepContext context) -> carrier.ship(payment));
        Workflow<Order, String> checkout = Workflow.define("checkout", Order.class, flow -> {
            Value<String> payment = flow.step(pay, flow.input()); // pay has a compensation
            return flow.step(ship, payment); // when this fails, the payment is undone
        });
        return node -> List.of(checkout);
    }

    private static JsonObject runOf(WorkflowProvider provider) {
        Vinculum node = Vinculum.start(
                        Vertx.vertx(),
                        VinculumOptions.of(
                                        Catalog.builder()
                                                .model("brand", "Brand", brand -> brand.field("id", "ID!"))
                                                .build(),
                                        DatabaseSettings.of(TestDatabase.create()))
                                .withEndpoint(EndpointSettings.of("127.0.0.1", 0, ""))
                                .withBehind(Vinculum.Behind.MIGRATE)
                                .withProviders(List.of(provider)))
                .await();

        JsonObject run = node.workflows()
                .run(new JsonObject()
                        .put("id", "checkout")
                        .put("transactionId", "order-17")
                        .put("input", new JsonObject().put("amount", 30)))
                .await();

        node.close().eventually(node.vertx()::close).await();
        return run;
    }

    @Test
    void aWorkflowIsComposedAndRun() {
        Gateway gateway = new Gateway();

        JsonObject run = runOf(checkout(gateway, payment -> "shipped for " + payment));

        assertThat(run.getString("state")).isEqualTo("done");
        assertThat(run.getString("output")).isEqualTo("shipped for payment of 30");
        assertThat(gateway.log).containsExactly("paid 30");
    }

    @Test
    void aWorkflowUndoesItselfWhenAStepFails() {
        Gateway gateway = new Gateway();

        JsonObject run = runOf(checkout(gateway, payment -> {
            throw PermanentFailure.of("no carrier");
        }));

        assertThat(run.getString("state")).isEqualTo("reverted");
        assertThat(run.getJsonObject("error").getString("message")).isEqualTo("no carrier");
        assertThat(gateway.log).containsExactly("paid 30", "undid payment of 30");
    }

    @Test
    void aWorkflowIsTestedWithoutADatabase() {
        Step<Order, String> pay =
                Step.of("pay", String.class, (Order order, StepContext context) -> "payment of " + order.amount());
        Step<String, String> ship = Step.of("ship", String.class, (String payment, StepContext context) -> payment);
        Workflow<Order, String> checkout =
                Workflow.define("checkout", Order.class, flow -> flow.step(ship, flow.step(pay, flow.input())));
        try (WorkflowKit kit = new WorkflowKit()) {
            WorkflowKit.Recording run = kit.crashAt("before ship").run(checkout, new Order(30));
            assertThat(run.timeline()).containsExactly("pay ok", "ship ok");
            assertThat(run.crashes()).containsExactly("before ship");
        }
    }

    /** What a person answers. */
    record Approval(String by) {}

    @Test
    void aWorkflowWaitsForASignal() {
        Step<Approval, String> ship = Step.of(
                "ship", String.class, (Approval approval, StepContext context) -> "approved by " + approval.by());
        Workflow<Order, String> order = Workflow.define("order", Order.class, flow -> {
            Value<Approval> approval = flow.waitFor("approved", Approval.class, Duration.ofDays(3));
            return flow.step(ship, approval);
        });
        try (WorkflowKit kit = new WorkflowKit()) {
            kit.run(order, new Order(30));

            WorkflowKit.Recording run = kit.signal("approved", new Approval("ann"));

            assertThat(run.output()).isEqualTo("approved by ann");
        }
    }

    @Test
    void thePortOpensWhenThePreparationIsDone() {
        Vertx vertx = Vertx.vertx();
        Catalog shop = GraphFolder.read(java.nio.file.Path.of("graphql"));
        Vinculum node = Vinculum.start(
                        vertx,
                        VinculumOptions.of(shop, DatabaseSettings.of(TestDatabase.create()))
                                .withEndpoint(EndpointSettings.of("127.0.0.1", 0, ""))
                                .withBehind(Vinculum.Behind.MIGRATE)
                                .withPreparation(starting -> {
                                    assertThat(starting.port()).isZero();
                                    return io.vinculum.shop.SampleRows.seed(
                                            starting.modules(), starting.links(), starting.query());
                                }))
                .await();

        JsonObject brands = node.query()
                .graph(new JsonObject("{\"entity\": \"brand\", \"fields\": [\"id\"]}"))
                .await();
        assertThat(brands.getJsonArray("data")).hasSize(12);
        assertThat(node.port()).isPositive();
        node.close().eventually(node.vertx()::close).await();
    }

    @Test
    void aNodeRefusesADatabaseThatIsBehindUnlessItMayMigrate() {
        Vertx vertx = Vertx.vertx();
        Catalog catalog = Catalog.builder()
                .model("a", "Thing", thing -> thing.field("id", "ID!"))
                .build();
        DatabaseSettings settings = DatabaseSettings.of(TestDatabase.create());
        EndpointSettings endpoint = EndpointSettings.of("127.0.0.1", 0, "");

        assertThatThrownBy(() -> Vinculum.start(
                                vertx,
                                VinculumOptions.of(catalog, settings)
                                        .withEndpoint(endpoint)
                                        .withBehind(Vinculum.Behind.REFUSE))
                        .await())
                .hasMessageContaining("vinculum migrate");
        Vinculum.start(
                        vertx,
                        VinculumOptions.of(catalog, settings)
                                .withEndpoint(endpoint)
                                .withBehind(Vinculum.Behind.MIGRATE))
                .await()
                .close()
                .await();
    }
}
