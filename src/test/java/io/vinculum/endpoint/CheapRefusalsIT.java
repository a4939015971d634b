package io.vinculum.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.testing.HttpServer;
import io.vinculum.testing.TestDatabase;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is refused costs the one who asks more than the server. The processor time is that of this whole process, client
 * and compiler included, so the bound is a multiple of the aim (10 ms up to 256 KiB, 15 ms for each further MiB).
 */
class CheapRefusalsIT {
    private static final int TIMES = 20;
    private static final double SLACK = 3;

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    private static final HttpServer http = HttpServer.on(shop);
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static String operation(String query) {
        return new JsonObject().put("query", query).encode();
    }

    private static String withVariable(String query, String name, Object value) {
        return new JsonObject()
                .put("query", query)
                .put("variables", new JsonObject().put(name, value))
                .encode();
    }

    private static String graph(String field) {
        return withVariable(
                "query($f: [String!]!) { graph(entity: \"product\", fields: $f) { data } }",
                "f",
                new JsonArray().add(field));
    }

    static Stream<Arguments> refused() {
        Map<String, Supplier<String>> bodies = new LinkedHashMap<>();
        bodies.put("a million dots as a field", () -> graph(".".repeat(1 << 20)));
        bodies.put("seven MiB of dots as a field", () -> graph(".".repeat(7 << 20)));
        bodies.put("seven MiB as a field", () -> graph("x".repeat(7 << 20)));
        bodies.put(
                "a list type 4 000 deep",
                () -> operation(
                        "query($a: " + "[".repeat(4_000) + "Int" + "]".repeat(4_000) + ") { products { id } }"));
        bodies.put(
                "an object 4 000 deep",
                () -> operation(
                        "{ products(filters: " + "{not: ".repeat(4_000) + "{}" + "}".repeat(4_000) + ") { id } }"));
        bodies.put(
                "400 000 records",
                () -> withVariable(
                        "mutation($d: [BrandCreate!]!) { createBrands(data: $d) { id } }",
                        "d",
                        new JsonArray(Collections.nCopies(400_000, Map.of("name", "x")))));
        bodies.put("an id of 60 000 digits", () -> operation("{ product(id: " + "9".repeat(60_000) + ") { id } }"));
        bodies.put(
                "a filter of a million digits",
                () -> withVariable(
                        "query($f: JSON) { graph(entity: \"product\", fields: [\"id\"], filters: $f) { data } }",
                        "f",
                        new JsonObject().put("price", new JsonObject().put("$gt", "9".repeat(1_000_000)))));
        bodies.put(
                "an unknown entity of a MiB",
                () -> withVariable(
                        "query($e: String!) { graph(entity: $e, fields: [\"id\"]) { data } }",
                        "e",
                        "x".repeat(1 << 20)));
        bodies.put("an unknown name of 60 000 letters", () -> operation("{ " + "x".repeat(60_000) + " }"));
        bodies.put("9 999 unknown fields", () -> operation("{ products { " + "x ".repeat(9_900) + " } }"));
        return bodies.entrySet().stream()
                .map(entry -> Arguments.of(entry.getKey(), entry.getValue().get()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void aRefusalIsCheap(String what, String body) {
        assertThat(http.post(body).body()).contains("\"errors\"").hasSizeLessThan(20_000);

        assertCheap(what, body.length(), () -> http.post(body));
    }

    @Test
    void anUnknownPathOfGraphiqlIsCheap() {
        HttpRequest.Builder request = HttpRequest.newBuilder(http.uri("/graphiql/static/js/unknown.js"));

        assertCheap("an unknown path", 0, () -> http.send(request));
    }

    private static void assertCheap(String what, int bytes, Runnable request) {
        double aim = 10 + 15.0 * Math.max(0, bytes - (256 << 10)) / (1 << 20);
        for (int i = 0; i < TIMES; i++) {
            request.run();
        }
        long before = PROCESS.getProcessCpuTime();
        for (int i = 0; i < TIMES; i++) {
            request.run();
        }
        double each = (PROCESS.getProcessCpuTime() - before) / 1e6 / TIMES;
        assertThat(each).as(what + ": milliseconds of processor").isLessThan(aim * SLACK);
        if (Boolean.getBoolean("refusals.print")) {
            System.out.printf("REFUSAL %-40s %7.1f ms (aim %.0f)%n", what, each, aim);
        }
    }
}
