package io.vinculum.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callers that exclude each other leave exactly one link, whoever holds the cardinality. */
class ConflictingLinksRaceIT {
    private static final int CALLERS = 50;

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    @BeforeEach
    void makeRecords() {
        shop.sql("""
                insert into product.product (id, title, handle, price) select 'p' || n, 't', 'h' || n, 1 from generate_series(0, 49) n;
                insert into brand.brand (id, name) select 'b' || n, 'n' || n from generate_series(0, 49) n;
                """);
    }

    private static List<Future<JsonArray>> race(Links links) {
        List<Future<JsonArray>> calls = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            calls.add(links.create(JsonObject.of(
                            "product", JsonObject.of("product_id", "p1"), "brand", JsonObject.of("brand_id", "b" + i))
                    .getMap()
                    .entrySet()
                    .stream()
                    .collect(
                            java.util.LinkedHashMap::new,
                            (map, entry) -> map.put(entry.getKey(), ((JsonObject) entry.getValue()).getMap()),
                            java.util.LinkedHashMap::putAll)));
        }
        TestDatabase.await(Future.join(calls).transform(done -> Future.succeededFuture()));
        return calls;
    }

    private static void oneWins(List<Future<JsonArray>> calls) {
        assertThat(calls.stream().filter(Future::succeeded)).hasSize(1);
        assertThat(calls.stream().filter(Future::failed)).allSatisfy(call -> {
            assertThat(call.cause()).isInstanceOf(Failure.class);
            assertThat(((Failure) call.cause()).code()).isEqualTo(FailureCode.INVALID_DATA);
            assertThat(call.cause())
                    .hasMessageContaining("Cannot create multiple links between 'product' and 'brand'")
                    .hasMessageContaining("'p1'");
        });
    }

    @RepeatedTest(5)
    void anIndexHoldsAManagedLink() {
        oneWins(race(shop.links()));
        assertThat(shop.rows("select from link.product_brand where deleted_at is null"))
                .hasSize(1);
    }

    @RepeatedTest(3)
    void theWritingStatementHoldsAnAdoptedOne() {
        shop.sql(
                "drop table if exists public.adopted_pairs; create table public.adopted_pairs (product_id varchar(255) not null, "
                        + "brand_id varchar(255) not null, id varchar(255) not null, created_at timestamptz(0) not null default now(), "
                        + "updated_at timestamptz(0) not null default now(), deleted_at timestamptz(0), primary key (product_id, brand_id))");
        Catalog adopted = Catalog.builder()
                .model("product", "Product", product -> product.field("id", "ID!"))
                .model("brand", "Brand", brand -> brand.field("id", "ID!"))
                .link(
                        "ProductBrand",
                        link -> link.table("public.adopted_pairs")
                                .adopted()
                                .field("products", "[Product!]!")
                                .field("brand", "Brand"))
                .build();
        Links links = new Links(
                shop.database(),
                new io.vinculum.write.Writes(
                        shop.database(),
                        adopted,
                        new io.vinculum.event.Events(shop.vertx().eventBus())));

        oneWins(race(links));
        assertThat(shop.rows("select from public.adopted_pairs where deleted_at is null"))
                .hasSize(1);
    }

    @Test
    void callersThatLinkInOppositeOrderDoNotFail() {
        List<Future<JsonArray>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            List<Object> links = new ArrayList<>();
            for (int j = 0; j < 50; j++) {
                int product = i % 2 == 0 ? j : 49 - j;
                links.add(java.util.Map.of(
                        "link", "product_brand", "products", java.util.Map.of("product_id", "p" + product)));
            }
            List<Object> ordered = new ArrayList<>();
            for (Object link : links) {
                var map = new java.util.LinkedHashMap<String, Object>();
                map.put("link", "product_brand");
                map.put("products", ((java.util.Map<?, ?>) link).get("products"));
                map.put("brand", java.util.Map.of("brand_id", "b1"));
                ordered.add(map);
            }
            calls.add(shop.links().create(ordered));
        }
        TestDatabase.await(Future.join(calls).transform(done -> Future.succeededFuture()));

        assertThat(calls)
                .allSatisfy(call -> assertThat(call.succeeded())
                        .as(String.valueOf(call.cause()))
                        .isTrue());
        assertThat(shop.rows("select from link.product_brand")).hasSize(50);
    }
}
