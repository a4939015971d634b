package io.vinculum.bench;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads the same in several ways. Every way of every query is warm before any is measured; then the ways take turns for a
 * few rounds, so that what else the machine does meets them all.
 */
final class ReadBenchmark {
    private static final String HEAD = "%-12s %-6s %5s %10s %9s %9s %5s %7s %7s %9s %8s %11s %7s %6s %6s%n";
    private static final int WARM_UP_CONNECTIONS = 16;

    private final Vertx vertx;
    private final BenchRows rows;
    private final int http;
    private final int bare;
    private final long server;
    private final long postmaster;
    private final Report report;

    /** How the same is asked. */
    enum Way {
        /** Statements written by hand behind a bare route. */
        LIMIT,
        GRAPH,
        TYPED,
        BUS
    }

    /** How long it is measured: so many rounds, each of so many seconds for each way. */
    record Pace(int rounds, double seconds, double warmUp) {}

    /** Where the lines go. */
    interface Report {
        void line(String format, Object... values);
    }

    ReadBenchmark(Vertx vertx, BenchRows rows, int http, int bare, long server, long postmaster, Report report) {
        this.vertx = vertx;
        this.rows = rows;
        this.http = http;
        this.bare = bare;
        this.server = server;
        this.postmaster = postmaster;
        this.report = report;
    }

    void run(List<BenchQuery> queries, List<Way> ways, List<Integer> connections, Pace pace)
            throws IOException, InterruptedException {
        for (BenchQuery query : queries) {
            checkSameAnswers(query);
        }
        for (BenchQuery query : queries) {
            for (Way way : ways) {
                load(query, way, WARM_UP_CONNECTIONS, pace.warmUp());
            }
        }
        report.line("# medians of %d rounds; in brackets the lowest and the highest%n", pace.rounds());
        report.line(
                HEAD,
                "query",
                "way",
                "conns",
                "req/s",
                "p50 ms",
                "p99 ms",
                "bad",
                "java",
                "pg",
                "req/cpu-s",
                "of limit",
                "(min-max)",
                "kB/req",
                "MB",
                "load");
        for (BenchQuery query : queries) {
            for (int count : connections) {
                measure(query, ways, count, pace);
            }
        }
    }

    /** What one way was found to do in one round. */
    private record Figures(
            double perSecond,
            double p50,
            double p99,
            int bad,
            double java,
            double postgres,
            double perCpu,
            double ofLimit,
            double kilobytes) {}

    private void measure(BenchQuery query, List<Way> ways, int count, Pace pace)
            throws IOException, InterruptedException {
        Map<Way, List<Figures>> found = new LinkedHashMap<>();
        for (int round = 0; round < pace.rounds(); round++) {
            double limit = 0;
            for (Way way : ways) {
                Optional<Figures> figures = figures(query, way, count, pace.seconds(), limit);
                if (figures.isPresent()) {
                    limit = way == Way.LIMIT ? figures.get().perCpu() : limit;
                    found.computeIfAbsent(way, first -> new ArrayList<>()).add(figures.get());
                }
            }
        }
        found.forEach((way, all) -> print(query, way, count, all));
    }

    private Optional<Figures> figures(BenchQuery query, Way way, int count, double seconds, double limit)
            throws IOException, InterruptedException {
        double javaBefore = ProcessorTime.of(server);
        double postgresBefore = ProcessorTime.ofFamily(postmaster);
        long allocatedBefore = Long.parseLong(ask(bare, "/allocated"));
        Optional<Load.Result> measured = load(query, way, count, seconds);
        if (measured.isEmpty()) {
            return Optional.empty();
        }
        Load.Result result = measured.get();
        double java = ProcessorTime.of(server) - javaBefore;
        double postgres = ProcessorTime.ofFamily(postmaster) - postgresBefore;
        long allocated = Long.parseLong(ask(bare, "/allocated")) - allocatedBefore;
        double perCpu = result.answers() / (java + postgres);
        return Optional.of(new Figures(
                result.perSecond(),
                result.millisAt(0.5),
                result.millisAt(0.99),
                result.bad(),
                java / result.seconds(),
                postgres / result.seconds(),
                perCpu,
                way == Way.LIMIT ? 1 : limit == 0 ? Double.NaN : perCpu / limit,
                allocated / 1024.0 / Math.max(1, result.answers())));
    }

