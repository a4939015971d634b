package io.vinculum.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.testing.Generators;
import io.vinculum.testing.PostgresLog;
import io.vinculum.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sixteen clients write the same few records in every way at once: none waits for another in a ring. */
@Tag("generator")
class ManyWritersIT {
    private static final int CLIENTS = 16;
    private static final int RECORDS = 6;
    private static final long MILLIS = 4_000L * Integer.getInteger("generators.scale", 1);

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    private final ConcurrentLinkedQueue<Long> waits = new ConcurrentLinkedQueue<>();
    private final Map<FailureCode, AtomicInteger> failures = new ConcurrentHashMap<>();
    private final AtomicLong unexpected = new AtomicLong();
    private final List<String> messages = java.util.Collections.synchronizedList(new ArrayList<>());

    private static long deadlocks() {
        // What a session counted is there for others after a second at most.
        shop.rows("select pg_stat_clear_snapshot()");
        return shop.rows("select deadlocks from pg_stat_database where datname = current_database()")
                .get(0)
                .getLong(0);
    }

    private static JsonArray some(Random random, String prefix) {
        JsonArray ids = new JsonArray();
        random.ints(1 + random.nextInt(3), 0, RECORDS).distinct().forEach(i -> ids.add(prefix + i));
        return ids;
    }

    private static JsonArray links(Random random) {
        JsonArray links = new JsonArray();
        for (int i = 0; i <= random.nextInt(3); i++) {
            String product = "p" + random.nextInt(RECORDS);
            String other = String.valueOf(random.nextInt(RECORDS));
            links.add(
                    switch (random.nextInt(4)) {
                        case 0 ->
                            named("product_brand", "products", product, "brand", "b" + other, "product_id", "brand_id");
                        case 1 ->
                            named(
                                    "review_product",
                                    "reviews",
                                    "r" + other,
                                    "product",
                                    product,
                                    "review_id",
                                    "product_id");
                        case 2 ->
                            named(
                                    "customer_address",
                                    "customer",
                                    "c" + other,
                                    "address",
                                    "a" + product.substring(1),
                                    "customer_id",
                                    "address_id");
                        default ->
                            named(
                                    "related_products",
                                    "recommended_by",
                                    product,
                                    "recommends",
                                    "p" + other,
                                    "recommended_by_id",
                                    "recommends_id");
                    });
        }
        return links;
    }

    private static JsonObject named(
            String link, String first, String one, String second, String other, String firstKey, String secondKey) {
        return new JsonObject()
                .put("link", link)
                .put(first, new JsonObject().put(firstKey, one))
                .put(second, new JsonObject().put(secondKey, other));
    }

    private static final List<String> MODULES = List.of("product", "review", "brand", "customer");

    private static Future<?> write(Random random) {
        String module = MODULES.get(random.nextInt(MODULES.size()));
        JsonArray ids = some(random, module.substring(0, 1));
        JsonObject of = new JsonObject().put(module, new JsonObject().put(module + "_id", ids));
        return switch (random.nextInt(16)) {
            case 0, 1, 2 -> shop.links().create(links(random));
            case 3 -> shop.links().dismiss(links(random));
            case 4 -> shop.modules().remove(module, "softDelete", module, ids);
            case 5, 6, 7 -> shop.modules().remove(module, "restore", module, ids);
            case 8 -> shop.links().delete(of);
            case 9 -> shop.links().restore(of);
            case 10 -> random.nextInt(4) == 0 ? gone(module, ids) : shop.links().create(links(random));
            case 11, 12 -> updated(random, module, ids);
            case 13 -> others(random, module);
            default -> several(random);
        };
    }

    /** Several writes of several kinds, in any order, in one transaction. */
    private static Future<?> several(Random random) {
        JsonArray writes = new JsonArray();
        for (int i = 0; i <= 1 + random.nextInt(3); i++) {
            String module = MODULES.get(random.nextInt(MODULES.size()));
            JsonArray ids = some(random, module.substring(0, 1));
            writes.add(
                    switch (random.nextInt(8)) {
                        case 0, 1 -> new JsonObject().put("link.create", links(random));
                        case 2 -> new JsonObject().put("link.dismiss", links(random));
                        case 3 -> new JsonObject().put("softDelete", module).put("ids", ids);
                        case 4, 5 -> new JsonObject().put("restore", module).put("ids", ids);
                        case 6 -> new JsonObject().put("update", module).put("data", renamed(random, module, ids));
                        default -> new JsonObject().put("create", module).put("data", made(random, module));
                    });
        }
        return shop.writes().graphWrite(new JsonObject().put("writes", writes), null);
    }

    /** Gives records unique values that others have, take and leave at the same moment. */
    private static Future<?> updated(Random random, String module, JsonArray ids) {
        return shop.modules().update(module, module, renamed(random, module, ids));
    }

    private static JsonArray renamed(Random random, String module, JsonArray ids) {
        JsonArray records = new JsonArray();
        ids.forEach(id -> records.add(new JsonObject().put("id", id).put(unique(module), value(random))));
        return records;
    }

