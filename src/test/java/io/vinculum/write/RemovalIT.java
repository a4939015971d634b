package io.vinculum.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.testing.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes with a record, and what comes back with it. */
class RemovalIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    @BeforeEach
    void fill() {
        shop.create("brand", "brand", "[{\"id\": \"b1\", \"name\": \"Acme\"}, {\"id\": \"b2\", \"name\": \"Borg\"}]");
        shop.create("product", "product", """
                [{"id": "p1", "title": "Lamp", "handle": "lamp", "price": 1}, {"id": "p2", "title": "Desk", "handle": "desk", "price": 1}]""");
        shop.create(
                "product",
                "product_variant",
                "[{\"id\": \"v1\", \"product_id\": \"p1\", \"sku\": \"1\", \"title\": \"x\"}]");
        shop.create("review", "review", """
                [{"id": "r1", "title": "a", "rating": 1, "author": "A"}, {"id": "r2", "title": "b", "rating": 1, "author": "B"},
                 {"id": "r3", "title": "c", "rating": 1, "author": "C"}]""");
        shop.link("""
                [{"product": {"product_id": "p1"}, "brand": {"brand_id": "b1"}},
                 {"review": {"review_id": "r1"}, "product": {"product_id": "p1"}},
                 {"review": {"review_id": "r2"}, "product": {"product_id": "p1"}},
                 {"review": {"review_id": "r3"}, "product": {"product_id": "p2"}}]""");
    }

    private static JsonArray module(String action, String ids) {
        return shop.array(
                "module.product." + action,
                new JsonObject().put("model", "product").put("ids", new JsonArray(ids)));
    }

    private static String live(String table) {
        return shop.rows("select string_agg(id, ' ' order by id) from " + table + " where deleted_at is null")
                .get(0)
                .getString(0);
    }

    private static long all(String table) {
        return shop.rows("select count(*) from " + table).get(0).getLong(0);
    }

    private static void dismiss(String review, String product) {
        shop.array(
                "link.dismiss",
                new JsonObject("{\"review\": {\"review_id\": \"" + review + "\"}, \"product\": {\"product_id\": \""
                        + product + "\"}}"));
    }

    @Test
    void softDeletingARecordTakesItsLinksItsChildrenAndWhatCascades() {
        assertThat(module("softDelete", "[\"p1\", \"nothing\"]")).isEqualTo(new JsonArray("[\"p1\"]"));

        assertThat(live("product.product")).isEqualTo("p2");
        assertThat(live("product.product_variant")).isNull();
        assertThat(live("review.review")).isEqualTo("r3");
        assertThat(live("brand.brand")).isEqualTo("b1 b2");
        assertThat(shop.rows("select from link.product_brand where deleted_at is null"))
                .isEmpty();
        assertThat(all("review.review")).isEqualTo(3);
    }

    @Test
    void restoringBringsBackExactlyThat() {
        dismiss("r2", "p1");
        module("softDelete", "[\"p1\"]");
        assertThat(live("review.review")).isEqualTo("r2 r3");

        assertThat(module("restore", "[\"p1\", \"p2\", \"nothing\"]")).isEqualTo(new JsonArray("[\"p1\"]"));

        assertThat(live("product.product")).isEqualTo("p1 p2");
        assertThat(live("product.product_variant")).isEqualTo("v1");
        assertThat(live("review.review")).isEqualTo("r1 r2 r3");
        assertThat(
                        shop.data(
                                "{\"entity\": \"product\", \"fields\": [\"brand.id\", \"reviews.id\"], \"filters\": {\"id\": \"p1\"}}"))
                .isEqualTo(new JsonArray("[{\"brand\": {\"id\": \"b1\"}, \"reviews\": [{\"id\": \"r1\"}]}]"));
    }

    @Test
    void aPlaceThatWasTakenMeanwhileIsSkipped() {
        shop.object("link.delete", new JsonObject("{\"product\": {\"product_id\": [\"p1\"]}}"));
        shop.link("[{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b2\"}}]");

        JsonObject restored = shop.object("link.restore", new JsonObject("{\"product\": {\"product_id\": [\"p1\"]}}"));

        assertThat(restored.getJsonObject("skipped").getJsonArray("product_brand"))
                .hasSize(1);
        assertThat(restored.getJsonArray("review_product")).hasSize(2);
        assertThat(restored.getJsonArray("review")).isEqualTo(new JsonArray("[\"r1\", \"r2\"]"));
        assertThat(shop.data("{\"entity\": \"product\", \"fields\": [\"brand.id\"], \"filters\": {\"id\": \"p1\"}}"))
                .isEqualTo(new JsonArray("[{\"brand\": {\"id\": \"b2\"}}]"));
    }

    @Test
    void deletingLinksNeverTouchesTheGivenRecords() {
        JsonObject gone =
                shop.object("link.delete", new JsonObject("{\"product\": {\"product_id\": [\"p1\", \"gone\"]}}"));

        assertThat(gone.getJsonArray("review")).isEqualTo(new JsonArray("[\"r1\", \"r2\"]"));
        assertThat(gone.getJsonArray("product_brand")).hasSize(1);
        assertThat(gone.containsKey("product")).isFalse();
        assertThat(live("product.product")).isEqualTo("p1 p2");
    }

    @Test
    void whatWasDismissedAfterARestoreStaysAway() {
        module("softDelete", "[\"p1\"]");
        module("restore", "[\"p1\"]");
        dismiss("r1", "p1");

        assertThat(shop.object("link.restore", new JsonObject("{\"product\": {\"product_id\": \"p1\"}}")))
                .isEmpty();
        assertThat(shop.rows("select from link.review_product where review_id = 'r1' and deleted_at is null"))
                .isEmpty();
    }

    @Test
    void deletingForGoodTakesRowsLinksAndCascadedRecordsOfSoftDeletedOnesToo() {
        dismiss("r2", "p1");
        module("softDelete", "[\"p1\"]");

        assertThat(module("delete", "[\"p1\"]")).isEqualTo(new JsonArray("[\"p1\"]"));

        assertThat(all("product.product")).isEqualTo(1);
        assertThat(all("product.product_variant")).isZero();
        assertThat(shop.rows("select id from review.review order by id"))
                .extracting(row -> row.getString(0))
                .containsExactly("r2", "r3");
        assertThat(all("link.product_brand")).isZero();
        assertThat(all("link.review_product")).isEqualTo(1);
        assertThat(all("vinculum.removed")).isZero();
        assertThat(module("restore", "[\"p1\"]")).isEmpty();
    }

    @Test
    void ofTwoLinksThatWantOnePlaceTheLoserIsSkipped() {
        shop.object("link.delete", new JsonObject("{\"brand\": {\"brand_id\": \"b1\"}}"));
        shop.link("[{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b2\"}}]");
        shop.object("link.delete", new JsonObject("{\"brand\": {\"brand_id\": \"b2\"}}"));

        JsonObject restored =
                shop.object("link.restore", new JsonObject("{\"brand\": {\"brand_id\": [\"b1\", \"b2\"]}}"));

        assertThat(restored.getJsonArray("product_brand")).hasSize(1);
        assertThat(restored.getJsonObject("skipped").getJsonArray("product_brand"))
                .hasSize(1);
        assertThat(shop.data("{\"entity\": \"product\", \"fields\": [\"brand.id\"], \"filters\": {\"id\": \"p1\"}}"))
                .isEqualTo(new JsonArray("[{\"brand\": {\"id\": \"b2\"}}]"));
    }

    @Test
    void aLinkWhoseOtherRecordIsDeletedTooComesBackWithTheLastOfThem() {
        module("softDelete", "[\"p1\"]");
        JsonObject brand = new JsonObject("{\"ids\": [\"b1\"]}");
        shop.array("module.brand.softDelete", brand);
        module("restore", "[\"p1\"]");
        assertThat(shop.rows("select from link.product_brand where deleted_at is null"))
                .isEmpty();

        shop.array("module.brand.restore", brand);
        assertThat(shop.rows("select from link.product_brand where deleted_at is null"))
                .hasSize(1);
    }

    @Test
    void aCascadeOfAThousandRecordsIsAFewStatements() {
        shop.sql("""
                insert into review.review (id, title, rating, author) select 'many' || n, 't', 1, 'A' from generate_series(1, 1000) n;
                insert into link.review_product (id, review_id, product_id) select 'l' || n, 'many' || n, 'p2' from generate_series(1, 1000) n;
                """);
        JsonArray gone = module("softDelete", "[\"p2\"]");

        assertThat(gone).hasSize(1);
        assertThat(shop.rows("select from review.review where deleted_at is null and id like 'many%'"))
                .isEmpty();
        // One transaction, and a version a row: nothing was written row by row, or twice.
        assertThat(shop.rows("select distinct xmin::text, cmin::text from review.review where id like 'many%'"))
                .hasSize(1);
        assertThat(shop.rows(
                        "select distinct xmin::text, cmin::text from link.review_product where review_id like 'many%'"))
                .hasSize(1);
        assertThat(module("restore", "[\"p2\"]")).hasSize(1);
        assertThat(shop.rows("select from review.review where deleted_at is null and id like 'many%'"))
                .hasSize(1_000);
        assertThat(module("delete", "[\"p2\"]")).hasSize(1);
        assertThat(shop.rows("select from review.review where id like 'many%'")).isEmpty();
    }

    @Test
    void aCascadeEndsWhereItBegan() {
        shop.create("customer", "customer", "[{\"id\": \"c1\", \"name\": \"A\", \"email\": \"a@x\"}]");
        shop.create(
                "customer", "address", "[{\"id\": \"a1\", \"street\": \"s\", \"city\": \"c\", \"country\": \"x\"}]");
        shop.link("""
                [{"link": "customer_address", "customer": {"customer_id": "c1"}, "address": {"address_id": "a1"}},
                 {"link": "related_products", "recommended_by": {"recommended_by_id": "p1"}, "recommends": {"recommends_id": "p2"}},
                 {"link": "related_products", "recommended_by": {"recommended_by_id": "p2"}, "recommends": {"recommends_id": "p1"}}]""");

        JsonArray gone = shop.array(
                "module.customer.softDelete", new JsonObject("{\"model\": \"customer\", \"ids\": [\"c1\"]}"));

        assertThat(gone).isEqualTo(new JsonArray("[\"c1\"]"));
        assertThat(live("customer.address")).isNull();
        assertThat(module("softDelete", "[\"p1\"]")).hasSize(1);
        assertThat(live("product.product")).isEqualTo("p2");
    }
}
