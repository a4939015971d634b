package io.vinculum.bench;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vinculum.json.JsonBytes;
import io.vinculum.value.ScalarWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The best that was found by hand for each query, with nothing general around it: the names are fixed, the rows become
 * bytes in a loop written for them. Each query has up to two ways; the benchmark takes the faster one.
 */
final class Limit {
    private static final String PRODUCT = """
            select p.id, p.title, b.id, b.name, b.created_at, b.updated_at, b.deleted_at
            from %s p
            left join link.product_brand l on l.product_id = p.id and l.deleted_at is null
            left join brand.brand b on b.id = l.brand_id and b.deleted_at is null
            """;
    private static final String ONE = PRODUCT.formatted("product.product") + "where p.id = $1 and p.deleted_at is null";
    private static final String FROM_KEY = pages("id >= $1 and deleted_at is null", "limit %d");
    private static final String PAGE = pages("deleted_at is null", "limit %d offset $1");
    private static final String COUNT = "select count(*) from product.product where deleted_at is null";
    private static final String BRAND = """
            select b.id, b.name, p.id, p.title
            from brand.brand b
            left join (link.product_brand l join product.product p on p.id = l.product_id and p.deleted_at is null)
              on l.brand_id = b.id and l.deleted_at is null
            where b.id = $1 and b.deleted_at is null
            order by p.id
            """;
    private static final String OF_BRAND = """
            select p.id, p.title, b.id, b.name, b.created_at, b.updated_at, b.deleted_at
            from brand.brand b
            join link.product_brand l on l.brand_id = b.id and l.deleted_at is null
            join product.product p on p.id = l.product_id and p.deleted_at is null
            where b.name = $1 and b.deleted_at is null
            order by p.id
            """;
    private static final String REVIEWS = """
            select l.product_id, r.id, r.title, r.rating, r.content, r.created_at, r.updated_at, r.deleted_at
            from link.review_product l join review.review r on r.id = l.review_id and r.deleted_at is null
            where l.product_id = any($1) and l.deleted_at is null
            order by r.id
            """;
    private static final String RATINGS = """
            select l.product_id, r.id, r.rating
            from link.review_product l join review.review r on r.id = l.review_id and r.deleted_at is null
            where l.product_id = any($1) and l.deleted_at is null
            order by r.id
            """;
    private static final String VARIANTS = """
            select product_id, id, sku from product.variant
            where product_id = any($1) and deleted_at is null
            order by id
            """;
    private static final String CATEGORIES = """
            select l.product_id, c.id, c.name
            from link.product_category l join category.category c on c.id = l.category_id and c.deleted_at is null
            where l.product_id = any($1) and l.deleted_at is null
            order by c.id
            """;
    private static final String PLAIN = """
            select id, title from product.product where id >= $1 and deleted_at is null order by id limit 100
            """;

    private final Pool pool;

    Limit(Pool pool) {
        this.pool = pool;
    }

    /** Roots are cut to a page before anything is joined to them. */
    private static String pages(String where, String page) {
        return PRODUCT.formatted("(select id, title from product.product where " + where + " order by id " + page + ")")
                + "order by p.id";
    }

    /** Answers the JSON array of the records. */
    Future<Buffer> answer(BenchQuery query, String parameter) {
        Object value = query.paged() ? (Object) Long.valueOf(parameter) : parameter;
        return switch (query) {
            case Q1 -> products(pool, ONE, value);
            case Q2 -> products(pool, FROM_KEY.formatted(50), value);
            case ALL -> products(pool, FROM_KEY.formatted(10_000), value);
            case Q2DEEP -> products(pool, PAGE.formatted(50), value);
            case Q2COUNT, Q2DEEPCOUNT ->
                pool.withConnection(connection -> {
                    Future<RowSet<Row>> counted = run(connection, COUNT, Tuple.tuple());
                    return products(connection, PAGE.formatted(50), value).compose(page -> counted.map(page));
                });
            case Q3 -> run(pool, BRAND, Tuple.of(value)).map(Limit::brand);
            case Q4 -> pool.withConnection(connection -> withReviews(connection, FROM_KEY, value));
            case Q4COUNT ->
                pool.withConnection(connection -> {
                    Future<RowSet<Row>> counted = run(connection, COUNT, Tuple.tuple());
                    return withReviews(connection, PAGE, value).compose(page -> counted.map(page));
                });
            case Q5 -> products(pool, OF_BRAND, value);
            case LISTS -> pool.withConnection(connection -> lists(connection, value));
        };
    }

    private static Future<RowSet<Row>> run(SqlClient client, String sql, Tuple values) {
        return client.preparedQuery(sql).execute(values);
    }

    private static Future<Buffer> products(SqlClient client, String sql, Object value) {
        return run(client, sql, Tuple.of(value)).map(rows -> array(rows, Limit::product));
    }

    private static Buffer array(RowSet<Row> rows, BiConsumer<Row, JsonBytes> element) {
        JsonBytes out = new JsonBytes(4_096);
        char before = '[';
        for (Row row : rows) {
            out.raw(before);
            before = ',';
            element.accept(row, out);
            out.raw('}');
        }
        return (before == '[' ? out.raw('[') : out).raw(']').toBuffer();
    }

