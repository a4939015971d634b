package io.vinculum.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.Vinculum;
import io.vinculum.VinculumOptions;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.declare.GraphFolder;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.failure.Failure;
import io.vinculum.json.JsonText;
import io.vinculum.load.Loader;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes in bulk, each beside the one statement that writes the same rows without asking or checking anything. */
final class WriteBenchmark {
    private static final int ROUNDS = 15;
    private static final int WARM_UP = 25;
    private static final int SMALL = 1_000;
    private static final int LOADED = 100_000;
    private static final String RAW_LINKS = """
            insert into link.%s (id, product_id, category_id)
            select * from unnest($1::text[], $2::text[], $3::text[])
            on conflict (product_id, category_id) do update set updated_at = now(), deleted_at = null
            returning *
            """;
    private static final String RAW_PRODUCTS = """
            insert into product.product (id, title, handle, description)
            select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
            returning *
            """;

    /** A link's name, its sides' fields, and what the report calls it. */
    private static final String[] CHECKED = {"product_category", "products", "categories", "checked links"};

    private static final String[] UNCHECKED = {"product_label", "labelled", "labels", "unchecked links"};

    private final Vertx vertx;
    private final Database database;
    private final String uri;
    private final Report report;

    /** Takes one line of the figures. */
    @FunctionalInterface
    interface Report {
        void say(String format, Object... values);
    }

    WriteBenchmark(Vertx vertx, String uri, Report report) {
        this.vertx = vertx;
        this.uri = uri;
        this.report = report;
        this.database = Database.open(vertx, DatabaseSettings.of(uri));
    }

    void run() throws IOException {
        Vinculum node = TestDatabase.await(Vinculum.start(
                vertx,
                VinculumOptions.of(GraphFolder.read(Path.of("src/test/resources/bench")), DatabaseSettings.of(uri))
                        .withEndpoint(EndpointSettings.of("127.0.0.1", 0, ""))
                        .withBehind(Vinculum.Behind.REFUSE)));
        report.say("%nmilliseconds, median of %d%n%-34s %10s %10s %8s%n", ROUNDS, "write", "ours", "raw", "ratio");
        sql("insert into category.category (id, name) select 'extra_' || lpad(n::text, 7, '0'), 'Extra' "
                + "from generate_series(0, 19) n on conflict do nothing");
        for (int links : new int[] {1, 1_000, 100_000}) {
            links(node, CHECKED, links);
            links(node, UNCHECKED, links);
        }
        afterwards(node);
        records(node);
        load();
        sql("delete from category.category where id like 'extra%'");
        TestDatabase.await(database.close());
    }

    private void links(Vinculum node, String[] link, int count) {
        List<?> input = IntStream.range(0, count).mapToObj(i -> link(link, i)).toList();
        String[] ids = texts(count, i -> "bench_" + i);
        String[] products = texts(count, i -> linkedProduct(i));
        String[] categories = texts(count, i -> linkedCategory(i));
        Supplier<Future<?>> ours = () -> node.links().create(input);
        Supplier<Future<?>> raw = () -> database.transaction(
                session -> session.run(Statement.of(RAW_LINKS.formatted(link[0]), ids, products, categories)));
        for (int i = 0; count <= SMALL && i < WARM_UP; i++) {
            unlink();
            TestDatabase.await(ours.get());
            TestDatabase.await(raw.get());
        }
        compare("%s of %,d".formatted(link[3], count), ours, raw, this::unlink);
        compareAgain("%s of %,d that are there".formatted(link[3], count), ours, raw);
        unlink();
    }

    /** Pairs that {@link BenchRows} has not made: its categories have other keys. */
    private static Object link(String[] link, int i) {
        return JsonText.plain(new JsonObject()
                .put("link", link[0])
                .put(link[1], new JsonObject().put("product_id", linkedProduct(i)))
                .put(link[2], new JsonObject().put("category_id", linkedCategory(i))));
    }

    private static String linkedProduct(int i) {
        return "prod_%07d".formatted(i / 20 + 1);
    }

    private static String linkedCategory(int i) {
        return "extra_%07d".formatted(i % 20);
    }

    private static String[] texts(int count, IntFunction<String> text) {
        return IntStream.range(0, count).mapToObj(text).toArray(String[]::new);
    }

    private void unlink() {
        sql("delete from link.product_category where category_id like 'extra%'; "
                + "delete from link.product_label where category_id like 'extra%'");
    }

