package io.vinculum.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Workflow;
import io.vinculum.testing.TestDatabase;
import io.vinculum.workflow.Coordinator;
import io.vinculum.workflow.RunAction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each ready-made step does what it says, and undone leaves everything as it was. */
class StepsIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    private final List<Coordinator> nodes = new ArrayList<>();
    private final AtomicReference<Coordinator> node = new AtomicReference<>();
    private Steps steps;

    @BeforeEach
    void begin() {
        shop.sql("insert into vinculum.workflow_shard (shard) select generate_series(0, 1023)");
        steps = new Steps(shop.writes(), shop.modules(), shop.links(), shop.query(), node::get);
        TestDatabase.await(shop.modules()
                .create(
                        "product",
                        "product",
                        new JsonArray("[{\"id\": \"p1\", \"title\": \"One\", \"handle\": \"one\", \"price\": 1},"
                                + " {\"id\": \"p2\", \"title\": \"Two\", \"handle\": \"two\", \"price\": 2}]")));
        TestDatabase.await(shop.modules()
                .create(
                        "brand",
                        "brand",
                        new JsonArray("[{\"id\": \"b1\", \"name\": \"B1\"}, {\"id\": \"b2\", \"name\": \"B2\"}]")));
    }

    @AfterEach
    void end() {
        nodes.forEach(one -> TestDatabase.await(one.stop()));
    }

    private static final Step<Object, Object> FAILS =
            Step.of("fails", Object.class, (Object input, StepContext context) -> {
                throw PermanentFailure.of("on purpose");
            });

    /** Runs one step by itself; undone, it is undone twice: by a failure behind it, and by another node. */
    private <I, O> JsonObject run(Step<I, O> step, Class<I> type, Object input, boolean undone) {
        if (undone) {
            JsonObject failed = on(
                    composed(step, type, true), new JsonObject().put("id", "w").put("input", input));
            assertThat(failed.getJsonObject("error").getString("message")).isEqualTo("on purpose");
        }
        Workflow<I, O> workflow = composed(step, type, false);
        JsonObject run = on(workflow, new JsonObject().put("id", "w").put("input", input));
        if (!undone) {
            return run;
        }
        Coordinator other = begin(workflow);
        return TestDatabase.await(other.change(
                RunAction.CANCEL,
                new JsonObject().put("id", "w").put("transactionId", run.getString("transactionId"))));
    }

    private static <I, O> Workflow<I, O> composed(Step<I, O> step, Class<I> type, boolean failing) {
        return Workflow.define("w", type, flow -> {
            var output = flow.step(step, flow.input());
            if (failing) {
                flow.step(FAILS, flow.constant("x"));
            }
            return output;
        });
    }

    private Coordinator begin(Workflow<?, ?> workflow) {
        Coordinator made = new Coordinator(shop.vertx(), shop.database(), List.of(workflow));
        TestDatabase.await(made.start());
        nodes.add(made);
        node.set(made);
        return made;
    }

    private JsonObject on(Workflow<?, ?> workflow, JsonObject request) {
        Coordinator made = begin(workflow);
        JsonObject run = TestDatabase.await(made.run(request));
        nodes.remove(made);
        TestDatabase.await(made.stop());
        return run;
    }

    private static JsonObject pair(String product, String brand) {
        return new JsonObject()
                .put("product", new JsonObject().put("product_id", product))
                .put("brand", new JsonObject().put("brand_id", brand));
    }

    private static JsonObject featured(JsonObject pair, boolean featured) {
        return pair.copy().put("data", new JsonObject().put("featured", featured));
    }

    /** The live links as {@code p1-b1 true}. */
    private static List<String> linked() {
        return shop
                .rows("select product_id || '-' || brand_id || ' ' || featured from link.product_brand"
                        + " where deleted_at is null order by 1")
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    private static void link(JsonObject... pairs) {
        TestDatabase.await(shop.links().create(io.vinculum.json.JsonText.plain(new JsonArray(List.of(pairs)))));
    }

    @Test
    void createsLinksAndUndoneLeavesThoseThatWereThereAsTheyWere() {
        link(featured(pair("p1", "b1"), true));
        JsonArray both = new JsonArray().add(featured(pair("p1", "b1"), false)).add(pair("p2", "b2"));

        assertThat(run(steps.createLinks(), JsonArray.class, both, true).getString("state"))
                .isEqualTo("reverted");
        assertThat(linked()).containsExactly("p1-b1 true");
        assertThat(run(steps.createLinks(), JsonArray.class, both, false).getString("state"))
                .isEqualTo("done");
        assertThat(linked()).containsExactly("p1-b1 false", "p2-b2 false");
    }

    @Test
    void dismissesLinksAndUndoneBringsThemBackWithTheirIds() {
        link(featured(pair("p1", "b1"), true));
        String id = shop.rows("select id from link.product_brand").get(0).getString(0);
        JsonArray both = new JsonArray().add(pair("p1", "b1")).add(pair("p2", "b2"));

        run(steps.dismissLinks(), JsonArray.class, both, true);

        assertThat(linked()).containsExactly("p1-b1 true");
        assertThat(shop.rows("select id from link.product_brand").get(0).getString(0))
                .isEqualTo(id);
        run(steps.dismissLinks(), JsonArray.class, both, false);
        assertThat(linked()).isEmpty();
    }

    @Test
    void updatesLinksThatAreThereOnly() {
        link(pair("p1", "b1"));
        JsonArray one = new JsonArray().add(featured(pair("p1", "b1"), true));

        run(steps.updateLinks(), JsonArray.class, one, true);
        assertThat(linked()).containsExactly("p1-b1 false");
        run(steps.updateLinks(), JsonArray.class, one, false);
        assertThat(linked()).containsExactly("p1-b1 true");

        JsonObject none =
                run(steps.updateLinks(), JsonArray.class, new JsonArray().add(featured(pair("p2", "b2"), true)), false);
        assertThat(none.getJsonObject("error").getString("code")).isEqualTo("NOT_FOUND");
        assertThat(linked()).containsExactly("p1-b1 true");
    }

    @Test
    void deletesWhatIsLinkedAndUndoneRestoresIt() {
        link(pair("p1", "b1"));
        JsonObject of = new JsonObject().put("product", new JsonObject().put("product_id", new JsonArray().add("p1")));

        run(steps.deleteLinked(), JsonObject.class, of, true);
        assertThat(linked()).containsExactly("p1-b1 false");
        run(steps.deleteLinked(), JsonObject.class, of, false);
        assertThat(linked()).isEmpty();
    }

    @Test
    void createsRecordsWithKeysChosenBeforehand() {
        JsonArray brands = new JsonArray().add(new JsonObject().put("name", "New"));

        assertThat(run(steps.createRecords("brand", "brand"), JsonArray.class, brands, true)
                        .getString("state"))
                .isEqualTo("reverted");
        assertThat(shop.rows("select from brand.brand where name = 'New'")).isEmpty();
        JsonObject run = run(steps.createRecords("brand", "brand"), JsonArray.class, brands, false);
        assertThat(run.getJsonArray("output").getJsonObject(0).getString("id")).startsWith("brand_");
    }

    @Test
    void creatingWhatIsThereFailsAndLeavesItThere() {
        JsonArray brands = new JsonArray()
                .add(new JsonObject().put("id", "b1").put("name", "Other"))
                .add(new JsonObject().put("id", "b9").put("name", "Nine"));

        JsonObject run = run(steps.createRecords("brand", "brand"), JsonArray.class, brands, false);

        assertThat(run.getString("state")).isEqualTo("reverted");
        assertThat(run.getJsonObject("error").getString("message")).contains("another brand", "'b1' already");
        assertThat(shop.rows("select id from brand.brand order by id"))
                .extracting(row -> row.getString(0))
                .containsExactly("b1", "b2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofTwoRunsThatMakeOneRecordTheLoserLeavesItToTheWinner(boolean kept) {
        Coordinator made = begin(composed(steps.createRecords("brand", "brand"), JsonArray.class, false)
                .durable(kept));
        for (int i = 0; i < 20; i++) {
            JsonObject request = new JsonObject()
                    .put("id", "w")
                    .put(
                            "input",
                            new JsonArray()
                                    .add(new JsonObject().put("id", "same" + i).put("name", "Same " + i)));
            Future<JsonObject> one = made.run(request.copy());
            Future<JsonObject> other = made.run(request.copy());

            assertThat(List.of(TestDatabase.await(one), TestDatabase.await(other)))
                    .extracting(run -> run.getString("state"))
                    .containsExactlyInAnyOrder("done", "reverted");
            assertThat(shop.rows("select from brand.brand where id = $1", "same" + i))
                    .hasSize(1);
        }
    }

    @Test
    void theEventOfWhatAStepMadeLeavesAfterItsCommit() {
        Promise<JsonObject> heard = Promise.promise();
        shop.vertx()
                .eventBus()
                .<JsonObject>consumer("event.brand.brand.created", message -> heard.tryComplete(message.body()));

        run(
                steps.createRecords("brand", "brand"),
                JsonArray.class,
                new JsonArray().add(new JsonObject().put("id", "told").put("name", "Told")),
                false);

        assertThat(TestDatabase.await(heard.future()).getJsonArray("ids")).containsExactly("told");
    }

    @Test
    void updatesRecordsAndUndonePutsThemBack() {
        JsonArray changes = new JsonArray()
                .add(new JsonObject().put("id", "p1").put("title", "Uno").put("price", "9.50"));

        run(steps.updateRecords("product", "product"), JsonArray.class, changes, true);
        assertThat(shop.rows("select title || ' ' || price from product.product where id = 'p1'")
                        .get(0)
                        .getString(0))
                .isEqualTo("One 1");
        run(steps.updateRecords("product", "product"), JsonArray.class, changes, false);
        assertThat(shop.rows("select title || ' ' || price from product.product where id = 'p1'")
                        .get(0)
                        .getString(0))
                .isEqualTo("Uno 9.50");
    }

    @Test
    void deletesRecordsAndUndoneBringsBackJustThose() {
        TestDatabase.await(shop.modules().remove("brand", "softDelete", "brand", new JsonArray().add("b2")));
        link(pair("p1", "b1"));
        JsonArray ids = new JsonArray().add("b1").add("b2");

        run(steps.deleteRecords("brand", "brand"), JsonArray.class, ids, true);
        assertThat(live()).containsExactly("b1");
        assertThat(linked()).containsExactly("p1-b1 false");
        assertThat(run(steps.deleteRecords("brand", "brand"), JsonArray.class, ids, false)
                        .getJsonArray("output"))
                .containsExactly("b1");
        assertThat(live()).isEmpty();
        assertThat(linked()).isEmpty();
    }

    private static List<String> live() {
        return shop.rows("select id from brand.brand where deleted_at is null order by id").stream()
                .map(row -> row.getString(0))
                .toList();
    }

    @Test
    void asksTheGraph() {
        JsonObject request =
                new JsonObject("{\"entity\": \"brand\", \"fields\": [\"name\"], \"pagination\": {\"take\": 1}}");

        assertThat(run(steps.queryGraph(), JsonObject.class, request, false).getJsonArray("output"))
                .isEqualTo(new JsonArray("[{\"name\": \"B1\"}]"));
    }

    @Test
    void runsAnotherWorkflowAndCancelsItWhenUndone() {
        Workflow<String, JsonArray> child = Workflow.define(
                "child",
                String.class,
                flow -> flow.step(
                        steps.createRecords("brand", "brand"),
                        flow.transform(flow.input(), name -> new JsonArray().add(new JsonObject().put("name", name)))));
        Workflow<Object, Object> parent = Workflow.define("w", Object.class, flow -> {
            var output = flow.step(steps.runWorkflow("child"), flow.input());
            flow.when("is to fail", flow.input(), "bad"::equals).then(() -> {
                flow.step(FAILS, flow.constant("x"));
            });
            return output;
        });
        Coordinator made = new Coordinator(shop.vertx(), shop.database(), List.of(child, parent));
        TestDatabase.await(made.start());
        nodes.add(made);
        node.set(made);

        JsonObject good =
                TestDatabase.await(made.run(new JsonObject().put("id", "w").put("input", "good")));
        JsonObject bad =
                TestDatabase.await(made.run(new JsonObject().put("id", "w").put("input", "bad")));

        assertThat(good.getJsonArray("output").getJsonObject(0).getString("name"))
                .isEqualTo("good");
        assertThat(bad.getString("state")).isEqualTo("reverted");
        assertThat(shop.rows("select name from brand.brand where name in ('good', 'bad')"))
                .extracting(row -> row.getString(0))
                .containsExactly("good");
        assertThat(TestDatabase.await(made.list(new JsonObject().put("id", "child"))))
                .extracting(run -> run.getString("state"))
                .containsExactlyInAnyOrder("done", "reverted");
    }
}
