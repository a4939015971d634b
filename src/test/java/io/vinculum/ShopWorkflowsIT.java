package io.vinculum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.shop.ShopWorkflows;
import io.vinculum.testing.TestDatabase;
import io.vinculum.workflow.WorkflowVerticle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sample shop's workflows by GraphQL and over the event bus, on a whole node. */
class ShopWorkflowsIT {
    private static Vinculum node;
    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        node = TestDatabase.await(Vinculum.start(
                vertx,
                Catalog.read(Path.of("graphql")),
                DatabaseSettings.of(TestDatabase.create()),
                EndpointSettings.of("127.0.0.1", 0, ""),
                Vinculum.Behind.MIGRATE,
                List.of(shop -> ShopWorkflows.of(shop.modules(), shop.links(), shop.query())),
                started -> io.vertx.core.Future.succeededFuture()));
    }

    @AfterAll
    static void stop() {
        TestDatabase.await(node.close());
    }

    private static JsonObject graphql(String query) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/graphql"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        new JsonObject().put("query", query).encode()))
                .build();
        try {
            return new JsonObject(HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String create(String transactionId, String handle, String brand) {
        return "mutation { runWorkflow(id: \"create-product\", transactionId: \"" + transactionId
                + "\", input: {title: "
                + "\"Lamp\", handle: \"" + handle + "\", price: \"30.00\", brand: \"" + brand + "\"}) "
                + "{ state out: output error transactionId __typename } }";
    }

    @Test
    void makesAProductWithItsBrandOnce() {
        JsonObject first = graphql(create("t1", "lamp-1", "Acme"));
        JsonObject again = graphql(create("t1", "lamp-1", "Acme"));
        JsonObject second = graphql(create("t2", "lamp-2", "Acme"));

        JsonObject run = first.getJsonObject("data").getJsonObject("runWorkflow");
        assertThat(run.getString("state")).isEqualTo("done");
        assertThat(run.getString("__typename")).isEqualTo("WorkflowRun");
        assertThat(again.getJsonObject("data").getJsonObject("runWorkflow").getJsonObject("out"))
                .isEqualTo(run.getJsonObject("out"));
        assertThat(second.getJsonObject("data").getJsonObject("runWorkflow").getString("state"))
                .isEqualTo("done");
        assertThat(graphql("{ brands(filters: {name: {eq: \"Acme\"}}) { name products { handle } } }")
                        .getJsonObject("data"))
                .isEqualTo(
                        new JsonObject(
                                "{\"brands\": [{\"name\": \"Acme\", \"products\": [{\"handle\": \"lamp-1\"}, {\"handle\": \"lamp-2\"}]}]}"));
    }

    @Test
    void leavesNothingWhenAStepFails() {
        graphql(create("t3", "taken", "Known"));

        JsonObject run =
                graphql(create("t4", "taken", "Unknown")).getJsonObject("data").getJsonObject("runWorkflow");

        assertThat(run.getString("state")).isEqualTo("reverted");
        assertThat(run.getJsonObject("error").getString("code")).isEqualTo("DUPLICATE");
        assertThat(graphql("{ brands(filters: {name: {eq: \"Unknown\"}}) { name } }")
                        .getJsonObject("data")
                        .getJsonArray("brands"))
                .isEmpty();
    }

    @Test
    void tellsTheTimelineOfARun() {
        graphql(create("t5", "lamp-5", "Timely"));

        JsonObject data = graphql("{ workflowRun(id: \"create-product\", transactionId: \"t5\") { state steps } "
                        + "none: workflowRun(id: \"create-product\", transactionId: \"never\") { state } "
                        + "workflowRuns(id: \"create-product\", state: \"done\", take: 1) { id } "
                        + "brands(filters: {name: {eq: \"Timely\"}}) { name } }")
                .getJsonObject("data");

        JsonArray steps = data.getJsonObject("workflowRun").getJsonArray("steps");
        assertThat(steps.stream().map(step -> ((JsonObject) step).getString("step")))
                .containsExactly("find or make brand", "create product", "tie them");
        assertThat(data.getValue("none")).isNull();
        assertThat(data.getJsonArray("workflowRuns")).hasSize(1);
        assertThat(data.getJsonArray("brands")).hasSize(1);
    }

    @Test
    void answersOnTheEventBusAndNamesWhatIsWrong() {
        JsonObject input = new JsonObject()
                .put("title", "Chair")
                .put("handle", "chair")
                .put("price", 80)
                .put("brand", "Bus");
        JsonObject run = TestDatabase.await(vertx.eventBus()
                        .<JsonObject>request(
                                WorkflowVerticle.address("run"),
                                new JsonObject().put("id", "create-product").put("input", input)))
                .body();

        assertThat(run.getString("state")).isEqualTo("done");
        assertThat(run.getString("transactionId")).isNotEmpty();
        assertThatThrownBy(() -> TestDatabase.await(vertx.eventBus()
                        .request(WorkflowVerticle.address("run"), new JsonObject().put("id", "create-produkt"))))
                .hasMessageContaining("NOT_FOUND: there is no workflow 'create-produkt'");
        String cancel = "mutation { cancelWorkflow(id: \"create-product\", transactionId: \""
                + run.getString("transactionId") + "\") { state } }";
        assertThat(graphql(cancel)
                        .getJsonObject("data")
                        .getJsonObject("cancelWorkflow")
                        .getString("state"))
                .isEqualTo("reverted");
        assertThat(graphql("{ products(filters: {handle: {eq: \"chair\"}}) { id } }")
                        .getJsonObject("data"))
                .isEqualTo(new JsonObject().put("products", new JsonArray()));
        assertThat(graphql(cancel).getJsonArray("errors").getJsonObject(0).getString("message"))
                .contains("is reverted already");
    }
}