    private void sql(String text) {
        TestDatabase.await(database.transaction(session -> session.script(text)));
    }

    private void compare(String what, Supplier<Future<?>> ours, Supplier<Future<?>> raw, Runnable between) {
        double[] our = new double[ROUNDS];
        double[] their = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            between.run();
            our[round] = millis(ours);
            between.run();
            their[round] = millis(raw);
        }
        say(what, median(our), median(their));
    }

    private void compareAgain(String what, Supplier<Future<?>> ours, Supplier<Future<?>> raw) {
        compare(what, ours, raw, () -> {});
    }

    private void say(String what, double ours, double raw) {
        report.say("%-34s %10.2f %10.2f %8.2f%n", what, ours, raw, ours / raw);
    }

    private static double millis(Supplier<Future<?>> work) {
        long start = System.nanoTime();
        TestDatabase.await(work.get());
        return (System.nanoTime() - start) / 1e6;
    }

    private static double median(double[] values) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** What can be done to a thousand links and to the records that have them. */
    private void afterwards(Vinculum node) {
        List<?> thousand =
                IntStream.range(0, 1_000).mapToObj(i -> link(CHECKED, i)).toList();
        List<String> products =
                IntStream.rangeClosed(1, 1_000).mapToObj("prod_%07d"::formatted).toList();
        Map<String, ?> owners = Map.of("product", Map.of("product_id", products));
        double[][] took = new double[4][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            TestDatabase.await(node.links().create(thousand));
            took[0][round] = millis(() -> node.links().dismiss(thousand));
            took[1][round] = millis(() -> node.links().create(thousand));
            took[2][round] = millis(() -> node.links().delete(owners));
            took[3][round] = millis(() -> node.links().restore(owners));
        }
        unlink();
        report.say("%-34s %10.2f%n", "link.dismiss of 1,000", median(took[0]));
        report.say("%-34s %10.2f%n", "link.create of 1,000 dismissed", median(took[1]));
        report.say("%-34s %10.2f%n", "link.delete of 1,000 records", median(took[2]));
        report.say("%-34s %10.2f%n", "link.restore of 1,000 records", median(took[3]));
    }

    private void records(Vinculum node) {
        JsonArray records = new JsonArray(IntStream.range(0, 1_000)
                .mapToObj(i -> new JsonObject()
                        .put("id", "new_" + i)
                        .put("title", "New " + i)
                        .put("handle", "new-" + i)
                        .put("description", "Well made."))
                .collect(Collectors.toList()));
        String[] ids = texts(1_000, i -> "new_" + i);
        String[] titles = texts(1_000, i -> "New " + i);
        String[] handles = texts(1_000, i -> "new-" + i);
        String[] descriptions = texts(1_000, i -> "Well made.");
        compare(
                "module create of 1,000",
                () -> node.modules().create("product", "product", records),
                () -> database.transaction(
                        session -> session.run(Statement.of(RAW_PRODUCTS, ids, titles, handles, descriptions))),
                () -> sql("delete from product.product where id like 'new%'"));
        sql("delete from product.product where id like 'new%'");
    }

    /** Against PostgreSQL's own COPY of a file on its machine, which needs its administrator's rights. */
    private void load() throws IOException {
        Path file = Files.createTempFile("benchmark", ".csv");
        try {
            Files.writeString(
                    file,
                    IntStream.range(0, LOADED)
                            .mapToObj(i ->
                                    "loaded_%d,Review %d,%d,Well made and a fair price.".formatted(i, i, i % 5 + 1))
                            .collect(Collectors.joining("\n", "id,title,rating,content\n", "\n")));
            file.toFile().setReadable(true, false);
            Loader loader = new Loader(
                    vertx,
                    database,
                    GraphFolder.read(Path.of("src/test/resources/bench")).entity("review"),
                    (rows, bytes, all) -> {});
            compare(
                    "load of %,d against COPY".formatted(LOADED),
                    () -> loader.load(file),
                    () -> database.transaction(session ->
                            session.change(Statement.of("copy review.review (id, title, rating, content) from '" + file
                                    + "' (format csv, header)"))),
                    () -> sql("delete from review.review where id like 'loaded%'"));
        } catch (Failure refused) {
            report.say("load: %s%n", refused.getMessage());
        } finally {
            sql("delete from review.review where id like 'loaded%'");
            Files.delete(file);
        }
    }
}
