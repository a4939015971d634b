package io.vinculum.bench;

import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.testing.TestDatabase;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The rows that are asked for: 20 products of each brand; 3 reviews, 2 variants and 3 categories of each product.
 *
 * @param products a multiple of 10 000
 */
record BenchRows(int products) {
    static final int BRANDS_SHARE = 20;

    private static final String TIMES = "now(), now() - interval '1 day' * (n % 300)";

    int brands() {
        return products / BRANDS_SHARE;
    }

    String anyProduct() {
        return "prod_%07d".formatted(ThreadLocalRandom.current().nextInt(products) + 1);
    }

    String firstProduct() {
        return "prod_0000001";
    }

    String anyBrand() {
        return "brand_%07d".formatted(ThreadLocalRandom.current().nextInt(brands()) + 1);
    }

    String anyBrandName() {
        return "Brand " + (ThreadLocalRandom.current().nextInt(brands()) + 1);
    }

    /** Fills tables that have just been migrated, and lets PostgreSQL count them. */
    void insert(Database database) {
        String text = "repeat('Well made and a fair price. ', 8)";
        for (String sql : List.of(
                rows("brand.brand", "id, name", key("brand", "n") + ", 'Brand ' || n", brands()),
                rows(
                        "product.product",
                        "id, title, handle, description",
                        key("prod", "n") + ", 'Product ' || n, 'product-' || n, " + text,
                        products),
                rows(
                        "product.variant",
                        "id, product_id, sku",
                        key("variant", "n") + ", " + key("prod", "(n + 1) / 2") + ", 'sku-' || n",
                        products * 2),
                rows(
                        "review.review",
                        "id, title, rating, content",
                        key("review", "n") + ", 'Review ' || n, n % 5 + 1, " + text,
                        products * 3),
                rows("category.category", "id, name", key("category", "n") + ", 'Category ' || n", 100),
                link(
                        "product_brand",
                        "product_id, brand_id",
                        key("prod", "n") + ", " + key("brand", "(n + 19) / 20"),
                        1),
                link(
                        "review_product",
                        "review_id, product_id",
                        key("review", "n") + ", " + key("prod", "(n + 2) / 3"),
                        3),
                link(
                        "product_category",
                        "product_id, category_id",
                        key("prod", "(n + 2) / 3") + ", " + key("category", "(n * 7 % 33 + n % 3 * 33) % 100 + 1"),
                        3))) {
            TestDatabase.await(database.transaction(session -> session.change(Statement.of(sql))), 600);
        }
        TestDatabase.await(
                database.transaction(session -> session.script("set local statement_timeout = 0; analyze")), 600);
    }

    private String link(String table, String columns, String values, int each) {
        return rows("link." + table, "id, " + columns, key("link_" + table, "n") + ", " + values, products * each);
    }

    private static String rows(String table, String columns, String values, int count) {
        return "insert into " + table + " (" + columns + ", created_at, updated_at) select " + values + ", " + TIMES
                + " from generate_series(1, " + count + ") n";
    }

    private static String key(String prefix, String number) {
        return "'" + prefix + "_' || lpad((" + number + ")::text, 7, '0')";
    }
}
