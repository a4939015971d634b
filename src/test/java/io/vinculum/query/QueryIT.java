package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.vinculum.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class QueryIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    @Test
    void smoke() {
        shop.create("product", "product", """
            [{"id": "p1", "title": "Lamp", "handle": "lamp", "price": "10.50"}, {"id": "p2", "title": "Desk", "handle": "desk", "price": 20}]""");
        shop.create("brand", "brand", """
            [{"id": "b1", "name": "Acme"}]""");
        System.out.println(shop.link("""
            [{"product": {"product_id": "p1"}, "brand": {"brand_id": "b1"}, "data": {"featured": true}}]""").encodePrettily());
        System.out.println(shop.graph("""
            {"entity": "product", "fields": ["id", "*", "brand.*", "variants.*", "reviews.rating", "brand_link.featured", "brand.products.title"], "filters": {"brand": {"name": "Acme"}}, "explain": true,
             "pagination": {"skip": 0, "take": 5, "order": {"brand": {"name": "ASC"}, "id": "DESC"}}}""").encodePrettily());
        assertThat(shop.data("""
            {"entity": "product", "fields": ["id"]}""").encode()).isEqualTo("[{\"id\":\"p1\"},{\"id\":\"p2\"}]");
    }
}