    /** A product and its brand, without the closing brace. */
    private static void product(Row row, JsonBytes out) {
        out.ascii("{\"id\":").string(row.getString(0)).ascii(",\"title\":").string(row.getString(1));
        if (row.getValue(2) == null) {
            out.ascii(",\"brand\":null");
            return;
        }
        out.ascii(",\"brand\":{\"id\":")
                .string(row.getString(2))
                .ascii(",\"name\":")
                .string(row.getString(3));
        times(row, 4, out);
        out.raw('}');
    }

    private static void times(Row row, int first, JsonBytes out) {
        out.ascii(",\"created_at\":");
        ScalarWriter.TIME.writeAny(row.getValue(first), out);
        out.ascii(",\"updated_at\":");
        ScalarWriter.TIME.writeAny(row.getValue(first + 1), out);
        out.ascii(",\"deleted_at\":");
        ScalarWriter.TIME.writeAny(row.getValue(first + 2), out);
    }

    private static Buffer brand(RowSet<Row> rows) {
        JsonBytes out = new JsonBytes(4_096);
        out.raw('[');
        boolean first = true;
        for (Row row : rows) {
            if (first) {
                out.ascii("{\"id\":")
                        .string(row.getString(0))
                        .ascii(",\"name\":")
                        .string(row.getString(1));
                out.ascii(",\"products\":[");
            } else {
                out.raw(',');
            }
            if (row.getValue(2) != null) {
                out.ascii("{\"id\":")
                        .string(row.getString(2))
                        .ascii(",\"title\":")
                        .string(row.getString(3))
                        .raw('}');
            }
            first = false;
        }
        return out.ascii(first ? "]" : "]}]").toBuffer();
    }

    private static Future<Buffer> withReviews(SqlConnection connection, String page, Object value) {
        return run(connection, page.formatted(20), Tuple.of(value))
                .compose(products -> run(connection, REVIEWS, Tuple.of(ids(products)))
                        .map(reviews -> withReviews(products, byProduct(reviews))));
    }

    private static String[] ids(RowSet<Row> products) {
        String[] ids = new String[products.size()];
        int next = 0;
        for (Row product : products) {
            ids[next++] = product.getString(0);
        }
        return ids;
    }

    private static Map<String, JsonBytes> byProduct(RowSet<Row> reviews) {
        return grouped(reviews, (row, out) -> {
            out.ascii("{\"id\":").string(row.getString(1)).ascii(",\"title\":").string(row.getString(2));
            out.ascii(",\"rating\":")
                    .number(row.getInteger(3).intValue())
                    .ascii(",\"content\":")
                    .string(row.getString(4));
            times(row, 5, out);
        });
    }

    private static Map<String, JsonBytes> grouped(RowSet<Row> rows, BiConsumer<Row, JsonBytes> element) {
        Map<String, JsonBytes> lists = new HashMap<>();
        for (Row row : rows) {
            JsonBytes list = lists.computeIfAbsent(row.getString(0), key -> new JsonBytes(256));
            list.raw(list.length() == 0 ? '[' : ',');
            element.accept(row, list);
            list.raw('}');
        }
        return lists;
    }

    private static Buffer withReviews(RowSet<Row> products, Map<String, JsonBytes> reviews) {
        return array(products, (row, out) -> {
            product(row, out);
            list("reviews", reviews.get(row.getString(0)), out);
        });
    }

    private static void list(String name, JsonBytes elements, JsonBytes out) {
        out.ascii(",\"").ascii(name).ascii("\":");
        if (elements == null) {
            out.ascii("[]");
        } else {
            out.raw(java.util.Arrays.copyOf(elements.array(), elements.length()))
                    .raw(']');
        }
    }

    private static Future<Buffer> lists(SqlConnection connection, Object value) {
        return run(connection, PLAIN, Tuple.of(value)).compose(products -> {
            Tuple ids = Tuple.of(ids(products));
            Future<RowSet<Row>> reviews = run(connection, RATINGS, ids);
            Future<RowSet<Row>> variants = run(connection, VARIANTS, ids);
            Future<RowSet<Row>> categories = run(connection, CATEGORIES, ids);
            return Future.all(List.of(reviews, variants, categories))
                    .map(done -> lists(products, reviews.result(), variants.result(), categories.result()));
        });
    }

    private static Buffer lists(
            RowSet<Row> products, RowSet<Row> reviews, RowSet<Row> variants, RowSet<Row> categories) {
        Map<String, JsonBytes> ratings = grouped(
                reviews,
                (row, out) -> out.ascii("{\"id\":")
                        .string(row.getString(1))
                        .ascii(",\"rating\":")
                        .number(row.getInteger(2).intValue()));
        Map<String, JsonBytes> skus = grouped(
                variants,
                (row, out) -> out.ascii("{\"id\":")
                        .string(row.getString(1))
                        .ascii(",\"sku\":")
                        .string(row.getString(2)));
        Map<String, JsonBytes> names = grouped(
                categories,
                (row, out) -> out.ascii("{\"id\":")
                        .string(row.getString(1))
                        .ascii(",\"name\":")
                        .string(row.getString(2)));
        return array(products, (row, out) -> {
            out.ascii("{\"id\":").string(row.getString(0)).ascii(",\"title\":").string(row.getString(1));
            list("reviews", ratings.get(row.getString(0)), out);
            list("variants", skus.get(row.getString(0)), out);
            list("categories", names.get(row.getString(0)), out);
        });
    }
}
