package io.vinculum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.command.VinculumCommand;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.declare.GraphFolder;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.shop.PaymentGateway;
import io.vinculum.shop.ShopWorkflows;
import io.vinculum.testing.TestDatabase;
import io.vinculum.workflow.RunAction;
import io.vinculum.workflow.WorkflowVerticle;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sample shop's workflows by GraphQL and over the event bus, on a whole node. */
class ShopWorkflowsIT {
    private static final PaymentGateway gateway = new PaymentGateway();
    private static Vinculum node;
    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        node = TestDatabase.await(Vinculum.start(
                vertx,
                VinculumOptions.of(GraphFolder.read(Path.of("graphql")), DatabaseSettings.of(TestDatabase.create()))
                        .withEndpoint(EndpointSettings.of("127.0.0.1", 0, ""))
                        .withBehind(Vinculum.Behind.MIGRATE)
                        .withProviders(List.of(shop ->
                                ShopWorkflows.of(shop.steps(), shop.modules(), shop.links(), shop.query(), gateway)))
                        .withPreparation(started -> ShopWorkflows.seed(started.workflows()))));
    }

    @AfterAll
    static void stop() {
        TestDatabase.await(node.close().eventually(node.vertx()::close));
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
        JsonObject first = graphql(create("t1", "lamp-1", "Lumos"));
        JsonObject again = graphql(create("t1", "lamp-1", "Lumos"));
        JsonObject second = graphql(create("t2", "lamp-2", "Lumos"));

        JsonObject run = first.getJsonObject("data").getJsonObject("runWorkflow");
        assertThat(run.getString("state")).isEqualTo("done");
        assertThat(run.getString("__typename")).isEqualTo("WorkflowRun");
        assertThat(again.getJsonObject("data").getJsonObject("runWorkflow").getJsonObject("out"))
                .isEqualTo(run.getJsonObject("out"));
        assertThat(second.getJsonObject("data").getJsonObject("runWorkflow").getString("state"))
                .isEqualTo("done");
        assertThat(graphql("{ brands(filters: {name: {eq: \"Lumos\"}}) { name products { handle } } }")
                        .getJsonObject("data"))
                .isEqualTo(
                        new JsonObject(
                                "{\"brands\": [{\"name\": \"Lumos\", \"products\": [{\"handle\": \"lamp-1\"}, {\"handle\": \"lamp-2\"}]}]}"));
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
                .containsExactly("find brand", "create brand", "create product", "create links");
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

    private static JsonObject run(String workflow, String transactionId, JsonObject input) {
        return TestDatabase.await(node.workflows()
                .run(new JsonObject()
                        .put("id", workflow)
                        .put("transactionId", transactionId)
                        .put("input", input)));
    }

    private static JsonObject cart(String card, String sku, int quantity) {
        return new JsonObject()
                .put("customer_id", "cust_02")
                .put("card", card)
                .put(
                        "lines",
                        new JsonArray().add(new JsonObject().put("sku", sku).put("quantity", quantity)));
    }

    private static JsonObject ask(String query) {
        return graphql(query).getJsonObject("data");
    }

    private static int stock(String sku) {
        return ask("{ productVariants(filters: {sku: {eq: \"" + sku + "\"}}) { stock } }")
                .getJsonArray("productVariants")
                .getJsonObject(0)
                .getInteger("stock");
    }

    @Test
    void checksAnOrderOutAndTellsAboutIt() {
        Promise<JsonObject> heard = Promise.promise();
        vertx.eventBus().<JsonObject>consumer("shop.order.paid", message -> heard.tryComplete(message.body()));

        JsonObject run = run("checkout", "o1", cart("visa", "LUM-001-1", 2));

        assertThat(run.getString("state")).as(run.encode()).isEqualTo("done");
        JsonObject order = run.getJsonObject("output");
        assertThat(TestDatabase.await(heard.future())).isEqualTo(order);
        assertThat(stock("LUM-001-1")).isEqualTo(6);
        assertThat(ask("{ order(id: \"" + order.getString("order_id") + "\") { status customer { id } products_link"
                                + " { quantity product { title } } } }")
                        .getJsonObject("order"))
                .isEqualTo(
                        new JsonObject("{\"status\": \"paid\", \"customer\": {\"id\": \"cust_02\"}, \"products_link\":"
                                + " [{\"quantity\": 2, \"product\": {\"title\": \"Desk lamp with a brass arm\"}}]}"));
        assertThat(gateway.charge("checkout/o1/pay")).isPresent();
    }

    @Test
    void aDeclinedCardLeavesTheShopAsItWas() {
        JsonObject run = run("checkout", "o2", cart("declined", "LUM-001-2", 3));

        assertThat(run.getString("state")).isEqualTo("reverted");
        assertThat(run.getJsonObject("error").getString("message")).isEqualTo("the card was declined");
        assertThat(stock("LUM-001-2")).isEqualTo(20);
        assertThat(ask("{ orders(filters: {status: {eq: placed}, placed_at: {gt: \"2026-11-01T00:00:00Z\"}}) { id } }")
                        .getJsonArray("orders"))
                .isEmpty();
    }

    @Test
    void aBusyGatewayIsAskedAgainAndACancelledOrderIsPaidBack() {
        JsonObject run = run("checkout", "o3", cart("busy", "LUM-001-2", 1));
        assertThat(run.getString("state")).isEqualTo("done");
        assertThat(stock("LUM-001-2")).isEqualTo(19);

        JsonObject cancelled = TestDatabase.await(node.workflows()
                .change(RunAction.CANCEL, new JsonObject().put("id", "checkout").put("transactionId", "o3")));

        assertThat(cancelled.getString("state")).isEqualTo("reverted");
        assertThat(stock("LUM-001-2")).isEqualTo(20);
        assertThat(gateway.charge("checkout/o3/pay")).isEmpty();
    }

    @Test
    void whatCannotBeBoughtIsSaid() {
        assertThat(run("checkout", "o4", cart("visa", "LUM-001-3", 1))
                        .getJsonObject("error")
                        .getString("message"))
                .isEqualTo("of LUM-001-3 0 are left, so 1 cannot be bought");
        assertThat(run("checkout", "o5", cart("visa", "NONE", 1))
                        .getJsonObject("error")
                        .getString("message"))
                .isEqualTo("there is nothing called 'NONE' to buy");
    }

    private static JsonObject products(String... handles) {
        JsonArray products = new JsonArray();
        for (String handle : handles) {
            products.add(new JsonObject()
                    .put("title", handle)
                    .put("handle", handle)
                    .put("price", 1)
                    .put("brand", "Imported"));
        }
        return new JsonObject().put("products", products);
    }

    @Test
    void importsAllOrNone() {
        JsonObject all = run("import-products", "i1", products("imp-1", "imp-2", "imp-3"));
        JsonObject none = run("import-products", "i2", products("imp-4", "imp-1", "imp-5"));

        assertThat(all.getJsonObject("output")).as(all.encode()).isEqualTo(new JsonObject().put("products", 3));
        assertThat(none.getString("state")).isEqualTo("reverted");
        assertThat(ask("{ products(filters: {handle: {like: \"imp-%\"}}, order: [{handle: ASC}]) { handle } }")
                        .getJsonArray("products")
                        .stream()
                        .map(product -> ((JsonObject) product).getString("handle")))
                .containsExactly("imp-1", "imp-2", "imp-3");
    }

    @Test
    void deletesABrandWithItsLinksAndBringsItBackWhenItIsCancelled() {
        run(
                "create-product",
                "b1",
                new JsonObject()
                        .put("title", "Stool")
                        .put("handle", "stool")
                        .put("price", 5)
                        .put("brand", "Short"));
        String asked = "{ brands(filters: {name: {eq: \"Short\"}}) { id products { handle status } } }";
        JsonObject brand = ask(asked).getJsonArray("brands").getJsonObject(0);

        JsonObject run = run("delete-brand", "b2", new JsonObject().put("brand_id", brand.getString("id")));

        assertThat(run.getString("state")).isEqualTo("done");
        assertThat(ask(asked).getJsonArray("brands")).isEmpty();
        assertThat(ask("{ products(filters: {handle: {eq: \"stool\"}}) { status brand { id } } }")
                        .encode())
                .isEqualTo("{\"products\":[{\"status\":\"retired\",\"brand\":null}]}");
        TestDatabase.await(node.workflows()
                .change(
                        RunAction.CANCEL,
                        new JsonObject().put("id", "delete-brand").put("transactionId", "b2")));
        assertThat(ask(asked).getJsonArray("brands").getJsonObject(0)).isEqualTo(brand);
    }

    @Test
    void showsWhatAWorkflowIsMadeOf() {
        JsonObject definition = ask("{ workflowDefinitions(id: \"create-product\") { id text graph __typename } }")
                .getJsonArray("workflowDefinitions")
                .getJsonObject(0);

        assertThat(definition.getString("text")).contains("create brand after brand is new, if 'brand is new' (then)");
        assertThat(definition.getJsonObject("graph").getJsonArray("nodes").getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("name", "find brand")
                        .put("kind", "step")
                        .put("after", new JsonArray())
                        .put("undone", false));
        assertThat(definition.getString("__typename")).isEqualTo("WorkflowDefinition");
        assertThat(graphql("{ workflowDefinitions(id: \"chekout\") { id } }").encode())
                .contains("checkout");
        assertThat(graphql("{ workflowRuns(filters: {id: \"checkout\", state: \"paused\"}) { id } }")
                        .encode())
                .isEqualTo("{\"data\":{\"workflowRuns\":[]}}");
        assertThat(graphql("{ workflowRuns(filters: {stat: \"done\"}) { id } }").encode())
                .contains("a list of runs takes no 'stat'");
    }

    private static String command(int status, String... arguments) {
        StringWriter out = new StringWriter();
        List<String> all = new ArrayList<>(List.of("workflow"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--url", "http://127.0.0.1:" + node.port()));
        PrintWriter writer = new PrintWriter(out, true);
        int ended =
                VinculumCommand.run(all.toArray(String[]::new), Map.of(), Path.of("no-vinculum.yaml"), writer, writer);
        assertThat(ended).as(out.toString()).isEqualTo(status);
        return out.toString();
    }

    @Test
    void runsAreRunListedShownAndCancelledByCommands() {
        String input = "{\"title\": \"Vase\", \"handle\": \"vase\", \"price\": 9, \"brand\": \"Clay\"}";

        assertThat(command(0, "run", "create-product", input, "--transaction", "c1"))
                .contains("\"state\" : \"done\"");
        assertThat(command(1, "run", "create-product", input, "--transaction", "c2"))
                .contains("DUPLICATE");
        assertThat(command(0, "list", "create-product", "--state", "reverted"))
                .contains("reverted      create-product  c2  DUPLICATE: ");
        assertThat(command(0, "show", "create-product", "c1"))
                .contains("input   {\"title\":\"Vase\"", "ok         try 1  create links", "output  {\"product_id\"");
        assertThat(command(0, "cancel", "create-product", "c1")).contains("\"state\" : \"reverted\"");
        assertThat(command(1, "retry", "create-product", "c1"))
                .contains("UNEXPECTED_STATE: the run create-product/c1 is");
        assertThat(command(1, "show", "create-product", "none")).contains("NOT_FOUND: there is no run none");
        assertThat(command(1, "run", "creat-product")).contains("did you mean", "create-product");
        assertThat(command(1, "run", "create-product", "{nonsense")).contains("INPUT takes JSON");
    }
}
