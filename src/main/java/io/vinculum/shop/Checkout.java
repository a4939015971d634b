package io.vinculum.shop;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.flow.Concurrency;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.Value;
import io.vinculum.flow.Workflow;
import io.vinculum.flow.WorkflowOptions;
import io.vinculum.query.Query;
import io.vinculum.step.Steps;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks an order out: reserves what is wanted, writes the order and its lines, takes the money, and tells about it. One
 * at a time, so that the last piece is sold once and numbers have no gap.
 */
final class Checkout {
    private Checkout() {}

    /** One wanted variant. */
    public record Line(String sku, int quantity) {}

    /** What is wanted, by whom, paid by which card. */
    public record Cart(String customer_id, List<Line> lines, String card) {}

    /** What is reserved of one product. */
    public record Reserved(String variant_id, String product_id, int left, int quantity, BigDecimal unit_price) {}

    /** An order to be written. */
    record Draft(long number, String placed_at, List<Reserved> lines) {
        BigDecimal total() {
            return lines.stream()
                    .map(line -> line.unit_price().multiply(BigDecimal.valueOf(line.quantity())))
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }
    }

    /** An order that is paid. */
    public record Order(String order_id, long number, BigDecimal total, String charge) {}

    /** What is paid by which card. */
    record Bill(BigDecimal total, String card) {}

    static Workflow<Cart, Order> workflow(Steps steps, Query query, PaymentGateway gateway) {
        Step<Cart, Draft> draft =
                Step.of("look up", Draft.class, (Cart cart, StepContext context) -> draft(query, cart));
        Step<Bill, PaymentGateway.Charge> pay = Step.of(
                        "pay",
                        PaymentGateway.Charge.class,
                        (Bill bill, StepContext context) ->
                                gateway.pay(context.idempotencyKey(), bill.total(), bill.card()))
                .compensate((charge, context) -> gateway.repay(charge))
                .retries(3, Duration.ofMillis(200));
        return Workflow.<Cart, Order>define("checkout", Cart.class, flow -> {
                    Value<Draft> wanted = flow.step(draft, flow.input());
                    flow.step(
                            steps.updateRecords("product", "product_variant").named("reserve"),
                            flow.transform(wanted, Checkout::stock));
                    Value<JsonArray> order = flow.step(
                            steps.createRecords("order", "order"),
                            flow.transform(flow.input(), wanted, Checkout::order));
                    flow.step(steps.createLinks().named("write lines"), flow.transform(order, wanted, Checkout::lines));
                    Value<PaymentGateway.Charge> charge = flow.step(
                            pay,
                            flow.transform(flow.input(), wanted, (cart, one) -> new Bill(one.total(), cart.card())));
                    Value<JsonArray> paid = flow.step(
                            steps.updateRecords("order", "order").named("mark paid"),
                            flow.transform(order, Checkout::paid));
                    Value<Order> done = flow.transform(paid, charge, Checkout::done);
                    flow.emit("tell the customer", "shop.order.paid", done);
                    return done;
                })
                .with(WorkflowOptions.DEFAULT.withConcurrency(Concurrency.of(1)));
    }

    private static Draft draft(Query query, Cart cart) {
        JsonArray variants = rows(
                query,
                new JsonObject()
                        .put("entity", "product_variant")
                        .put(
                                "fields",
                                new JsonArray()
                                        .add("id")
                                        .add("sku")
                                        .add("stock")
                                        .add("product.id")
                                        .add("product.price"))
                        .put("filters", new JsonObject().put("sku", new JsonArray(skus(cart)))));
        JsonArray last = rows(
                query,
                new JsonObject()
                        .put("entity", "order")
                        .put("fields", new JsonArray().add("number"))
                        .put("withDeleted", true)
                        .put(
                                "pagination",
                                new JsonObject().put("take", 1).put("order", new JsonObject().put("number", "DESC"))));
        long number = last.isEmpty() ? 1 : Long.parseLong(last.getJsonObject(0).getString("number")) + 1;
        return new Draft(
                number,
                Instant.now().toString(),
                merged(cart).stream().map(line -> reserved(line, variants)).toList());
    }

    private static List<String> skus(Cart cart) {
        if (cart.lines() == null || cart.lines().isEmpty()) {
            throw PermanentFailure.of(
                    "nothing is in the cart; it takes lines as {\"sku\": \"LUM-001-1\", \"quantity\": 1}");
        }
        return cart.lines().stream().map(Line::sku).toList();
    }

    /** Each variant once. */
    private static List<Line> merged(Cart cart) {
        Map<String, Integer> quantities = new LinkedHashMap<>();
        cart.lines().forEach(line -> quantities.merge(line.sku(), line.quantity(), Integer::sum));
        return quantities.entrySet().stream()
                .map(entry -> new Line(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static JsonArray rows(Query query, JsonObject request) {
        return query.graph(request).await().getJsonArray("data");
    }

    private static Reserved reserved(Line line, JsonArray variants) {
        for (Object one : variants) {
            JsonObject variant = (JsonObject) one;
            if (variant.getString("sku").equals(line.sku())) {
                int left = variant.getInteger("stock") - line.quantity();
                if (left < 0 || line.quantity() < 1) {
                    throw PermanentFailure.of("of " + line.sku() + " " + variant.getInteger("stock") + " are left, so "
                            + line.quantity() + " cannot be bought");
                }
                JsonObject product = variant.getJsonObject("product");
                return new Reserved(
                        variant.getString("id"),
                        product.getString("id"),
                        left,
                        line.quantity(),
                        new BigDecimal(product.getString("price")));
            }
        }
        throw PermanentFailure.of("there is nothing called '" + line.sku() + "' to buy");
    }

    private static JsonArray stock(Draft wanted) {
        JsonArray records = new JsonArray();
        wanted.lines()
                .forEach(line -> records.add(
                        new JsonObject().put("id", line.variant_id()).put("stock", line.left())));
        return records;
    }

    private static JsonArray order(Cart cart, Draft wanted) {
        return new JsonArray()
                .add(new JsonObject()
                        .put("number", String.valueOf(wanted.number()))
                        .put("customer_id", cart.customer_id())
                        .put("placed_at", wanted.placed_at())
                        .put("total", wanted.total().toPlainString()));
    }

    /** A line for each product, whichever variants of it are bought. */
    private static JsonArray lines(JsonArray order, Draft wanted) {
        Map<String, JsonObject> byProduct = new LinkedHashMap<>();
        wanted.lines().forEach(line -> {
            JsonObject data = byProduct.computeIfAbsent(
                    line.product_id(),
                    product -> new JsonObject()
                            .put("quantity", 0)
                            .put("unit_price", line.unit_price().toPlainString()));
            data.put("quantity", data.getInteger("quantity") + line.quantity());
        });
        JsonArray lines = new JsonArray();
        byProduct.forEach((product, data) -> lines.add(new JsonObject()
                .put("order", new JsonObject().put("order_id", id(order)))
                .put("product", new JsonObject().put("product_id", product))
                .put("data", data)));
        return lines;
    }

    private static String id(JsonArray records) {
        return records.getJsonObject(0).getString("id");
    }

    private static JsonArray paid(JsonArray order) {
        return new JsonArray().add(new JsonObject().put("id", id(order)).put("status", "paid"));
    }

    private static Order done(JsonArray orders, PaymentGateway.Charge charge) {
        JsonObject order = orders.getJsonObject(0);
        return new Order(id(orders), Long.parseLong(order.getString("number")), charge.amount(), charge.id());
    }
}
