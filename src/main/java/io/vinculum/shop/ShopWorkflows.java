package io.vinculum.shop;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.json.JsonText;
import io.vinculum.link.Links;
import io.vinculum.module.Modules;
import io.vinculum.query.Query;
import io.vinculum.workflow.Step;
import io.vinculum.workflow.StepContext;
import io.vinculum.workflow.Value;
import io.vinculum.workflow.Workflow;
import java.math.BigDecimal;
import java.util.List;

/** The workflows of the sample shop. */
public final class ShopWorkflows {
    private final Modules modules;
    private final Links links;
    private final Query query;

    private ShopWorkflows(Modules modules, Links links, Query query) {
        this.modules = modules;
        this.links = links;
        this.query = query;
    }

    /** A product to be made, with the brand it belongs to. */
    public record NewProduct(String title, String handle, BigDecimal price, String brand) {}

    /** A product that was made. */
    public record Made(String product_id, String brand_id) {}

    public static List<Workflow<?, ?>> of(Modules modules, Links links, Query query) {
        return List.of(new ShopWorkflows(modules, links, query).newProduct());
    }

    /** Makes a product and, when there is none of the name, its brand, and ties them; all of it or nothing. */
    private Workflow<NewProduct, Made> newProduct() {
        Step<String, String> brand = Step.of("find or make brand", String.class, this::brandOf)
                .compensate(NoBrandOrNew.class, (made, context) -> made.remove(modules));
        Step<NewProduct, String> product = Step.of("create product", String.class, this::createProduct)
                .compensate((id, context) -> remove(modules, "product", id));
        Step<Made, String> tie = Step.of("tie them", String.class, this::tie)
                .compensate(
                        Made.class, (made, context) -> links.dismiss(pair(made)).await());
        return Workflow.define("create-product", NewProduct.class, flow -> {
            Value<String> brandId = flow.step(brand, flow.transform(flow.input(), NewProduct::brand));
            Value<String> productId = flow.step(product, flow.input());
            Value<Made> made = flow.transform(productId, brandId, Made::new);
            flow.step(tie, made);
            return made;
        });
    }

    /** What has to go again: the brand, if this run made it. */
    record NoBrandOrNew(boolean made, String id) {
        void remove(Modules modules) {
            if (made) {
                ShopWorkflows.remove(modules, "brand", id);
            }
        }
    }

    private static void remove(Modules modules, String module, String id) {
        modules.remove(module, "delete", module, new JsonArray().add(id)).await();
    }

    private String brandOf(String name, StepContext context) {
        JsonArray found = query.graph(new JsonObject()
                        .put("entity", "brand")
                        .put("fields", new JsonArray().add("id"))
                        .put("filters", new JsonObject().put("name", name)))
                .await()
                .getJsonArray("data");
        if (!found.isEmpty()) {
            context.undoWith(new NoBrandOrNew(false, ""));
            return found.getJsonObject(0).getString("id");
        }
        String id = created("brand", new JsonObject().put("name", name));
        context.undoWith(new NoBrandOrNew(true, id));
        return id;
    }

    private String createProduct(NewProduct input, StepContext context) {
        return created(
                "product",
                new JsonObject()
                        .put("title", input.title())
                        .put("handle", input.handle())
                        .put("price", input.price().toPlainString()));
    }

    private String created(String module, JsonObject record) {
        return modules.create(module, module, new JsonArray().add(record))
                .await()
                .getJsonObject(0)
                .getString("id");
    }

    private String tie(Made made, StepContext context) {
        context.undoWith(made);
        return links.create(pair(made)).await().getJsonObject(0).getString("id");
    }

    private static Object pair(Made made) {
        return JsonText.plain(new JsonObject()
                .put("product", new JsonObject().put("product_id", made.product_id()))
                .put("brand", new JsonObject().put("brand_id", made.brand_id())));
    }
}
