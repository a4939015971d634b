package io.vinculum.shop;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.json.JsonText;
import io.vinculum.link.Links;
import io.vinculum.module.Modules;
import io.vinculum.query.Query;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Fills an empty sample shop, through the same doors as everyone. */
public final class SampleRows {
    /** Each model after those it refers to. */
    private static final List<String> MODELS = List.of(
            "brand/brand",
            "product/collection",
            "product/product",
            "product/product_variant",
            "customer/customer",
            "customer/address",
            "review/review",
            "order/order",
            "blog/blog_post");

    private SampleRows() {}

    /** Makes the rows and their links when there is no product yet, deleted ones counted too. */
    public static Future<Void> seed(Modules modules, Links links, Query query) {
        JsonObject anyProduct = new JsonObject()
                .put("entity", "product")
                .put("fields", new JsonArray().add("id"))
                .put("pagination", new JsonObject().put("take", 1))
                .put("withDeleted", true);
        return query.graph(anyProduct)
                .compose(answer ->
                        answer.getJsonArray("data").isEmpty() ? fill(modules, links) : Future.succeededFuture());
    }

    private static Future<Void> fill(Modules modules, Links links) {
        Future<?> filled = Future.succeededFuture();
        for (String model : MODELS) {
            String[] path = model.split("/", -1);
            filled = filled.compose(
                    done -> modules.create(path[0], path[1], read(path[1])).recover(SampleRows::again));
        }
        return filled.compose(done -> links.create(JsonText.plain(read("links"))))
                .mapEmpty();
    }

    /** A model's rows come together, so those that are there are those of a seeding that was cut off behind them. */
    private static Future<JsonArray> again(Throwable cause) {
        return cause instanceof Failure failure && failure.code() == FailureCode.DUPLICATE
                ? Future.succeededFuture(new JsonArray())
                : Future.failedFuture(cause);
    }

    private static JsonArray read(String name) {
        JsonArray rows = new JsonArray();
        String file = "/sample/" + name + ".ndjson";
        try (InputStream in = Objects.requireNonNull(SampleRows.class.getResourceAsStream(file), file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (@Nullable String line = reader.readLine(); line != null; line = reader.readLine()) {
                rows.add(new JsonObject(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }
}