    private static String unique(String module) {
        return switch (module) {
            case "product" -> "handle";
            case "brand" -> "name";
            case "review" -> "title";
            default -> "email";
        };
    }

    private static String value(Random random) {
        return "v" + random.nextInt(3 * RECORDS);
    }

    private static JsonArray made(Random random, String module) {
        JsonArray records = new JsonArray();
        random.ints(1 + random.nextInt(3), 0, RECORDS)
                .distinct()
                .forEach(i -> records.add(record(module, "x" + i).put(unique(module), value(random))));
        return records;
    }

    /** Makes records of any key and unique value, and deletes them for good if that went well. */
    private static Future<?> others(Random random, String module) {
        JsonArray records = made(random, module);
        JsonArray ids = new JsonArray();
        records.forEach(record -> ids.add(((JsonObject) record).getString("id")));
        return shop.modules()
                .create(module, module, records)
                .compose(made -> shop.modules().remove(module, "delete", module, ids));
    }

    /** Deletes for good, and makes the records again. */
    private static Future<?> gone(String module, JsonArray ids) {
        return shop.modules().remove(module, "delete", module, ids).compose(deleted -> {
            JsonArray records = new JsonArray();
            deleted.forEach(id -> records.add(record(module, String.valueOf(id))));
            return shop.modules().create(module, module, records);
        });
    }

    private static JsonObject record(String module, String id) {
        JsonObject record = new JsonObject().put("id", id);
        return switch (module) {
            case "product" -> record.put("title", id).put("handle", id).put("price", 1);
            case "brand" -> record.put("name", id);
            case "review" -> record.put("title", id).put("rating", 1).put("author", "A");
            default -> record.put("name", id).put("email", id);
        };
    }

    private Future<Void> client(Random random, long end) {
        if (System.nanoTime() > end) {
            return Future.succeededFuture();
        }
        long began = System.nanoTime();
        return write(random)
                .transform(done -> {
                    waits.add(System.nanoTime() - began);
                    if (done.failed()) {
                        failed(done.cause());
                    }
                    return Future.<Void>succeededFuture();
                })
                .compose(done -> client(random, end));
    }

    private void failed(Throwable cause) {
        FailureCode code = Failure.of(cause).code();
        failures.computeIfAbsent(code, made -> new AtomicInteger()).incrementAndGet();
        boolean stated = switch (code) {
            case NOT_FOUND, CONFLICT, DUPLICATE -> true;
            case INVALID_DATA -> String.valueOf(cause.getMessage()).contains("Cannot create multiple links");
            default -> false;
        };
        if (!stated) {
            unexpected.incrementAndGet();
            messages.add(code + ": " + cause.getMessage());
        }
    }

    @Test
    void noneWaitsForAnotherInARingAndAllFailuresAreStated() {
        for (String module : List.of("product", "brand", "review", "customer")) {
            JsonArray records = new JsonArray();
            for (int i = 0; i < RECORDS; i++) {
                records.add(record(module, module.substring(0, 1) + i));
            }
            TestDatabase.await(shop.modules().create(module, module, records));
        }
        shop.sql("insert into customer.address (id, street, city, country) "
                + "select 'a' || n, 's', 'c', 'x' from generate_series(0, " + RECORDS + ") n");
        long before = deadlocks();
        long logged = PostgresLog.length();
        long seed = Generators.seed();
        long end = System.nanoTime() + MILLIS * 1_000_000;
        List<Future<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(client(new Random(seed + i), end));
        }
        TestDatabase.await(Future.all(clients), (int) (MILLIS / 1_000) + 60);

        List<Long> sorted = waits.stream().sorted().toList();
        long p99 = sorted.get(sorted.size() * 99 / 100) / 1_000_000;
        System.out.printf(
                "seed %d: %d writes of %d clients: p50 %d ms, p99 %d ms, longest %d ms; failures %s%n",
                seed,
                sorted.size(),
                CLIENTS,
                sorted.get(sorted.size() / 2) / 1_000_000,
                p99,
                sorted.get(sorted.size() - 1) / 1_000_000,
                failures);
        assertThat(messages.stream().distinct().limit(5)).isEmpty();
        assertThat(unexpected.get()).isZero();
        assertThat(deadlocksSeen())
                .as(() -> "deadlocks in PostgreSQL, seed " + seed + ":\n" + PostgresLog.since(logged))
                .isEqualTo(before);
        assertThat(p99)
                .as("p99 of waits in milliseconds, on a machine that does other work too")
                .isLessThan(3_000);
        assertThat(brokenCardinality()).isZero();
    }

    /** Sessions report their counters when they are idle, at most a second late; a new session asks for them. */
    private static long deadlocksSeen() {
        TestDatabase.await(shop.vertx().timer(1_500, java.util.concurrent.TimeUnit.MILLISECONDS));
        return deadlocks();
    }

    private static long brokenCardinality() {
        return shop.rows("""
                        select count(*) from (
                          select product_id from link.product_brand where deleted_at is null group by 1 having count(*) > 1
                          union all select review_id from link.review_product where deleted_at is null group by 1 having count(*) > 1
                        ) broken""").get(0).getLong(0);
    }
}
