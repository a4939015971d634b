package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database.Commit;
import io.vinculum.deadline.Deadline;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Records that are looked up on a connection that many requests share do not hold each other up. */
class SharedConnectionIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.with(Catalog.builder()
            .model("brand", "Brand", brand -> brand.field("id", "Int!").field("name", "String"))
            .model("product", "Product", product -> product.field("id", "Int!").field("title", "String"))
            .link("ProductBrand", link -> link.field("products", "[Product!]!").field("brand", "Brand"))
            .build());

    private static final String BRAND =
            "{\"entity\": \"brand\", \"fields\": [\"name\", \"products.title\"], \"filters\": {\"id\": %d}}";

    private static Future<Buffer> ask(String request, Deadline deadline) {
        return shop.query().graphBytes(new JsonObject(request).getMap(), deadline);
    }

    private static int products(int brand) {
        return shop.data(BRAND.formatted(brand))
                .getJsonObject(0)
                .getJsonArray("products")
                .size();
    }

    @Test
    void aListThatIsLongerThanALookUpMayBeIsAnsweredWhole() {
        shop.sql("insert into brand.brand (id) values (1), (2), (3); "
                + "insert into product.product (id) select generate_series(1, 1000); "
                + "insert into link.product_brand (id, product_id, brand_id) select 'l' || i, i, "
                + "case when i <= 256 then 1 when i <= 256 + 257 then 2 else 3 end from generate_series(1, 1000) i");

        assertThat(List.of(products(1), products(2), products(3), products(1))).containsExactly(256, 257, 487, 256);
    }

    @Test
    void aLookUpThatWaitsForALockHoldsUpOthersForAShortTimeOnly() {
        shop.sql("insert into brand.brand (id, name) values (1, 'Acme'); insert into product.product (id) values (1)");
        List<Future<Buffer>> blocked = new ArrayList<>();
        List<Future<Buffer>> others = new ArrayList<>();
        Future<Void> locked = shop.database()
                .transaction(
                        session -> session.script("lock table brand.brand in access exclusive mode")
                                .compose(held -> {
                                    for (int i = 0; i < 4; i++) {
                                        blocked.add(ask(BRAND.formatted(1), Deadline.after(Duration.ofSeconds(10))));
                                        others.add(ask(
                                                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"id\": 1}}",
                                                Deadline.after(Duration.ofSeconds(10))));
                                    }
                                    // The lock goes only when all of these are answered.
                                    return Future.all(others).mapEmpty();
                                }),
                        Commit.AWAITED,
                        Deadline.after(Duration.ofSeconds(8)),
                        Future::failedFuture);

        TestDatabase.await(locked, 10);

        others.forEach(one -> assertThat(one.result().toString()).contains("{\"id\":1}"));
        blocked.forEach(one -> assertThat(TestDatabase.await(one).toString()).contains("Acme"));
    }

    @Test
    void aPageThatWasShortForLongIsStillAnsweredWhole() {
        shop.sql("insert into product.product (id, title) select i, case when i <= 300 then 'many' else 'few' end "
                + "from generate_series(1, 310) i");
        String request = "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"title\": \"%s\"}}";
        for (int i = 0; i < 200; i++) {
            assertThat(shop.data(request.formatted("few"))).hasSize(10);
        }

        assertThat(shop.data(request.formatted("many"))).hasSize(300);
        assertThat(shop.data(request.formatted("few"))).hasSize(10);
    }

    @Test
    void aLookUpEndsWithTheTimeOfItsRequest() {
        Future<Void> locked = shop.database()
                .transaction(session -> session.script("lock table brand.brand in access exclusive mode")
                        .compose(held -> ask(BRAND.formatted(1), Deadline.after(Duration.ofMillis(100))))
                        .mapEmpty());

        assertThatThrownBy(() -> TestDatabase.await(locked, 5)).hasMessageContaining("not answered within 100 ms");
    }
}