    private void print(BenchQuery query, Way way, int count, List<Figures> all) {
        Spread ratio = Spread.of(all.stream().mapToDouble(Figures::ofLimit));
        boolean compared = !Double.isNaN(ratio.median());
        report.line(
                HEAD,
                query.id(),
                way.name().toLowerCase(Locale.ROOT),
                count,
                "%.0f"
                        .formatted(Spread.of(all.stream().mapToDouble(Figures::perSecond))
                                .median()),
                "%.2f"
                        .formatted(Spread.of(all.stream().mapToDouble(Figures::p50))
                                .median()),
                "%.2f"
                        .formatted(Spread.of(all.stream().mapToDouble(Figures::p99))
                                .median()),
                all.stream().mapToInt(Figures::bad).sum(),
                "%.2f"
                        .formatted(Spread.of(all.stream().mapToDouble(Figures::java))
                                .median()),
                "%.2f"
                        .formatted(Spread.of(all.stream().mapToDouble(Figures::postgres))
                                .median()),
                "%.0f"
                        .formatted(Spread.of(all.stream().mapToDouble(Figures::perCpu))
                                .median()),
                compared ? "%.2f".formatted(ratio.median()) : "-",
                compared ? "(%.2f-%.2f)".formatted(ratio.least(), ratio.most()) : "-",
                "%.0f"
                        .formatted(Spread.of(all.stream().mapToDouble(Figures::kilobytes))
                                .median()),
                ProcessorTime.residentMegabytes(server),
                ProcessorTime.load());
    }

    private Optional<Load.Result> load(BenchQuery query, Way way, int count, double time)
            throws IOException, InterruptedException {
        if (way == Way.BUS) {
            return query.graph(query.draw(rows)).isEmpty()
                    ? Optional.empty()
                    : Optional.of(overBus(query, count, time));
        }
        if (request(query, way, query.draw(rows)).isEmpty()) {
            return Optional.empty();
        }
        Supplier<byte[]> next = () -> request(query, way, query.draw(rows)).orElseThrow();
        return Optional.of(Load.run(vertx, way == Way.LIMIT ? bare : http, count, time, next));
    }

    private Load.Result overBus(BenchQuery query, int count, double time) throws IOException, InterruptedException {
        JsonArray found =
                new JsonObject(ask(bare, "/bus/" + query.id() + "?" + count + "," + time)).getJsonArray("latencies");
        return new Load.Result(
                found.stream()
                        .mapToLong(one -> ((Number) one).longValue())
                        .sorted()
                        .toArray(),
                0,
                time);
    }

    private static Optional<byte[]> request(BenchQuery query, Way way, Object value) {
        if (way == Way.LIMIT) {
            return Optional.of(Load.get("/" + query.id() + "?" + encoded(value)));
        }
        Optional<JsonObject> body = way == Way.TYPED ? query.typed(value) : query.graphOverHttp(value);
        return body.map(json -> Load.post("/graphql", json.toBuffer().getBytes()));
    }

    private static String encoded(Object value) {
        return URLEncoder.encode(value.toString(), StandardCharsets.UTF_8);
    }

    /** What is compared answers the same. */
    private void checkSameAnswers(BenchQuery query) throws IOException, InterruptedException {
        Object value = query.draw(rows);
        JsonArray limit = new JsonArray(ask(bare, "/" + query.id() + "?" + encoded(value)));
        List<Object> others = new ArrayList<>();
        Optional<JsonObject> graph = query.graphOverHttp(value).map(this::data);
        graph.ifPresent(data -> others.add(data.getJsonObject("graph").getJsonArray("data")));
        Optional<JsonObject> typed = query.typed(value).map(this::data);
        typed.ifPresent(data -> others.add(data.iterator().next().getValue()));
        for (Object other : others) {
            JsonArray records = other instanceof JsonArray many ? many : new JsonArray().add(other);
            if (!records.equals(limit)) {
                throw new IllegalStateException(
                        query + " of " + value + " is answered differently:\n" + limit + "\n" + records);
            }
        }
    }

    private JsonObject data(JsonObject body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + "/graphql"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()));
        try {
            return new JsonObject(HttpClient.newHttpClient()
                            .send(request.build(), HttpResponse.BodyHandlers.ofString())
                            .body())
                    .getJsonObject("data");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String ask(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(path + ": " + response.body());
        }
        return response.body();
    }
}
