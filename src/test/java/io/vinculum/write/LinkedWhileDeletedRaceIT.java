package io.vinculum.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.testing.TestDatabase;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A link that is made while one of its records is deleted, softly or for good, never leads to a record that is gone. */
@Tag("generator")
class LinkedWhileDeletedRaceIT {
    private static final int RACES = 400 * Integer.getInteger("generators.scale", 1);

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    private static JsonObject pair(int race) {
        return new JsonObject()
                .put("product", new JsonObject().put("product_id", "p" + race))
                .put("brand", new JsonObject().put("brand_id", "b" + race));
    }

    private static long dangling() {
        return shop.rows("""
                        select count(*) from link.product_brand l where l.deleted_at is null and (
                          not exists (select from product.product m where m.id = l.product_id and m.deleted_at is null)
                          or not exists (select from brand.brand m where m.id = l.brand_id and m.deleted_at is null))""").get(0).getLong(0);
    }

    @Test
    void noLiveLinkLeadsToARecordThatIsGone() {
        Random random = new Random(8);
        shop.sql("""
                insert into product.product (id, title, handle, price)
                select 'p' || n, 't', 'h' || n, 1 from generate_series(0, %d) n;
                insert into brand.brand (id, name) select 'b' || n, 'n' || n from generate_series(0, %d) n;
                """.formatted(RACES, RACES));
        int made = 0;
        for (int race = 0; race < RACES; race++) {
            boolean product = random.nextBoolean();
            String action = random.nextBoolean() ? "softDelete" : "delete";
            JsonArray ids = new JsonArray().add((product ? "p" : "b") + race);
            String module = product ? "product" : "brand";
            Future<JsonArray> gone;
            Future<JsonArray> linked;
            if (random.nextBoolean()) {
                linked = shop.links().create(pair(race));
                gone = shop.modules().remove(module, action, module, ids);
            } else {
                gone = shop.modules().remove(module, action, module, ids);
                linked = shop.links().create(pair(race));
            }
            TestDatabase.await(Future.join(gone, linked).transform(done -> Future.succeededFuture()));
            assertThat(gone.succeeded()).as(String.valueOf(gone.cause())).isTrue();
            if (linked.succeeded()) {
                made++;
            } else {
                assertThat(((Failure) linked.cause()).code())
                        .as(linked.cause().getMessage())
                        .isIn(FailureCode.NOT_FOUND, FailureCode.CONFLICT);
            }
        }

        assertThat(dangling()).isZero();
        assertThat(made).as("races that the link won").isBetween(1, RACES - 1);
    }

    @Test
    void noLiveChildIsLeftToAParentThatWasDeletedMeanwhile() {
        int races = RACES / 4;
        shop.sql("insert into product.product (id, title, handle, price) "
                + "select 'p' || n, 't', 'h' || n, 1 from generate_series(0, " + races + ") n");
        for (int race = 0; race < races; race++) {
            JsonArray child = new JsonArray()
                    .add(new JsonObject()
                            .put("product_id", "p" + race)
                            .put("sku", "s" + race)
                            .put("title", "x"));
            Future<JsonArray> made = shop.modules().create("product", "product_variant", child);
            Future<JsonArray> gone =
                    shop.modules().remove("product", "softDelete", "product", new JsonArray().add("p" + race));
            TestDatabase.await(Future.join(made, gone).transform(done -> Future.succeededFuture()));
            assertThat(gone.succeeded()).as(String.valueOf(gone.cause())).isTrue();
        }

        assertThat(shop.rows("""
                        select v.id from product.product_variant v join product.product p on p.id = v.product_id
                        where v.deleted_at is null and p.deleted_at is not null""")).isEmpty();
    }

    @Test
    void aChildOfADeletedParentIsRefused() {
        shop.sql(
                "insert into product.product (id, title, handle, price, deleted_at) values ('p1', 't', 'h', 1, now())");
        Future<JsonArray> made = shop.modules()
                .create(
                        "product",
                        "product_variant",
                        new JsonArray(
                                List.of(new JsonObject("{\"product_id\": \"p1\", \"sku\": \"s\", \"title\": \"x\"}"))));

        TestDatabase.await(made.transform(done -> Future.succeededFuture()));
        assertThat(made.cause()).hasMessage("product not found: p1; nothing was created");
    }
}
