package io.vinculum.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.event.Events;
import io.vinculum.graphql.Operations;
import io.vinculum.graphql.Schema;
import io.vinculum.link.Links;
import io.vinculum.module.Modules;
import io.vinculum.query.Query;
import io.vinculum.selection.QueryLimits;
import io.vinculum.testing.LargeCatalog;
import io.vinculum.testing.TestDatabase;
import io.vinculum.workflow.Coordinator;
import io.vinculum.write.Writes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The front of a catalog as large as a company's, on a single event loop, so that what holds it is seen: {@code
 * -Dgenerators.scale=4} and more make it a thousand models and three thousand links. No database is asked.
 */
@Tag("generator")
class LargeCatalogIT {
    private static final int MODELS = 250 * Math.min(4, Integer.getInteger("generators.scale", 1));
    /** Of the loop's own processor time, so that neither garbage nor a busy machine counts. */
    private static final long LONGEST_HOLD_MILLIS = 50;

    private static final String WHOLE_SCHEMA = """
            query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
              types { ...FullType } directives { name description locations args { ...InputValue } } } }
            fragment FullType on __Type { kind name description
              fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef }
                isDeprecated deprecationReason }
              inputFields { ...InputValue } interfaces { ...TypeRef }
              enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
              possibleTypes { ...TypeRef } }
            fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
            fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
            """;

    private static final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private static final HttpClient client = HttpClient.newHttpClient();
    private static final AtomicLong longest = new AtomicLong();
    private static int port;
    private static long probed;

    @BeforeAll
    static void start() {
        Catalog catalog = LargeCatalog.of(MODELS, 3 * MODELS);
        Database database = Database.open(vertx, DatabaseSettings.of("postgresql://nobody@127.0.0.1:1/none"));
        Writes writes = new Writes(database, catalog, new Events(vertx.eventBus()));
        Modules modules =
                new Modules(vertx.eventBus(), writes, catalog.modules().keySet(), 1_000);
        Query query = new Query(database, catalog, QueryLimits.DEFAULT, modules::records);
        Operations operations = new Operations(
                vertx,
                Schema.of(catalog),
                query,
                modules,
                new Links(database, writes),
                new Coordinator(vertx, database, List.of()));
        Promise<Integer> listening = Promise.promise();
        HttpVerticle verticle = new HttpVerticle(
                EndpointSettings.of("127.0.0.1", 0, ""),
                operations,
                Duration.ZERO,
                Future::succeededFuture,
                listening::complete);
        TestDatabase.await(vertx.deployVerticle(verticle));
        port = TestDatabase.await(listening.future());
        // What the first request of all loads is not what is measured here.
        ask("{ __typename }").join();
        vertx.setPeriodic(5, tick -> probe());
    }

    private static void probe() {
        long now = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        if (probed != 0) {
            longest.accumulateAndGet((now - probed) / 1_000_000, Math::max);
        }
        probed = now;
    }

    @AfterAll
    static void stop() {
        TestDatabase.await(vertx.close());
    }

    private static CompletableFuture<HttpResponse<byte[]>> ask(String query, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/graphql"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        new JsonObject().put("query", query).encode()));
        return client.sendAsync(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static byte[] unzipped(byte[] bytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aWholeIntrospectionHoldsNoEventLoop() {
        longest.set(0);
        List<HttpResponse<byte[]>> answers = Stream.of(1, 2, 3, 4).map(i -> ask(WHOLE_SCHEMA)).toList().stream()
                .map(CompletableFuture::join)
                .toList();
        HttpResponse<byte[]> compressed =
                ask(WHOLE_SCHEMA, "Accept-Encoding", "gzip").join();
        long hold = longest.get();

        assertThat(new String(answers.get(0).body(), 0, 100, StandardCharsets.UTF_8))
                .startsWith("{\"data\":{\"__schema\":{\"queryType\":{\"name\":\"Query\"}");
        answers.forEach(
                answer -> assertThat(answer.body()).isEqualTo(answers.get(0).body()));
        assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(compressed.body().length * 8L).isLessThan(answers.get(0).body().length);
        assertThat(unzipped(compressed.body())).isEqualTo(answers.get(0).body());
        assertThat(hold).as("milliseconds of the event loop").isLessThan(LONGEST_HOLD_MILLIS);
        if (Boolean.getBoolean("holds.print")) {
            System.out.println("HOLD " + hold + " ms, " + answers.get(0).body().length + " bytes, gzip "
                    + compressed.body().length);
        }
    }

    @Test
    void graphiqlHoldsNoEventLoop() {
        longest.set(0);
        HttpResponse<String> page = client.sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/graphiql/"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .join();

        assertThat(page.body()).contains("GraphiQL");
        assertThat(longest.get()).as("milliseconds of the event loop").isLessThan(LONGEST_HOLD_MILLIS);
    }

    @Test
    void aRefusalNamesTheNearestOfThousandsOfFieldsQuickly() {
        longest.set(0);
        byte[] answer = ask("{ graph(entity: \"thng1\", fields: [\"id\"]) { data } }")
                .join()
                .body();

        assertThat(new String(answer, StandardCharsets.UTF_8)).contains("did you mean 'thing1'?");
        assertThat(longest.get()).as("milliseconds of the event loop").isLessThan(LONGEST_HOLD_MILLIS);
    }

    @Test
    void dataAndSchemaMayBeAskedForTogether() {
        byte[] answer = ask("{ __typename s: __schema { queryType { name } } t: __type(name: \"Thing1\") { kind } }")
                .join()
                .body();

        assertThat(new String(answer, StandardCharsets.UTF_8))
                .isEqualTo("{\"data\":{\"__typename\":\"Query\",\"s\":{\"queryType\":{\"name\":\"Query\"}},"
                        + "\"t\":{\"kind\":\"OBJECT\"}}}");
    }
}
