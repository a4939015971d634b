package io.vinculum.shop;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.Concurrency;
import io.vinculum.flow.Flow;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.flow.WorkflowOptions;
import io.vinculum.link.Links;
import io.vinculum.module.Modules;
import io.vinculum.query.Query;
import io.vinculum.step.Steps;
import io.vinculum.workflow.Coordinator;
import java.math.BigDecimal;
import java.util.List;

/** The workflows of the sample shop. */
public final class ShopWorkflows {
    private static final int IMPORTED_AT_ONCE = 8;

    private final Steps steps;
    private final Modules modules;
    private final Links links;
    private final Query query;

    private ShopWorkflows(Steps steps, Modules modules, Links links, Query query) {
        this.steps = steps;
        this.modules = modules;
        this.links = links;
        this.query = query;
    }

    /** A product to be made, with the brand it belongs to. */
    public record NewProduct(String title, String handle, BigDecimal price, String brand) {
        JsonObject record() {
            return new JsonObject().put("title", title).put("handle", handle).put("price", price.toPlainString());
        }
    }

    /** A product that was made. */
    public record Made(String product_id, String brand_id) {
        JsonArray pair() {
            return new JsonArray()
                    .add(new JsonObject()
                            .put("product", new JsonObject().put("product_id", product_id))
                            .put("brand", new JsonObject().put("brand_id", brand_id)));
        }
    }

    /** Products to be made, all of them or none. */
    public record Import(List<NewProduct> products) {}

    /** How many were imported. */
    public record Imported(int products) {}

    /** A brand that is to go. */
    public record Gone(String brand_id) {}

    /** Nothing to tell. */
    public record Nothing() {}

    public static List<Workflow<?, ?>> of(
            Steps steps, Modules modules, Links links, Query query, PaymentGateway gateway) {
        ShopWorkflows shop = new ShopWorkflows(steps, modules, links, query);
        return List.of(
                shop.seed(),
                shop.createProduct(),
                shop.importProducts(),
                shop.deleteBrand(),
                Checkout.workflow(steps, query, gateway));
    }

    /** Fills an empty shop, once however many nodes begin together. */
    public static Future<Void> seed(Coordinator workflows) {
        return workflows
                .run(seeding().put("transactionId", "first"))
                .compose(run -> "done".equals(run.getString("state")) ? Future.succeededFuture(run) : again(workflows))
                .mapEmpty();
    }

    private static JsonObject seeding() {
        return new JsonObject().put("id", "seed-shop").put("input", new JsonObject());
    }

    /** A seeding that has failed for good is no reason not to try another one. */
    private static Future<JsonObject> again(Coordinator workflows) {
        return workflows.run(seeding()).map(run -> {
            if (!"done".equals(run.getString("state"))) {
                throw new Failure(
                        FailureCode.UNEXPECTED_STATE,
                        "the sample shop could not be filled: "
                                + run.getJsonObject("error", new JsonObject()).getString("message")
                                + "; leave it empty with --no-sample");
            }
            return run;
        });
    }

    private Workflow<Nothing, Void> seed() {
        Step<Nothing, Nothing> fill = Step.of("fill it", Nothing.class, (Nothing nothing, StepContext context) -> {
            SampleRows.seed(modules, links, query).await();
            return nothing;
        });
        return Workflow.define("seed-shop", Nothing.class, flow -> {
            flow.step(fill, flow.input());
            return null;
        });
    }

    /** Makes a product and, when there is none of the name, its brand, and ties them; all of it or nothing. */
    private Workflow<NewProduct, Made> createProduct() {
        return Workflow.<NewProduct, Made>define("create-product", NewProduct.class, this::createProduct)
                // Two that begin together would both find no brand of the name, and make it.
                .with(WorkflowOptions.DEFAULT.withConcurrency(Concurrency.of(1, "brand")));
    }

    private Value<Made> createProduct(Flow<NewProduct> flow) {
        Value<String> name = flow.transform(flow.input(), NewProduct::brand);
        Value<JsonArray> known = flow.step(steps.queryGraph().named("find brand"), flow.transform(name, this::brand));
        Value<JsonArray> brand = flow.when("brand is new", known, JsonArray::isEmpty)
                .then(() -> flow.step(
                        steps.createRecords("brand", "brand"),
                        flow.transform(
                                name, brandName -> new JsonArray().add(new JsonObject().put("name", brandName)))))
                .otherwise(() -> known);
        Value<JsonArray> product = flow.step(
                steps.createRecords("product", "product"),
                flow.transform(flow.input(), input -> new JsonArray().add(input.record())));
        Value<Made> made = flow.transform(product, brand, (one, other) -> new Made(id(one), id(other)));
        flow.step(steps.createLinks(), flow.transform(made, Made::pair));
        flow.hook("product created", made);
        flow.emit("tell", "shop.product.created", made);
        return made;
    }

    private JsonObject brand(String name) {
        return new JsonObject()
                .put("entity", "brand")
                .put("fields", new JsonArray().add("id"))
                .put("filters", new JsonObject().put("name", name));
    }

    private static String id(JsonArray records) {
        return records.getJsonObject(0).getString("id");
    }

    /** Makes many products, some at a time, each by a run of its own; when one fails, all are undone. */
    private Workflow<Import, Imported> importProducts() {
        return Workflow.define("import-products", Import.class, flow -> {
            Value<List<Object>> products = flow.transform(flow.input(), input -> List.<Object>copyOf(input.products()));
            Value<List<Object>> made = flow.forEach(steps.runWorkflow("create-product"), products, IMPORTED_AT_ONCE);
            return flow.transform(made, all -> new Imported(all.size()));
        });
    }

    /** Deletes a brand with its links, and retires its products; undone, all of it is there again. */
    private Workflow<Gone, JsonArray> deleteBrand() {
        return Workflow.define("delete-brand", Gone.class, flow -> {
            Value<JsonArray> products = flow.step(
                    steps.queryGraph().named("find its products"), flow.transform(flow.input(), this::productsOf));
            Value<JsonArray> gone = flow.step(
                    steps.deleteRecords("brand", "brand"),
                    flow.transform(flow.input(), input -> new JsonArray().add(input.brand_id())));
            flow.step(
                    steps.updateRecords("product", "product").named("retire its products"),
                    flow.transform(products, ShopWorkflows::retired));
            flow.emit("tell", "shop.brand.deleted", gone);
            return gone;
        });
    }

    private JsonObject productsOf(Gone brand) {
        return new JsonObject()
                .put("entity", "product")
                .put("fields", new JsonArray().add("id"))
                .put("filters", new JsonObject().put("brand", new JsonObject().put("id", brand.brand_id())));
    }

    private static JsonArray retired(JsonArray products) {
        JsonArray retired = new JsonArray();
        products.forEach(product -> retired.add(((JsonObject) product).copy().put("status", "retired")));
        return retired;
    }
}
