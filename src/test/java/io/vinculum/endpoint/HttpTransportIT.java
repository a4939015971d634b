package io.vinculum.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vinculum.testing.HttpServer;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GraphQL over HTTP, and what an attacker sends. The rules are those that the audits of graphql-http check. */
class HttpTransportIT {
    private static final String RESPONSE = "application/graphql-response+json";

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    static final HttpServer http = HttpServer.on(shop);

    private static HttpResponse<String> get(String parameters, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(http.uri("/graphql?" + parameters)).GET();
        return http.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String type(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Type").orElse("");
    }

    @Test
    void answersInTheMediaTypeThatIsAccepted() {
        String body = "{\"query\": \"{ __typename }\"}";

        assertThat(type(http.post(body))).isEqualTo("application/json; charset=utf-8");
        assertThat(type(http.post(body, "Accept", RESPONSE))).isEqualTo(RESPONSE + "; charset=utf-8");
        assertThat(type(http.post(body, "Accept", "*/*"))).isEqualTo("application/json; charset=utf-8");
        assertThat(http.post(body, "Accept", "text/html").statusCode()).isEqualTo(406);
    }

    @Test
    void queriesMayBeSentByGetMutationsMayNot() {
        assertThat(get("query=" + encoded("query($t: Int) { products(take: $t) { id } }") + "&variables="
                                + encoded("{\"t\": 1}"))
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused =
                get("query=" + encoded("mutation { createBrands(data: [{name: \"x\"}]) { id } }"));
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("Allow")).contains("POST");
        assertThat(shop.rows("select from brand.brand")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/json; charset=utf-16",
                "application/graphql"
            })
    void bodiesThatABrowserSendsUnaskedAreRefused(String contentType) {
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(
                        http.uri("/graphql?query=" + encoded("mutation { deleteBrands(ids: []) }")))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString("{\"query\": \"mutation { deleteBrands(ids: []) }\"}")));

