package io.vinculum.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vinculum.testing.HttpServer;
import io.vinculum.testing.RawConnection;
import io.vinculum.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /graph}, CORS, {@code explain} and addresses that nobody means. */
class PlainJsonIT {
    private static final String SHOP = "https://shop.example";

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    private static final HttpServer http = HttpServer.on(shop);
    private static final HttpServer forPages = HttpServer.on(
            shop, EndpointSettings.of("127.0.0.1", 0, "").withCors(List.of(SHOP, "http://localhost:3000")));

    private static HttpResponse<String> graph(String request, String... headers) {
        return http.postTo("/graph", request, headers);
    }

    @Test
    void aRequestIsAnsweredAsTheBusAnswersIt() {
        shop.create("brand", "brand", "[{\"id\": \"b1\", \"name\": \"Acme\"}, {\"id\": \"b2\", \"name\": \"Bolt\"}]");
        String request =
                "{\"entity\": \"brand\", \"fields\": [\"id\", \"name\"], \"pagination\": {\"skip\": 1, \"take\": 5}}";
        HttpResponse<String> response = graph(request);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
        assertThat(new JsonObject(response.body())).isEqualTo(shop.graph(request));
        assertThat(response.body())
                .isEqualTo(
                        "{\"data\":[{\"id\":\"b2\",\"name\":\"Bolt\"}],\"metadata\":{\"skip\":1,\"take\":5,\"count\":2}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"entity\": \"brnd\", \"fields\": [\"id\"]} | 400 | INVALID_DATA | did you mean 'brand'?",
                "{\"entity\": \"brand\", \"fields\": [\"id\"], \"filters\": {\"id\": \"x\"}, \"throwIfKeyNotFound\": true} | 404 | NOT_FOUND | x",
                "[] | 400 | INVALID_DATA | the body takes an object",
                "{ | 400 | INVALID_DATA | not JSON",
                "{\"entity\": \"brand\", \"fields\": [\"id\"], \"filters\": {\"name\": 1E+2147483648}} | 400 | INVALID_DATA | exponent"
            })
    void aFailureHasItsCodeItsMessageAndItsStatus(String request, int status, String code, String message) {
        HttpResponse<String> response = graph(request);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonObject error = new JsonObject(response.body()).getJsonObject("error");
        assertThat(error.fieldNames()).containsExactlyInAnyOrder("code", "message");
        assertThat(error.getString("code")).isEqualTo(code);
        assertThat(error.getString("message")).contains(message);
    }

    @Test
    void aListOfMoreThanAHundredThousandIsTooLarge() {
        String request = "{\"entity\": \"brand\", \"fields\": [\"id\"], \"filters\": {\"id\": [\"x\""
                + ",\"x\"".repeat(100_000) + "]}}";

        assertThat(graph(request).statusCode()).isEqualTo(413);
        assertThat(http.error(
                                "query($f: BrandFilters) { brands(filters: $f) { id } }",
                                "{\"f\": {\"id\": {\"in\": [\"x\"" + ",\"x\"".repeat(100_000) + "]}}}")
                        .encode())
                .contains("TOO_LARGE")
                .contains("100000");
    }

    @Test
    void aListOfMoreThanAThousandInTheTextOfAnOperationIsTooLarge() {
        String thousand = "\"x\"" + ",\"x\"".repeat(999);

        assertThat(http.data("{ brands(filters: {id: {in: [" + thousand + "]}}) { id } }")
                        .encode())
                .isEqualTo("{\"brands\":[]}");
        assertThat(HttpServer.code(
                        http.error("{ brands(filters: {id: {in: [" + thousand + ",\"x\"]}}) { id } }", "{}")))
                .isEqualTo("TOO_LARGE");
    }

