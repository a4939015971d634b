package io.vinculum.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.testing.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 4 of the contract, rule by rule. */
class LinksIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    @BeforeEach
    void makeRecords() {
        shop.sql("""
                insert into product.product (id, title, handle, status, price)
                select 'p' || n, 't', 'h' || n, 'draft', 1 from generate_series(0, 999) n;
                insert into brand.brand (id, name) select 'b' || n, 'n' || n from generate_series(0, 6) n;
                insert into "order".customer_order (id, number, placed_at) values ('o1', 1, now());
                insert into customer.customer (id, name, email) values ('c1', 'A', 'a@x'), ('c2', 'B', 'b@x');
                insert into customer.address (id, street, city, country) values ('a1', 's', 'c', 'x'), ('a2', 's', 'c', 'x');
                insert into review.review (id, title, rating, author) values ('r1', 'x', 1, 'A');
                """);
    }

    private static final String P1_B1 = "{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b1\"}";

    private static JsonObject one(String link) {
        return shop.array("link.create", new JsonObject(link)).getJsonObject(0);
    }

    private static void refused(String address, Object body, String... parts) {
        assertThatThrownBy(() -> shop.ask(address, body)).hasMessageContainingAll(parts);
    }

    @Test
    void createAnswersFlatRowsInTheOrderOfTheInput() {
        JsonArray rows = shop.link("""
                [{"product": {"product_id": "p2"}, "brand": {"brand_id": "b1"}, "data": {"featured": true}},
                 {"review": {"review_id": "r1"}, "product": {"product_id": "p1"}},
                 {"product": {"product_id": "p1"}, "brand": {"brand_id": "b1"}}]""");

        JsonObject first = rows.getJsonObject(0);
        assertThat(first.fieldNames())
                .containsExactly(
                        "link",
                        "product_id",
                        "brand_id",
                        "featured",
                        "id",
                        "created_at",
                        "updated_at",
                        "deleted_at",
                        "outcome");
        assertThat(first.getString("id")).startsWith("link_").hasSize(31);
        assertThat(rows.stream().map(row -> ((JsonObject) row).getString("link")))
                .containsExactly("product_brand", "review_product", "product_brand");
        assertThat(rows.getJsonObject(2).getBoolean("featured")).isFalse();
    }

    @Test
    void creatingAPairAgainUpdatesGivenColumnsAndKeepsItsId() {
        JsonObject created = one(
                "{\"order\": {\"order_id\": \"o1\"}, \"product\": {\"product_id\": \"p1\"}, \"data\": {\"quantity\": 2, \"unit_price\": 5}}");
        JsonObject updated = one(
                "{\"order\": {\"order_id\": \"o1\"}, \"product\": {\"product_id\": \"p1\"}, \"data\": {\"unit_price\": \"6.50\"}}");

        assertThat(created.getString("outcome")).isEqualTo("created");
        assertThat(updated.getString("outcome")).isEqualTo("updated");
        assertThat(updated.getString("id")).isEqualTo(created.getString("id"));
        assertThat(updated.getInteger("quantity")).isEqualTo(2);
        assertThat(updated.getString("unit_price")).isEqualTo("6.50");
    }

    @Test
    void aLinkThatIsThereIsUpdatedWithoutItsRequiredColumns() {
        String pair = "{\"order\": {\"order_id\": \"o1\"}, \"product\": {\"product_id\": \"p1\"}";
        one(pair + ", \"data\": {\"unit_price\": 5}}");

        JsonObject updated = one(pair + ", \"data\": {\"quantity\": 15}}");
        assertThat(updated.getInteger("quantity")).isEqualTo(15);
        assertThat(updated.getString("unit_price")).isEqualTo("5");
        shop.array("link.dismiss", new JsonObject(pair + "}"));
        assertThat(one(pair + "}").getString("outcome")).isEqualTo("revived");
    }

    @Test
    void oneCallMayGiveDifferentColumnsForDifferentPairs() {
        shop.link("""
                [{"order": {"order_id": "o1"}, "product": {"product_id": "p1"}, "data": {"quantity": 2, "unit_price": 1}},
                 {"order": {"order_id": "o1"}, "product": {"product_id": "p2"}, "data": {"quantity": 3, "unit_price": 1}}]""");
        JsonArray rows = shop.link("""
                [{"order": {"order_id": "o1"}, "product": {"product_id": "p1"}, "data": {"quantity": 9, "unit_price": 1}},
                 {"order": {"order_id": "o1"}, "product": {"product_id": "p2"}, "data": {"unit_price": 7}}]""");

        assertThat(rows.stream().map(row -> ((JsonObject) row).getInteger("quantity")))
                .containsExactly(9, 3);
        assertThat(rows.stream().map(row -> ((JsonObject) row).getString("unit_price")))
                .containsExactly("1", "7");
    }

    @Test
    void aDismissedLinkIsRevivedWithItsId() {
        JsonObject created = one(P1_B1 + ", \"data\": {\"featured\": true}}");
        JsonObject dismissed =
                shop.array("link.dismiss", new JsonObject(P1_B1 + "}")).getJsonObject(0);
        JsonObject revived = one(P1_B1 + "}");

        assertThat(dismissed.getString("outcome")).isEqualTo("dismissed");
        assertThat(dismissed.getString("deleted_at")).isNotNull();
        assertThat(revived.getString("outcome")).isEqualTo("revived");
        assertThat(revived.getString("id")).isEqualTo(created.getString("id"));
        assertThat(revived.getBoolean("featured")).isTrue();
        assertThat(revived.getString("deleted_at")).isNull();
    }

    @Test
    void theSamePairTwiceInOneCallIsOneLinkAndTheLaterDataWins() {
        JsonArray rows = shop.link(
                "[" + P1_B1 + ", \"data\": {\"featured\": true}}, " + P1_B1 + ", \"data\": {\"featured\": false}}]");

        assertThat(rows).hasSize(2);
        assertThat(rows.getJsonObject(0)).isEqualTo(rows.getJsonObject(1));
        assertThat(rows.getJsonObject(0).getBoolean("featured")).isFalse();
        assertThat(shop.rows("select from link.product_brand")).hasSize(1);
    }

    @Test
    void anEmptyListAnswersAnEmptyList() {
        assertThat(shop.link("[]")).isEmpty();
        assertThat(shop.array("link.dismiss", new JsonArray())).isEmpty();
    }

    @Test
    void brokenCardinalityNamesTheLinkBothRecordsAndThePartner() {
        one(P1_B1 + "}");

        refused(
                "link.create",
                new JsonObject("{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b2\"}}"),
                "INVALID_DATA: Cannot create multiple links between 'product' and 'brand'",
                "product 'p1'",
                "brand 'b2'",
                "'product_brand'",
                "linked to 'b1' already");
    }

    @Test
    void brokenCardinalityInsideOneCallLeavesNothing() {
        refused(
                "link.create",
                new JsonArray(
                        "[" + P1_B1 + "}, {\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b2\"}}, "
                                + "{\"review\": {\"review_id\": \"r1\"}, \"product\": {\"product_id\": \"p1\"}}]"),
                "Cannot create multiple links between 'product' and 'brand'");
        assertThat(shop.rows("select from link.product_brand union all select from link.review_product"))
                .isEmpty();
    }

    @Test
    void oneToOneHoldsOnBothSides() {
        shop.link(
                "[{\"link\": \"customer_address\", \"customer\": {\"customer_id\": \"c1\"}, \"address\": {\"address_id\": \"a1\"}}]");

        for (String other : List.of(
                "\"c2\"}, \"address\": {\"address_id\": \"a1\"", "\"c1\"}, \"address\": {\"address_id\": \"a2\"")) {
            refused(
                    "link.create",
                    new JsonObject("{\"link\": \"customer_address\", \"customer\": {\"customer_id\": " + other + "}}"),
                    "Cannot create multiple links");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"brand\": {\"brand_id\": \"b1\"}, \"product\": {\"product_id\": \"p1\"}} | LINK_DIRECTION | {\"product\": {\"product_id\": …}, \"brand\": {\"brand_id\": …}}",
                "{\"product\": {\"product_id\": \"p1\"}, \"brnd\": {\"brand_id\": \"b1\"}} | INVALID_DATA | did you mean",
                "{\"product\": {\"product_id\": \"p1\"}} | INVALID_DATA | two sides, was 1",
                "{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b1\"}, \"review\": {\"review_id\": \"r1\"}} | INVALID_DATA | two sides, was 3",
                "{\"product\": {\"id\": \"p1\"}, \"brand\": {\"brand_id\": \"b1\"}} | INVALID_DATA | no link joins",
                "{\"product\": {\"product_id\": \"\"}, \"brand\": {\"brand_id\": \"b1\"}} | INVALID_DATA | empty",
                "{\"product\": {\"product_id\": null}, \"brand\": {\"brand_id\": \"b1\"}} | INVALID_DATA | product.product_id takes an ID",
                "{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b1\"}, \"data\": {\"featurd\": true}} | INVALID_DATA | did you mean 'featured'?",
                "{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b1\"}, \"data\": {\"featured\": \"yes\"}} | INVALID_DATA | data.featured takes a Boolean",
                "{\"order\": {\"order_id\": \"o1\"}, \"product\": {\"product_id\": \"p1\"}} | INVALID_DATA | data.unit_price is required",
                "{\"order\": {\"order_id\": \"o1\"}, \"customer\": {\"customer_id\": \"c1\"}} | NOT_ALLOWED | read-only",
                "{\"link\": \"prodct_brand\", \"a\": {\"b\": 1}, \"c\": {\"d\": 1}} | INVALID_DATA | did you mean 'product_brand'?",
                "{\"link\": \"related_products\", \"recommends\": {\"recommends_id\": \"p1\"}, \"recommended_by\": {\"recommended_by_id\": \"p2\"}} | LINK_DIRECTION | in that order",
                "\"x\" | INVALID_DATA | takes an object"
            })
    void refusesWrongInput(String input, String code, String message) {
        refused("link.create", new JsonArray("[" + input + "]"), code, message);
    }

    @Test
    void aCheckedLinkNeedsItsRecords() {
        JsonObject link =
                new JsonObject("{\"review\": {\"review_id\": \"r1\"}, \"customer\": {\"customer_id\": \"c1\"}}");

        refused(
                "link.create",
                new JsonObject("{\"review\": {\"review_id\": \"r1\"}, \"customer\": {\"customer_id\": \"c9\"}}"),
                "NOT_FOUND",
                "customer not found: c9");
        assertThat(shop.array("link.create", link)).hasSize(1);
        refused(
                "link.create",
                new JsonArray("[{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b9\"}}, "
                        + "{\"review\": {\"review_id\": \"r1\"}, \"product\": {\"product_id\": \"p1\"}}]"),
                "NOT_FOUND",
                "brand not found: b9");
        assertThat(shop.rows("select from link.review_product")).isEmpty();
        shop.sql("update customer.customer set deleted_at = now()");
        refused("link.create", link, "NOT_FOUND");
    }

    @Test
    void dismissAnswersWhatWasThere() {
        one(P1_B1 + "}");

        JsonArray rows = shop.array(
                "link.dismiss",
                new JsonArray("[" + P1_B1
                        + "}, {\"product\": {\"product_id\": \"p9\"}, \"brand\": {\"brand_id\": \"b1\"}}]"));

        assertThat(rows).hasSize(1);
        assertThat(shop.array("link.dismiss", new JsonObject(P1_B1 + "}"))).isEmpty();
    }

    @Test
    void listAnswersByPairOrByOneSide() {
        shop.link(
                "[" + P1_B1
                        + ", \"data\": {\"featured\": true}}, {\"product\": {\"product_id\": \"p2\"}, \"brand\": {\"brand_id\": \"b1\"}}]");

        assertThat(shop.array(
                        "link.list",
                        new JsonObject("{\"link\": \"product_brand\", \"brand\": {\"brand_id\": \"b1\"}}")))
                .hasSize(2)
                .first()
                .satisfies(row ->
                        assertThat(((JsonObject) row).getBoolean("featured")).isTrue());
        assertThat(shop.array("link.list", new JsonObject(P1_B1 + "}"))).hasSize(1);
    }

    @Test
    void eventsComeAfterTheCommit() {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        List<MessageConsumer<JsonObject>> consumers = new ArrayList<>();
        for (String what : List.of("created", "updated", "dismissed")) {
            consumers.add(shop.vertx()
                    .eventBus()
                    .consumer(
                            "event.link.product_brand." + what,
                            (io.vertx.core.eventbus.Message<JsonObject> event) -> heard.add(what
                                    + event.body().getJsonArray("ids").size()
                                    + event.body().getJsonArray("keys").encode())));
        }
        one(P1_B1 + "}");
        one(P1_B1 + "}");
        shop.array("link.dismiss", new JsonObject(P1_B1 + "}"));
        one(P1_B1 + "}");

        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(java.time.Duration.ofSeconds(5), () -> {
            while (heard.size() < 4) {
                Thread.onSpinWait();
            }
        });
        assertThat(heard)
                .allSatisfy(event -> assertThat(event).endsWith("1[{\"product_id\":\"p1\",\"brand_id\":\"b1\"}]"));
        assertThat(heard.stream().map(event -> event.replaceAll("1.*", "")))
                .containsExactly("created", "updated", "dismissed", "created");
        consumers.forEach(MessageConsumer::unregister);
    }

    @Test
    void aThousandLinksAreOneStatement() {
        JsonArray links = new JsonArray();
        for (int i = 0; i < 1_000; i++) {
            links.add(new JsonObject()
                    .put("product", new JsonObject().put("product_id", "p" + i))
                    .put("brand", new JsonObject().put("brand_id", "b" + i % 7)));
        }
        JsonArray rows = shop.array("link.create", links);

        assertThat(rows).hasSize(1_000);
        assertThat(rows.getJsonObject(999).getString("product_id")).isEqualTo("p999");
        assertThat(shop.rows("select count(distinct xmin::text) from link.product_brand")
                        .get(0)
                        .getLong(0))
                .isEqualTo(1);
    }
}