        assertThat(response.statusCode()).isEqualTo(415);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | not JSON",
                "[] | batches are not taken",
                "5 | must be a JSON object",
                "{} | 'query' must hold",
                "{\"query\": 5} | 'query' must hold",
                "{\"query\": \"{ a }\", \"query\": \"{ b }\"} | Duplicate field",
                "{\"query\": \"{ __typename }\", \"variables\": []} | 'variables' must be",
                "{\"query\": \"{ __typename }\", \"operationName\": {}} | 'operationName' must be",
                "{\"query\": \"{ __typename }\", \"extensions\": \"x\"} | 'extensions' must be"
            })
    void malformedRequestsAreRefused(String body, String message) {
        HttpResponse<String> response = http.post(body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(message);
    }

    @Test
    void refusedDocumentsAre400InTheNewMediaTypeAnd200InTheOld() {
        for (String query : new String[] {"{", "{ nope }", "query($a: Int!) { products(take: $a) { id } }"}) {
            String body = new JsonObject().put("query", query).encode();
            HttpResponse<String> response = http.post(body, "Accept", RESPONSE);
            assertThat(response.statusCode()).as(query).isEqualTo(400);
            assertThat(new JsonObject(response.body()).containsKey("data")).isFalse();
            assertThat(http.post(body).statusCode()).as(query).isEqualTo(200);
        }
    }

    @Test
    void oneOfSeveralOperationsHasToBeNamed() {
        String query = "query A { a: __typename } query B { b: __typename }";

        assertThat(http.post(new JsonObject()
                                .put("query", query)
                                .put("operationName", "B")
                                .encode())
                        .body())
                .isEqualTo("{\"data\":{\"b\":\"Query\"}}");
        assertThat(http.run(query, "{}").encode())
                .contains("must name one of")
                .contains("A, B")
                .contains("GRAPHQL_VALIDATION_FAILED");
    }

    @Test
    void bombsAreRefusedBeforeTheyRun() {
        StringBuilder aliases = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            aliases.append("a").append(i).append(": __typename ");
        }
        StringBuilder deep = new StringBuilder("id");
        for (int i = 0; i < 60; i++) {
            deep.insert(0, "brand { products { ").append(" } }");
        }
        String cycle = "query { products { ...A } } fragment A on Product { brand { products { ...A } } }";
        StringBuilder fan = new StringBuilder("query { products { ...F0 } } ");
        for (int i = 0; i < 40; i++) {
            fan.append("fragment F")
                    .append(i)
                    .append(" on Product { ...F")
                    .append(i + 1)
                    .append(" ... { ...F")
                    .append(i + 1)
                    .append(" } } ");
        }
        fan.append("fragment F40 on Product { id }");

        bomb("{ " + aliases + "}", "TOO_COMPLEX");
        bomb("{ products { " + deep + " } }", "TOO_COMPLEX");
        bomb("{ " + "__typename ".repeat(30_000) + "}", "TOO_LARGE");
        bomb("{ products { " + "id ".repeat(2_500) + " } }", "TOO_COMPLEX");
        bomb("{ __typename " + "@skip(if: false) ".repeat(150) + "}", "TOO_COMPLEX");
        bomb(cycle, "GRAPHQL_VALIDATION_FAILED");
        bomb(fan.toString(), "TOO_COMPLEX");
    }

    private static void bomb(String query, String code) {
        JsonObject error = http.error(query, "{}");
        assertThat(HttpServer.code(error)).as(error.encode()).isEqualTo(code);
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() {
        HttpResponse<String> response =
                http.post("{\"query\": \"{ __typename }\", \"x\": \"" + "x".repeat(9 << 20) + "\"}");

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("TOO_LARGE");
    }

    /** Asks for a long answer again and again on one connection, and reads none. */
    @Test
    void aClientThatNeverReadsIsNotAnsweredWithoutEnd() throws IOException {
        String body = "{\"query\": \"{ __schema { types { name description fields { name description } } } }\"}";
        ByteBuffer request =
                ByteBuffer.wrap(("POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                        .repeat(1_000)
                        .getBytes(StandardCharsets.US_ASCII));
        long most = 32 << 20;
        long sent = 0;
        try (SocketChannel client = SocketChannel.open(new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), http.uri("/").getPort()));
                Selector writable = Selector.open()) {
            client.configureBlocking(false);
            client.register(writable, SelectionKey.OP_WRITE);
            while (sent < most && writable.select(3_000) > 0) {
                writable.selectedKeys().clear();
                if (!request.hasRemaining()) {
                    request.rewind();
                }
                sent += client.write(request);
            }
        }

        assertThat(sent).isLessThan(most);
    }

    @Test
    void anIdOfTenMegabytesAndAHundredThousandKeysAreAnswers() {
        JsonObject huge = new JsonObject()
                .put("query", "query($id: ID!) { product(id: $id) { id } }")
                .put("variables", new JsonObject().put("id", "x".repeat(5 << 20)));
        HttpResponse<String> response = http.post(huge.encode());

        assertThat(response.body()).contains("INVALID_DATA").contains("255").hasSizeLessThan(500);
    }

    @Test
    void noiseNeverBreaksTheServerAndLeaksNothing() {
        Random random = new Random(42);
        String base =
                "{\"query\": \"query($a: ProductFilters) { products(filters: $a, take: 2) { id title brand { name } } }\", \"variables\": {\"a\": {\"title\": {\"eq\": \"x\"}}}}";
        for (int i = 0; i < 500; i++) {
            StringBuilder noisy = new StringBuilder(base);
            for (int j = random.nextInt(4); j >= 0; j--) {
                int at = random.nextInt(noisy.length());
                switch (random.nextInt(3)) {
                    case 0 -> noisy.deleteCharAt(at);
                    case 1 -> noisy.insert(at, (char) (32 + random.nextInt(95)));
                    default -> noisy.setCharAt(at, (char) random.nextInt(0x3000));
                }
            }
            HttpResponse<String> response = http.post(noisy.toString());
            assertThat(response.statusCode()).as(noisy.toString()).isLessThan(500);
            assertThat(response.body())
                    .as(noisy.toString())
                    .doesNotContainPattern("SQLSTATE|io\\.v|java\\.|select |INTERNAL");
        }
    }

    @Test
    void healthTellsWhetherRequestsAreAnswered() {
        assertThat(http.send(HttpRequest.newBuilder(http.uri("/health/live"))).statusCode())
                .isEqualTo(200);
        assertThat(http.send(HttpRequest.newBuilder(http.uri("/health/ready"))).body())
                .isEqualTo("{\"status\":\"up\"}");
    }

    @Test
    void graphiqlIsServed() {
        HttpResponse<String> example = http.send(HttpRequest.newBuilder(http.uri("/graphiql/")));
        HttpResponse<String> page = http.send(HttpRequest.newBuilder(http.uri("/graphiql/?query=x")));

        assertThat(example.statusCode()).isEqualTo(302);
        assertThat(example.headers().firstValue("Location")).contains("/graphiql/?query=%7B%20__typename%20%7D");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("GraphiQL");
        assertThat(http.send(HttpRequest.newBuilder(http.uri("/nothing"))).statusCode())
                .isEqualTo(404);
    }
}