    @Test
    void onlyJsonIsTakenAndOnlyByPost() {
        HttpResponse<String> form = http.send(HttpRequest.newBuilder(http.uri("/graph"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
        HttpResponse<String> get = http.send(HttpRequest.newBuilder(http.uri("/graph")));

        assertThat(form.statusCode()).isEqualTo(415);
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("Allow")).contains("POST");
    }

    @Test
    void explainIsAnsweredOnThisMachineOnly() {
        String plain = "{\"entity\": \"brand\", \"fields\": [\"id\"], \"explain\": true}";
        String option = "{\"entity\": \"brand\", \"fields\": [\"id\"], \"options\": {\"explain\": true}}";
        String operation = "{\"query\": \"{ brands { id } }\", \"extensions\": {\"explain\": true}}";

        assertThat(graph(plain).body()).contains("explain").contains("select");
        assertThat(http.post(operation).body()).contains("explain").contains("select");
        for (String request : new String[] {plain, option}) {
            HttpResponse<String> elsewhere = graph(request, "X-Forwarded-For", "203.0.113.9");
            assertThat(elsewhere.statusCode()).isEqualTo(403);
            assertThat(elsewhere.body()).contains("NOT_ALLOWED").doesNotContain("select");
        }
        assertThat(http.post(operation, "Forwarded", "for=203.0.113.9").body())
                .contains("NOT_ALLOWED")
                .doesNotContain("select");
    }

    private static HttpResponse<String> preflight(HttpServer server, String path, String origin) {
        return server.send(HttpRequest.newBuilder(server.uri(path))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type"));
    }

    @ParameterizedTest
    @CsvSource({"/graphql", "/graph"})
    void pagesOfNamedOriginsMayAsk(String path) {
        HttpResponse<String> allowed = preflight(forPages, path, SHOP);
        assertThat(allowed.statusCode()).isEqualTo(204);
        assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin")).contains(SHOP);
        assertThat(allowed.headers().firstValue("Access-Control-Allow-Methods")).contains("GET, POST");
        assertThat(allowed.headers().firstValue("Access-Control-Allow-Headers")).contains("content-type");

        HttpResponse<String> asked = forPages.postTo(path, "{}", "Origin", SHOP);
        assertThat(asked.headers().firstValue("Access-Control-Allow-Origin")).contains(SHOP);
        assertThat(asked.headers().firstValue("Vary")).contains("Origin");
    }

    @Test
    void pagesOfOtherOriginsMayNot() {
        assertThat(preflight(forPages, "/graphql", "https://evil.example")
                        .headers()
                        .firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
        assertThat(preflight(http, "/graphql", SHOP).statusCode()).isEqualTo(405);
        assertThat(http.post("{}", "Origin", SHOP).headers().firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/graphql?query=%zz",
        "/graphql?query=%7B__typename%7D&variables=%",
        "/graphiql/..%2fx",
        "/graphiql/%2e%2e/x",
        "/%zz",
        "/health/../graphql"
    })
    void aMalformedAddressIsTheClientsError(String path) {
        try (RawConnection connection = RawConnection.to(http)) {
            String answer = connection
                    .send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .readToEnd();
            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("INVALID_DATA");
        }
    }

    @Test
    void graphiqlsFilesAreServed() {
        HttpResponse<String> page = http.send(HttpRequest.newBuilder(http.uri("/graphiql/?query=x")));
        String script = page.body().replaceAll("(?s).*src=\"\\./(static/js/[^\"]+)\".*", "$1");
        HttpResponse<String> file = http.send(HttpRequest.newBuilder(http.uri("/graphiql/" + script)));

        assertThat(page.body()).contains("\"graphQLUri\":\"/graphql\"");
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.headers().firstValue("Content-Type")).contains("text/javascript; charset=utf-8");
        assertThat(file.body()).hasSizeGreaterThan(100_000);
        assertThat(http.send(HttpRequest.newBuilder(http.uri("/graphiql/static/js/none.js")))
                        .statusCode())
                .isEqualTo(404);
    }
}
