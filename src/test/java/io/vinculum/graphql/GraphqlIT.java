package io.vinculum.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vinculum.testing.HttpServer;
import io.vinculum.testing.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Typed GraphQL, over HTTP. */
class GraphqlIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    static final HttpServer http = HttpServer.on(shop);

    @BeforeEach
    void fill() {
        shop.create("brand", "brand", "[{\"id\": \"b1\", \"name\": \"Acme\"}, {\"id\": \"b2\", \"name\": \"Borg\"}]");
        shop.create("product", "product", """
                [{"id": "p1", "title": "Lamp", "handle": "lamp", "price": "10.50", "status": "published", "keywords": ["light"],
                  "attributes": {"a": {"b": 1}}},
                 {"id": "p2", "title": "Desk", "handle": "desk", "price": 200}]""");
        shop.create("review", "review", """
                [{"id": "r1", "title": "Good", "rating": 5, "author": "A"}, {"id": "r2", "title": "Bad", "rating": 1, "author": "B"}]""");
        shop.link("""
                [{"product": {"product_id": "p1"}, "brand": {"brand_id": "b1"}, "data": {"featured": true}},
                 {"review": {"review_id": "r1"}, "product": {"product_id": "p1"}},
                 {"review": {"review_id": "r2"}, "product": {"product_id": "p1"}}]""");
    }

    private static void answers(String query, String variables, String data) {
        assertThat(http.data(query, variables)).isEqualTo(new JsonObject(data));
    }

    private static void refused(String query, String variables, String code, String message) {
        JsonObject error = http.error(query, variables);
        assertThat(HttpServer.code(error)).as(error.encode()).isEqualTo(code);
        assertThat(error.getString("message")).contains(message);
    }

    @Test
    void readsOneAndMany() {
        answers(
                "query($id: ID!) { product(id: $id) { title brand { name } } none: product(id: \"x\") { id } products { id } }",
                "{\"id\": \"p1\"}",
                "{\"product\": {\"title\": \"Lamp\", \"brand\": {\"name\": \"Acme\"}}, \"none\": null, \"products\": [{\"id\": \"p1\"}, {\"id\": \"p2\"}]}");
    }

    @Test
    void keysOfTheAnswerAreInTheOrderOfTheDocument() {
        assertThat(http.post("{\"query\": \"{ b: products(take: 1) { title id __typename } a: __typename }\"}")
                        .body())
                .isEqualTo(
                        "{\"data\":{\"b\":[{\"title\":\"Lamp\",\"id\":\"p1\",\"__typename\":\"Product\"}],\"a\":\"Query\"}}");
    }

    @Test
    void aliasesGiveOneRelationDifferentArguments() {
        answers("""
                { products(filters: {id: {eq: "p1"}}) {
                    good: reviews(filters: {rating: {gte: 4}}) { id }
                    worst: reviews(order: [{rating: ASC}], take: 1) { id rating }
                    rest: reviews(skip: 1) { id } } }""", "{}", """
                {"products": [{"good": [{"id": "r1"}], "worst": [{"id": "r2", "rating": 1}], "rest": [{"id": "r2"}]}]}""");
    }

    @Test
    void fragmentsMergeAndDirectivesDecide() {
        String query = """
                query($withBrand: Boolean!, $noTitle: Boolean!) {
                  product(id: "p1") { ...Basics brand @include(if: $withBrand) { name } ... on Product { title @skip(if: $noTitle) } } }
                fragment Basics on Product { id brand @include(if: $withBrand) { ...Named } }
                fragment Named on Brand { id }""";

        answers(
                query,
                "{\"withBrand\": true, \"noTitle\": false}",
                "{\"product\": {\"id\": \"p1\", \"brand\": {\"id\": \"b1\", \"name\": \"Acme\"}, \"title\": \"Lamp\"}}");
        answers(query, "{\"withBrand\": false, \"noTitle\": true}", "{\"product\": {\"id\": \"p1\"}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{title: {eq: \"Lamp\"}} | p1",
                "{title: {in: [\"Lamp\", \"Desk\"]}} | p1 p2",
                "{title: {in: []}} | ``",
                "{and: []} | p1 p2",
                "{or: []} | ``",
                "{or: [{id: {eq: \"p2\"}}, {status: {eq: published}}]} | p1 p2",
                "{not: {id: {eq: \"p2\"}}} | p1",
                "{description: {isNull: true}} | p1 p2",
                "{description: {isNull: false}} | ``",
                "{price: {gt: 11}} | p2",
                "{price: {lt: \"10.6\"}} | p1",
                "{keywords: {contains: [\"light\"]}} | p1",
                "{attributes: {contains: {a: {b: 1}}}} | p1",
                "{brand: {name: {ilike: \"ac%\"}}} | p1",
                "{brand: null} | p2",
                "{reviews: {some: {rating: {gte: 4}}}} | p1",
                "{reviews: {every: {rating: {gte: 4}}}} | p2",
                "{reviews: {none: {}}} | p2",
                "{brand_link: {featured: {eq: true}}} | p1",
                "{q: \"lamp\"} | p1",
                "{created_at: {gte: \"2001-01-01T00:00:00Z\"}} | p1 p2"
            })
    void filters(String filters, String expected) {
        StringBuilder ids = new StringBuilder();
        http.data("{ products(filters: " + filters + ") { id } }")
                .getJsonArray("products")
                .forEach(row -> ids.append(((JsonObject) row).getString("id")).append(' '));
        assertThat(ids.toString().strip()).isEqualTo(expected);
    }

    @Test
    void variablesStandAnywhere() {
        answers(
                "query($f: ProductFilters!, $t: String!, $d: OrderDirection, $n: Int) { products(filters: {and: [$f, {title: {in: [\"Lamp\", $t]}}]}, "
                        + "order: [{title: $d}], take: $n) { id } }",
                "{\"f\": {\"price\": {\"gt\": 1}}, \"t\": \"Desk\", \"d\": \"ASC\", \"n\": 5}",
                "{\"products\": [{\"id\": \"p2\"}, {\"id\": \"p1\"}]}");
        answers(
                "query($j: JSON) { products(filters: {attributes: {contains: {a: $j}}}) { id } }",
                "{\"j\": {\"b\": 1}}",
                "{\"products\": [{\"id\": \"p1\"}]}");
        answers("query($take: Int = 1) { products(take: $take) { id } }", "{}", "{\"products\": [{\"id\": \"p1\"}]}");
        answers(
                "query($take: Int) { products(take: $take) { id } }",
                "{\"take\": null}",
                "{\"products\": [{\"id\": \"p1\"}, {\"id\": \"p2\"}]}");
    }

    @Test
    void aCachedPlanAnswersOtherValues() {
        String query =
                "query($id: ID!, $n: [ID!]) { product(id: $id) { id } products(filters: {id: {in: $n}}) { id } }";
        for (int i = 0; i < 3; i++) {
            answers(
                    query,
                    "{\"id\": \"p1\", \"n\": [\"p2\"]}",
                    "{\"product\": {\"id\": \"p1\"}, \"products\": [{\"id\": \"p2\"}]}");
            answers(
                    query,
                    "{\"id\": \"p2\", \"n\": [\"p1\", \"p2\"]}",
                    "{\"product\": {\"id\": \"p2\"}, \"products\": [{\"id\": \"p1\"}, {\"id\": \"p2\"}]}");
        }
    }

    @Test
    void aSelectionThatIsEmptyIsAnEmptyObject() {
        answers(
                "{ products(take: 1) { id @include(if: false) } product(id: \"p1\") { brand { id @skip(if: true) } reviews(take: 1) { id @skip(if: true) } } }",
                "{}",
                "{\"products\": [{}], \"product\": {\"brand\": {}, \"reviews\": [{}]}}");
        answers(
                "{ graph(entity: \"brand\", fields: [\"id\"]) { data @skip(if: true) } __typename @skip(if: true) }",
                "{}",
                "{\"graph\": {}}");
    }

    @Test
    void aNullVariableIsAnAbsentArgumentAndANullInsideAnObjectIsAValue() {
        answers(
                "query($f: ProductFilters, $o: [ProductOrder!]) { products(filters: $f, order: $o) { id } }",
                "{\"f\": null, \"o\": null}",
                "{\"products\": [{\"id\": \"p1\"}, {\"id\": \"p2\"}]}");
        answers(
                "query($f: ProductFilters) { products(filters: $f) { id } }",
                "{\"f\": {\"brand\": null}}",
                "{\"products\": [{\"id\": \"p2\"}]}");
        answers(
                "query($b: BrandFilters) { products(filters: {brand: $b}) { id } }",
                "{\"b\": null}",
                "{\"products\": [{\"id\": \"p2\"}]}");
        answers(
                "query($f: ProductFilters) { products(filters: $f) { id } }",
                "{\"f\": {\"weight_grams\": null}}",
                "{\"products\": [{\"id\": \"p1\"}, {\"id\": \"p2\"}]}");
        refused(
                "query($id: ID = \"p1\") { product(id: $id) { id } }",
                "{\"id\": null}",
                "BAD_USER_INPUT",
                "Null value");
        refused(
                "query($b: Boolean = true) { products { id @include(if: $b) } }",
                "{\"b\": null}",
                "BAD_USER_INPUT",
                "'b'");
        refused(
                "query($o: [ProductOrder!]) { products(order: $o) { id } }",
                "{\"o\": [{\"title\": null}]}",
                "INVALID_DATA",
                "unknown direction 'null'");
    }

    @Test
    void jsonLiteralsMatchInsideLists() {
        answers(
                "{ products(filters: {attributes: {in: [{a: {b: 1}}]}}) { id } }",
                "{}",
                "{\"products\": [{\"id\": \"p1\"}]}");
        answers(
                "{ graph(entity: \"product\", fields: [\"id\"], pagination: {skip: 1, take: 1}) { data } }",
                "{}",
                "{\"graph\": {\"data\": [{\"id\": \"p2\"}]}}");
    }

    @Test
    void introspectionFollowsItsVariables() {
        String query = "query($n: String!) { __type(name: $n) { name } __schema { queryType { name } } }";
        answers(
                query,
                "{\"n\": \"Product\"}",
                "{\"__type\": {\"name\": \"Product\"}, \"__schema\": {\"queryType\": {\"name\": \"Query\"}}}");
        answers(
                query,
                "{\"n\": \"Review\"}",
                "{\"__type\": {\"name\": \"Review\"}, \"__schema\": {\"queryType\": {\"name\": \"Query\"}}}");
    }

    @Test
    void anIntrospectionThatIsLargerThanAnyToolNeedsIsRefused() {
        refused(
                "{ a: __type(name: \"A\") { name } b: __type(name: \"B\") { name } }",
                "{}",
                "GRAPHQL_VALIDATION_FAILED",
                "more than any tool");
    }

    @Test
    void aMutationThatCannotBeAnsweredWritesNothing() {
        refused(
                "mutation { createBrands(data: [{name: \"x\"}]) { id products(take: -1) { id } } }",
                "{}",
                "INVALID_DATA",
                "not negative");
        refused(
                "mutation { createBrands(data: [{name: \"x\"}]) { id products(filters: {title: {}}) { id } } }",
                "{}",
                "INVALID_DATA",
                "no operator");
        refused(
                "mutation { createProductBrand(product_id: \"p2\", brand_id: \"b2\") { product { reviews(take: -1) { id } } } }",
                "{}",
                "INVALID_DATA",
                "not negative");
        assertThat(shop.rows("select from brand.brand")).hasSize(2);
        assertThat(shop.rows("select from link.product_brand")).hasSize(1);
    }

    @Test
    void graphAnswersJson() {
        answers(
                "query($f: JSON) { graph(entity: \"product\", fields: [\"id\", \"brand.name\"], filters: $f, count: true) { data metadata __typename } }",
                "{\"f\": {\"price\": {\"$lt\": 11}}}",
                "{\"graph\": {\"data\": [{\"id\": \"p1\", \"brand\": {\"name\": \"Acme\"}}], \"metadata\": {\"skip\": 0, \"take\": null, \"count\": 1}, \"__typename\": \"GraphResult\"}}");
        refused(
                "{ graph(entity: \"prodct\", fields: [\"id\"]) { data } }",
                "{}",
                "INVALID_DATA",
                "did you mean 'product'?");
    }

    @Test
    void explainComesInTheExtensions() {
        JsonObject body = new JsonObject()
                .put("query", "{ products { id } }")
                .put("extensions", new JsonObject().put("explain", true));
        JsonObject response = new JsonObject(http.post(body.encode()).body());

        assertThat(response.getJsonObject("extensions")
                        .getJsonArray("explain")
                        .getJsonObject(0)
                        .getString("plan"))
                .startsWith("read t.id");
    }

    @Test
    void introspectionMixesWithData() {
        JsonObject data = http.data(
                "query($n: String = \"Product\") { t: __type(name: $n) { name kind } products { id } __schema { mutationType { name } } }");

        assertThat(data)
                .isEqualTo(new JsonObject(
                        "{\"t\": {\"name\": \"Product\", \"kind\": \"OBJECT\"}, \"products\": [{\"id\": \"p1\"}, {\"id\": \"p2\"}], "
                                + "\"__schema\": {\"mutationType\": {\"name\": \"Mutation\"}}}"));
    }

    @Test
    void recordsAreWrittenAndReadBackInTheirOrder() {
        answers("""
                mutation($data: [ProductCreate!]!) { createProducts(data: $data) { id title status price collections { id } brand { id } } }""", """
                {"data": [{"id": "z", "title": "Zed", "handle": "z", "price": 1}, {"id": "y", "title": "Yed", "handle": "y", "price": "2.0", "status": "draft"}]}""", """
                {"createProducts": [{"id": "z", "title": "Zed", "status": "draft", "price": "1", "collections": [], "brand": null},
                 {"id": "y", "title": "Yed", "status": "draft", "price": "2.0", "collections": [], "brand": null}]}""");
        answers(
                "mutation { updateProducts(data: [{id: \"z\", title: \"Zet\"}]) { title reviews(take: 1) { id } } }",
                "{}",
                "{\"updateProducts\": [{\"title\": \"Zet\", \"reviews\": []}]}");
        answers(
                "mutation { a: softDeleteProducts(ids: [\"z\", \"nope\"]) b: restoreProducts(ids: [\"z\"]) c: deleteProducts(ids: [\"z\", \"y\"]) __typename }",
                "{}",
                "{\"a\": [\"z\"], \"b\": [\"z\"], \"c\": [\"z\", \"y\"], \"__typename\": \"Mutation\"}");
    }

    @Test
    void recordsAreTiedAndUntied() {
        answers(
                "mutation { createProductBrand(product_id: \"p2\", brand_id: \"b2\", data: {featured: true}) { featured product { title } brand { name } } }",
                "{}",
                "{\"createProductBrand\": {\"featured\": true, \"product\": {\"title\": \"Desk\"}, \"brand\": {\"name\": \"Borg\"}}}");
        answers(
                "mutation { dismissProductBrand(product_id: \"p2\", brand_id: \"b2\") { featured } again: dismissProductBrand(product_id: \"p2\", brand_id: \"b2\") { featured } }",
                "{}",
                "{\"dismissProductBrand\": {\"featured\": true}, \"again\": null}");
        JsonObject created = http.data("mutation($l: [JSON!]!) { createLinks(links: $l) }", """
                {"l": [{"product": {"product_id": "p2"}, "brand": {"brand_id": "b1"}}]}""");
        assertThat(created.getJsonArray("createLinks").getJsonObject(0).getString("outcome"))
                .isEqualTo("created");
        assertThat(http.data("mutation { deleteLinked(of: {product: {product_id: [\"p1\"]}}) }")
                        .getJsonObject("deleteLinked")
                        .getJsonArray("review"))
                .hasSize(2);
        assertThat(http.data("mutation { restoreLinked(of: {product: {product_id: [\"p1\"]}}) }")
                        .getJsonObject("restoreLinked")
                        .getJsonArray("review"))
                .hasSize(2);
    }

    @Test
    void theFirstFieldThatFailsEndsAMutation() {
        JsonObject response = http.run(
                "mutation { a: createBrands(data: [{id: \"x\", name: \"Xed\"}]) { id } b: createBrands(data: [{name: \"Acme\"}]) { id } c: deleteBrands(ids: [\"x\"]) }",
                "{}");

        assertThat(response.getValue("data")).isNull();
        JsonObject error = response.getJsonArray("errors").getJsonObject(0);
        assertThat(HttpServer.code(error)).isEqualTo("DUPLICATE");
        assertThat(error.getJsonArray("path")).containsExactly("b");
        assertThat(shop.rows("select from brand.brand where id = 'x'")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ products(filters: {titel: {eq: \"x\"}}) { id } } | {} | GRAPHQL_VALIDATION_FAILED | titel",
                "{ products { titel } } | {} | GRAPHQL_VALIDATION_FAILED | titel",
                "{ products { id | {} | GRAPHQL_PARSE_FAILED | Invalid syntax",
                "query($t: Int) { products(take: $t) { id } } | {\"t\": \"x\"} | BAD_USER_INPUT | t",
                "query($t: Int) { products(take: $t) { id } } | {\"t\": 9999999999} | BAD_USER_INPUT | t",
                "query($id: ID!) { product(id: $id) { id } } | {} | BAD_USER_INPUT | id",
                "query($d: DateTime) { products(filters: {created_at: {gt: $d}}) { id } } | {\"d\": \"infinity\"} | BAD_USER_INPUT | DateTime",
                "{ products(take: -1) { id } } | {} | INVALID_DATA | not negative",
                "{ products(filters: {title: {eq: null}}) { id } } | {} | INVALID_DATA | takes no null",
                "query($t: String) { products(filters: {title: {eq: $t}}) { id } } | {\"t\": null} | INVALID_DATA | takes no null",
                "query($t: String) { products(filters: {title: {eq: $t}}) { id } } | {} | INVALID_DATA | has no operator",
                "query($t: String) { products(filters: {title: {eq: $t}}) { id } } | {\"t\": \"a\\u0000\"} | INVALID_DATA | NUL",
                "{ products(filters: {title: {re: \"(\"}}) { id } } | {} | INVALID_DATA | regular expression",
                "mutation { createBrands(data: [{name: 5}]) { id } } | {} | GRAPHQL_VALIDATION_FAILED | name",
                "mutation { createBrands(data: [{}]) { id } } | {} | GRAPHQL_VALIDATION_FAILED | name"
            })
    void refusesWrongInput(String query, String variables, String code, String message) {
        refused(query, variables, code, message);
    }
}
