package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tables as another system makes them: varchar keys, timestamps without fractions, no index that holds cardinality. */
class AdoptedTablesIT {
    private static final String TIMES =
            "created_at timestamptz(0) not null default now(), updated_at timestamptz(0) not null "
                    + "default now(), deleted_at timestamptz(0)";

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.prepared(
            "create table public.product (id text primary key, title text not null, extra int default 7, " + TIMES
                    + ");"
                    + "create table public.brand (id varchar(255) primary key, name text not null, " + TIMES + ");"
                    + "create table public.product_brand (product_id varchar(255) not null, brand_id varchar(255) not null, "
                    + "id varchar(255) not null, " + TIMES + ", primary key (product_id, brand_id));"
                    + "create table public.review (id text primary key, rating int not null, " + TIMES + ");"
                    + "create table public.review_product (review_id varchar(255) not null, product_id varchar(255) not null, "
                    + "id varchar(255) not null, " + TIMES + ", primary key (review_id, product_id))",
            Catalog.builder()
                    .model(
                            "product",
                            "Product",
                            product -> product.table("public.product")
                                    .adopted()
                                    .field("id", "ID!")
                                    .field("title", "String!"))
                    .model(
                            "brand",
                            "Brand",
                            brand -> brand.table("public.brand")
                                    .adopted()
                                    .field("id", "ID!")
                                    .field("name", "String!"))
                    .model(
                            "review",
                            "Review",
                            review -> review.table("public.review")
                                    .adopted()
                                    .field("id", "ID!")
                                    .field("rating", "Int!"))
                    .link(
                            "ProductBrand",
                            link -> link.table("public.product_brand")
                                    .adopted()
                                    .field("products", "[Product!]!")
                                    .field("brand", "Brand"))
                    .link(
                            "ReviewProduct",
                            link -> link.table("public.review_product")
                                    .adopted()
                                    .field("reviews", "[Review!]!", reviews -> reviews.deleteCascade())
                                    .field("product", "Product"))
                    .build());

    @Test
    void areReadLinkedDeletedAndRestored() {
        shop.create(
                "product", "product", "[{\"id\": \"p1\", \"title\": \"Lamp\"}, {\"id\": \"p2\", \"title\": \"Desk\"}]");
        shop.create("brand", "brand", "[{\"id\": \"b1\", \"name\": \"Acme\"}]");
        shop.create("review", "review", "[{\"id\": \"r1\", \"rating\": 5}, {\"id\": \"r2\", \"rating\": 1}]");
        shop.link("""
                [{"product": {"product_id": "p1"}, "brand": {"brand_id": "b1"}},
                 {"review": {"review_id": "r1"}, "product": {"product_id": "p1"}},
                 {"review": {"review_id": "r2"}, "product": {"product_id": "p1"}}]""");
        String request = "{\"entity\": \"product\", \"fields\": [\"id\", \"brand.name\", \"reviews.rating\"]}";
        JsonArray whole = new JsonArray("""
                [{"id": "p1", "brand": {"name": "Acme"}, "reviews": [{"rating": 5}, {"rating": 1}]},
                 {"id": "p2", "brand": null, "reviews": []}]""");
        assertThat(shop.data(request)).isEqualTo(whole);

        shop.array(
                "link.dismiss",
                new JsonObject("{\"review\": {\"review_id\": \"r2\"}, \"product\": {\"product_id\": \"p1\"}}"));
        shop.array("module.product.softDelete", new JsonObject("{\"ids\": [\"p1\"]}"));
        assertThat(shop.data("{\"entity\": \"review\", \"fields\": [\"id\"]}"))
                .isEqualTo(new JsonArray("[{\"id\": \"r2\"}]"));
        shop.array("module.product.restore", new JsonObject("{\"ids\": [\"p1\"]}"));

        whole.getJsonObject(0).getJsonArray("reviews").remove(1);
        assertThat(shop.data(request)).isEqualTo(whole);
        assertThat(shop.rows("select from public.product where extra = 7")).hasSize(2);
    }

    @Test
    void aToOneThatIsLinkedTwiceIsStillOne() {
        shop.sql(
                "insert into public.product (id, title) values ('p1', 'Lamp'); insert into public.brand (id, name) values ('b1', 'Old'), "
                        + "('b2', 'New'); insert into public.product_brand (product_id, brand_id, id, created_at) values ('p1', 'b1', 'l1', "
                        + "'2020-01-01'), ('p1', 'b2', 'l2', '2021-01-01')");

        assertThat(shop.data("{\"entity\": \"product\", \"fields\": [\"brand.name\"]}"))
                .isEqualTo(new JsonArray("[{\"brand\": {\"name\": \"New\"}}]"));
    }
}
