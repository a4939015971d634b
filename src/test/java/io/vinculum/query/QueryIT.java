package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.testing.TestDatabase;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 3 of the contract, rule by rule, on three products, two brands and some reviews. */
class QueryIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    @BeforeEach
    void fill() {
        shop.create("brand", "brand", """
                [{"id": "b1", "name": "Acme", "country": "Italy"},
                 {"id": "b2", "name": "Borg", "founded": "1950-05-01"},
                 {"id": "b3", "name": "Cobb"}]""");
        shop.create("product", "product", """
                [{"id": "p1", "title": "Lamp", "handle": "lamp", "price": "10.50", "status": "published",
                  "keywords": ["light", "brass"], "attributes": {"care": "wipe", "years": 2}},
                 {"id": "p2", "title": "Desk", "handle": "desk", "price": 200, "weight_grams": 9000,
                  "keywords": ["wood"]},
                 {"id": "p3", "title": "lamp shade", "handle": "shade", "price": "7", "description": "For a Lamp, 100%"}]""");
        shop.create("product", "product_variant", """
                [{"id": "v1", "product_id": "p1", "sku": "L-1", "title": "Brass", "position": 2},
                 {"id": "v2", "product_id": "p1", "sku": "L-2", "title": "Black", "position": 1}]""");
        shop.create("review", "review", """
                [{"id": "r1", "title": "Good", "rating": 5, "author": "Ada"},
                 {"id": "r2", "title": "Bad", "rating": 1, "author": "Bob"},
                 {"id": "r3", "title": "Fair", "rating": 3, "author": "Cyd"},
                 {"id": "r4", "title": "Fine", "rating": 4, "author": "Dan"}]""");
        shop.link("""
                [{"product": {"product_id": "p1"}, "brand": {"brand_id": "b1"}, "data": {"featured": true}},
                 {"product": {"product_id": "p2"}, "brand": {"brand_id": "b2"}},
                 {"review": {"review_id": "r1"}, "product": {"product_id": "p1"}},
                 {"review": {"review_id": "r2"}, "product": {"product_id": "p1"}},
                 {"review": {"review_id": "r3"}, "product": {"product_id": "p1"}},
                 {"review": {"review_id": "r4"}, "product": {"product_id": "p2"}}]""");
    }

    private static String products(String filters) {
        return ids("{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": " + filters + "}");
    }

    private static String ids(String request) {
        return shop.data(request).stream()
                .map(row -> ((JsonObject) row).getString("id"))
                .collect(Collectors.joining(" "));
    }

    private static void answers(String request, String data) {
        assertThat(shop.data(request)).isEqualTo(new JsonArray(data));
    }

    private static void refused(String request, String... parts) {
        assertThatThrownBy(() -> shop.data(request)).hasMessageContainingAll(parts);
    }

    @Test
    void onlyWhatWasAskedComesBack() {
        answers("""
                {"entity": "product", "fields": ["title", "brand.name", "variants.sku"], "filters": {"id": "p1"}}""", """
                [{"title": "Lamp", "brand": {"name": "Acme"}, "variants": [{"sku": "L-1"}, {"sku": "L-2"}]}]""");
    }

    @Test
    void aStarIsAllOwnColumnsAndABareRelationTheSame() {
        JsonObject row = shop.data("{\"entity\": \"product_variant\", \"fields\": [\"*\", \"product\"]}")
                .getJsonObject(0);

        assertThat(row.fieldNames())
                .containsExactly(
                        "id",
                        "product_id",
                        "sku",
                        "title",
                        "position",
                        "stock",
                        "created_at",
                        "updated_at",
                        "deleted_at",
                        "product");
        assertThat(row.getJsonObject("product").fieldNames())
                .contains("id", "title", "created_at")
                .doesNotContain("variants");
    }

    @Test
    void aLinkThatLeadsNowhereIsNullOrEmptyWithItsKey() {
        answers("""
                {"entity": "product", "fields": ["id", "brand.name", "reviews.id", "brand_link.featured"], "filters": {"id": "p3"}}""", """
                [{"id": "p3", "brand": null, "reviews": [], "brand_link": null}]""");
    }

    @Test
    void aLinkToADeletedRecordIsDroppedOrNull() {
        shop.sql("update brand.brand set deleted_at = now() where id = 'b1'; "
                + "update review.review set deleted_at = now() where id = 'r2'");

        answers("""
                {"entity": "product", "fields": ["brand.name", "reviews.id"], "filters": {"id": "p1"}}""", """
                [{"brand": null, "reviews": [{"id": "r1"}, {"id": "r3"}]}]""");
        assertThat(products("{\"brand\": null}")).isEqualTo("p1 p3");
        answers("""
                {"entity": "product", "fields": ["brand.id", "reviews.id"], "filters": {"id": "p1"}, "withDeleted": true}""", """
                [{"brand": {"id": "b1"}, "reviews": [{"id": "r1"}, {"id": "r2"}, {"id": "r3"}]}]""");
    }

    @Test
    void linkRowsAreReadWithTheirColumnsFromEverySide() {
        answers("""
                {"entity": "brand", "fields": ["name", "products_link.featured", "products_link.product.title"],
                 "filters": {"id": "b1"}}""", """
                [{"name": "Acme", "products_link": [{"featured": true, "product": {"title": "Lamp"}}]}]""");
        answers("""
                {"entity": "product_brands", "fields": ["product_id", "featured", "brand.name"],
                 "filters": {"featured": true}}""", """
                [{"product_id": "p1", "featured": true, "brand": {"name": "Acme"}}]""");
    }

    @Test
    void anyDepthMixesLinksAndRelations() {
        answers("""
                {"entity": "review", "fields": ["product.brand.products.variants.title"], "filters": {"id": "r1"}}""", """
                [{"product": {"brand": {"products": [{"variants": [{"title": "Brass"}, {"title": "Black"}]}]}}}]""");
    }

    @Test
    void selfLinksGoBothWays() {
        shop.link("""
                [{"link": "related_products", "recommended_by": {"recommended_by_id": "p1"},
                  "recommends": {"recommends_id": "p3"}, "data": {"rank": 7}}]""");

        answers("""
                {"entity": "product", "fields": ["id", "recommends.id", "recommended_by.id", "recommends_link.rank"],
                 "filters": {"id": ["p1", "p3"]}}""", """
                [{"id": "p1", "recommends": [{"id": "p3"}], "recommended_by": [], "recommends_link": [{"rank": 7}]},
                 {"id": "p3", "recommends": [], "recommended_by": [{"id": "p1"}], "recommends_link": []}]""");
    }

    @Test
    void readOnlyLinksAreReadFromBothSides() {
        shop.create("customer", "customer", "[{\"id\": \"c1\", \"name\": \"Ada\", \"email\": \"a@x.org\"}]");
        shop.create("order", "order", """
                [{"id": "o1", "number": 1, "customer_id": "c1", "placed_at": "2026-01-01T10:00:00Z"},
                 {"id": "o2", "number": "9007199254740993", "customer_id": "nobody", "placed_at": "2026-01-02"}]""");

        answers("{\"entity\": \"order\", \"fields\": [\"number\", \"customer.name\", \"placed_at\"]}", """
                [{"number": "1", "customer": {"name": "Ada"}, "placed_at": "2026-01-01T10:00:00Z"},
                 {"number": "9007199254740993", "customer": null, "placed_at": "2026-01-02T00:00:00Z"}]""");
        answers("{\"entity\": \"customer\", \"fields\": [\"orders.id\"]}", "[{\"orders\": [{\"id\": \"o1\"}]}]");
        assertThat(ids("{\"entity\": \"order\", \"fields\": [\"id\"], \"filters\": {\"customer\": null}}"))
                .isEqualTo("o2");
    }

    @Test
    void manyToManyRelationsInsideAModule() {
        shop.create(
                "product",
                "collection",
                "[{\"id\": \"c1\", \"name\": \"Light\"}, {\"id\": \"c2\", \"name\": \"Home\"}]");
        shop.object("module.product.update", new JsonObject("""
                {"model": "product", "data": {"id": "p1", "collections": ["c1", "c2"]}}"""));
        shop.object("module.product.update", new JsonObject("""
                {"model": "product", "data": {"id": "p2", "collections": ["c2"]}}"""));

        answers("{\"entity\": \"collection\", \"fields\": [\"name\", \"products.id\"]}", """
                [{"name": "Light", "products": [{"id": "p1"}]}, {"name": "Home", "products": [{"id": "p1"}, {"id": "p2"}]}]""");
        assertThat(products("{\"collections\": {\"name\": \"Light\"}}")).isEqualTo("p1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | p1 p2 p3",
                "{\"title\": \"Lamp\"} | p1",
                "{\"title\": [\"Lamp\", \"Desk\"]} | p1 p2",
                "{\"description\": null} | p1 p2",
                "{\"description\": {\"$eq\": null}} | p1 p2",
                "{\"description\": {\"$ne\": null}} | p3",
                "{\"description\": {\"$exists\": true}} | p3",
                "{\"description\": {\"$exists\": false}} | p1 p2",
                "{\"weight_grams\": {\"$ne\": 1}} | p2",
                "{\"weight_grams\": {\"$nin\": [1]}} | p2",
                "{\"$not\": {\"weight_grams\": 1}} | p2",
                "{\"price\": {\"$gt\": 7}} | p1 p2",
                "{\"price\": {\"$gte\": \"7\", \"$lt\": 200}} | p1 p3",
                "{\"price\": {\"$lte\": 10.5}} | p1 p3",
                "{\"id\": {\"$in\": []}} | ``",
                "{\"id\": {\"$nin\": []}} | p1 p2 p3",
                "{\"id\": []} | ``",
                "{\"$and\": []} | p1 p2 p3",
                "{\"$or\": []} | ``",
                "{\"$or\": [{\"id\": \"p1\"}, {\"price\": 7}]} | p1 p3",
                "{\"$and\": [{\"id\": [\"p1\", \"p2\"]}, {\"$not\": {\"id\": \"p1\"}}]} | p2",
                "{\"price\": {\"$or\": [{\"$lt\": 8}, {\"$gt\": 100}]}} | p2 p3",
                "{\"price\": {\"$not\": {\"$gt\": 8}}} | p3",
                "{\"title\": {\"$like\": \"lamp%\"}} | p3",
                "{\"title\": {\"$ilike\": \"lamp%\"}} | p1 p3",
                "{\"title\": {\"$re\": \"^[LD]\"}} | p1 p2",
                "{\"keywords\": {\"$contains\": [\"brass\"]}} | p1",
                "{\"keywords\": {\"$overlap\": [\"brass\", \"wood\"]}} | p1 p2",
                "{\"keywords\": {\"$contained\": [\"wood\", \"iron\"]}} | p2 p3",
                "{\"keywords\": [\"wood\"]} | p2",
                "{\"attributes\": {\"$contains\": {\"years\": 2}}} | p1",
                "{\"attributes\": {\"$eq\": {\"years\": 2, \"care\": \"wipe\"}}} | p1",
                "{\"status\": \"published\"} | p1",
                "{\"q\": \"lamp\"} | p1 p3",
                "{\"q\": \"LAMP 100%\"} | p3",
                "{\"q\": \"\"} | p1 p2 p3",
                "{\"brand\": {\"name\": \"Acme\"}} | p1",
                "{\"brand\": {}} | p1 p2",
                "{\"brand\": null} | p3",
                "{\"brand\": {\"$ne\": null}} | p1 p2",
                "{\"brand\": {\"country\": {\"$ne\": \"Italy\"}}} | ``",
                "{\"brand_link\": {\"featured\": true}} | p1",
                "{\"reviews\": {}} | p1 p2",
                "{\"reviews\": null} | p3",
                "{\"reviews\": {\"rating\": {\"$gte\": 5}}} | p1",
                "{\"reviews\": {\"$some\": {\"rating\": 4}}} | p2",
                "{\"reviews\": {\"$every\": {\"rating\": {\"$gte\": 4}}}} | p2 p3",
                "{\"reviews\": {\"$none\": {\"rating\": 1}}} | p2 p3",
                "{\"reviews\": {\"$none\": {}}} | p3",
                "{\"brand\": {\"products\": {\"reviews\": {\"author\": \"Dan\"}}}} | p2",
                "{\"variants\": {\"sku\": \"L-1\"}} | p1",
                "{\"created_at\": {\"$gt\": \"2000-01-01\"}} | p1 p2 p3"
            })
    void filtersRestrictTheRoot(String filters, String expected) {
        assertThat(products(filters)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"weight_grams\": \"1\"} | takes an Int (a whole number",
                "{\"weight_grams\": 1.5} | takes an Int",
                "{\"weight_grams\": 9223372036854775808} | takes an Int",
                "{\"title\": 5} | takes a String, was 5",
                "{\"id\": {\"$in\": [\"p1\", null]}} | filters.id.$in takes an ID",
                "{\"title\": \"a\\u0000b\"} | NUL",
                "{\"title\": \"\\ud800\"} | surrogate",
                "{\"price\": \"NaN\"} | takes a BigDecimal",
                "{\"price\": {\"$gt\": null}} | takes no null",
                "{\"status\": \"publishd\"} | did you mean 'published'?",
                "{\"created_at\": \"yesterday\"} | takes a DateTime",
                "{\"title\": {\"$in\": \"Lamp\"}} | takes a list",
                "{\"title\": {\"$re\": \"(\"}} | no regular expression"
            })
    void refusesValuesOfTheWrongType(String filters, String message) {
        refused(
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": " + filters + "}",
                "INVALID_DATA",
                message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"title\": \"ASC\"} | p2 p1 p3",
                "{\"title\": \"desc\"} | p3 p1 p2",
                "[{\"status\": \"DESC\"}, {\"price\": \"ASC\"}] | p1 p3 p2",
                "{\"weight_grams\": \"ASC\"} | p2 p1 p3",
                "{\"weight_grams\": \"DESC\"} | p1 p3 p2",
                "{\"weight_grams\": \"ASC_NULLS_FIRST\"} | p1 p3 p2",
                "{\"weight_grams\": \"DESC_NULLS_LAST\", \"id\": \"DESC\"} | p2 p3 p1",
                "{\"brand\": {\"name\": \"DESC\"}} | p3 p2 p1",
                "{\"brand\": {\"name\": \"ASC\"}, \"id\": \"DESC\"} | p1 p2 p3",
                "{\"brand_link\": {\"featured\": \"DESC_NULLS_LAST\"}} | p1 p2 p3"
            })
    void orders(String order, String expected) {
        assertThat(ids("{\"entity\": \"product\", \"fields\": [\"id\"], \"pagination\": {\"order\": " + order + "}}"))
                .isEqualTo(expected);
        assertThat(ids(
                        "{\"entity\": \"product\", \"fields\": [\"id\", \"brand.name\"], \"pagination\": {\"take\": 3, \"order\": "
                                + order + "}}"))
                .isEqualTo(expected);
    }

    @Test
    void metadataTellsThePageAndCountsWhenAsked() {
        assertThat(shop.graph("{\"entity\": \"product\", \"fields\": [\"id\"]}").getJsonObject("metadata"))
                .isEqualTo(new JsonObject("{\"skip\": 0, \"take\": null}"));
        assertThat(shop.graph(
                        "{\"entity\": \"product\", \"fields\": [\"id\"], \"pagination\": {\"skip\": 1, \"take\": 1}}"))
                .isEqualTo(new JsonObject(
                        "{\"data\": [{\"id\": \"p2\"}], \"metadata\": {\"skip\": 1, \"take\": 1, \"count\": 3}}"));
        assertThat(
                        shop.graph(
                                "{\"entity\": \"product\", \"fields\": [\"id\"], \"count\": true, \"filters\": {\"brand\": {}}, \"pagination\": {\"take\": 0}}"))
                .isEqualTo(new JsonObject("{\"data\": [], \"metadata\": {\"skip\": 0, \"take\": 0, \"count\": 2}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{\"take\": -1} | was -1", "{\"take\": 1.5} | was 1.5", "{\"skip\": \"1\"} | was \"1\""})
    void refusesPagesThatAreNone(String pagination, String message) {
        refused(
                "{\"entity\": \"product\", \"fields\": [\"id\"], \"pagination\": " + pagination + "}",
                "not negative",
                message);
    }

    @Test
    void relationsFilterOrderAndPageNestedListsPerParent() {
        answers("""
                {"entity": "product", "fields": ["id", "reviews.rating"],
                 "relations": {"reviews": {"filters": {"rating": {"$gte": 3}}, "order": {"rating": "DESC"}, "take": 1}}}""", """
                [{"id": "p1", "reviews": [{"rating": 5}]}, {"id": "p2", "reviews": [{"rating": 4}]}, {"id": "p3", "reviews": []}]""");
        answers("""
                {"entity": "product", "fields": ["reviews.id", "variants.sku"], "filters": {"id": "p1"},
                 "relations": {"reviews": {"skip": 1, "take": 5}, "variants": {"order": {"position": "ASC"}}}}""", """
                [{"reviews": [{"id": "r2"}, {"id": "r3"}], "variants": [{"sku": "L-2"}, {"sku": "L-1"}]}]""");
        answers("""
                {"entity": "brand", "fields": ["products.reviews.id"], "filters": {"id": "b1"},
                 "relations": {"products.reviews": {"order": {"rating": "ASC"}, "take": 2}}}""", """
                [{"products": [{"reviews": [{"id": "r2"}, {"id": "r3"}]}]}]""");
    }

    @Test
    void throwIfKeyNotFoundNamesTheMissingIds() {
        refused("""
                {"entity": "product", "fields": ["id"], "filters": {"id": ["p1", "p8", "p9"]}, "throwIfKeyNotFound": true}""", "NOT_FOUND", "product not found: p8, p9");
        refused("""
                {"entity": "product", "fields": ["id"], "filters": {"id": "p1", "title": "x"}, "options": {"throwIfKeyNotFound": true}}""", "NOT_FOUND", "p1");
        assertThat(products("{\"id\": [\"p1\", \"p9\"]}")).isEqualTo("p1");
    }

    /** Whether its list is read in its statement or in one of its own, a record is the same to the byte. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[\"id\", \"reviews.rating\"] | {}",
                "[\"reviews.*\", \"brand.name\"] | {}",
                "[\"title\", \"brand.products.title\"] | {}",
                "[\"reviews.product.brand.name\", \"price\"] | {}",
                "[\"reviews_link.review.title\"] | {\"reviews_link\": {\"order\": {\"review\": {\"rating\": \"DESC\"}}}}",
                "[\"reviews.id\"] | {\"reviews\": {\"order\": {\"rating\": \"DESC\"}, \"skip\": 1, \"take\": 1}}",
                "[\"reviews.id\"] | {\"reviews\": {\"filters\": {\"rating\": {\"$gt\": 2}}}}",
                "[\"variants.sku\"] | {\"variants\": {\"take\": 0}}",
                "[\"collections.name\"] | {}"
            })
    void bothStrategiesAnswerTheSame(String fields, String relations) {
        for (String id : new String[] {"p1", "p2", "p3", "none"}) {
            String request = "{\"entity\": \"product\", \"fields\": " + fields + ", \"relations\": " + relations
                    + ", \"filters\": {\"id\": %s}}";
            assertThat(shop.data(String.format(request, "\"" + id + "\"")).encode())
                    .isEqualTo(shop.data(String.format(request, "[\"" + id + "\"]"))
                            .encode());
        }
    }

    @Test
    void explainAnswersThePlanAndItsStatements() {
        JsonObject explained = shop.graph(
                        "{\"entity\": \"product\", \"fields\": [\"id\", \"reviews.id\"], \"explain\": true}")
                .getJsonObject("extensions")
                .getJsonObject("explain");

        assertThat(explained.getString("plan"))
                .isEqualTo(
                        "read t.id\n  page\n    sort t.id asc\n      scan product t\n  read t.id\n    sort t.id asc\n"
                                + "      batch product.reviews t");
        assertThat(explained.getJsonArray("statements")).hasSize(2);
    }

    @Test
    void explainAnalyzeAlsoTellsWhatPostgresDid() {
        JsonObject explained = shop.graph(
                        "{\"entity\": \"product\", \"fields\": [\"id\", \"reviews.id\"], \"explain\": \"analyze\"}")
                .getJsonObject("extensions")
                .getJsonObject("explain");

        assertThat(explained.getJsonArray("analyzed")).hasSize(2);
        assertThat(explained.getJsonArray("analyzed").encode()).contains("actual time", "rows=");
    }

    @Test
    void aHundredThousandKeysAreOneParameter() {
        JsonArray keys = new JsonArray();
        for (int i = 0; i < 100_000; i++) {
            keys.add("p" + i);
        }
        JsonObject request = new JsonObject()
                .put("entity", "product")
                .put("fields", new JsonArray().add("id"))
                .put("filters", new JsonObject().put("id", new JsonObject().put("$in", keys)));

        assertThat(shop.graph(request.encode()).getJsonArray("data")).hasSize(3);
    }
}
