package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.json.JsonText;
import io.vinculum.testing.TestDatabase;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** No name and no value of a request ever becomes SQL text. */
class InjectionIT {
    private static final long SEED = 20_261_121L;
    private static final List<String> HOSTILE = List.of(
            "'; drop table product.product; --",
            "\"; drop table product.product; --",
            "id\" or 1=1 --",
            "$1",
            "$$; select pg_sleep(10); $$",
            "\\'; commit; --",
            "x' || (select version()) || '",
            "*/ union select 1 /*",
            "::text",
            "%s%n",
            "__proto__",
            "constructor",
            "");

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    private final Random random = new Random(SEED);

    private String hostile() {
        return HOSTILE.get(random.nextInt(HOSTILE.size()));
    }

    @Test
    void aHostileNameIsRefusedAndNeverRun() {
        for (int i = 0; i < 1_000; i++) {
            String name = hostile();
            List<JsonObject> requests = List.of(
                    request().put("entity", name),
                    request().put("fields", new JsonArray().add(name)),
                    request().put("fields", new JsonArray().add("brand." + name)),
                    request().put("filters", new JsonObject().put(name, 1)),
                    request().put("filters", new JsonObject().put("title", new JsonObject().put(name, "x"))),
                    request().put("pagination", new JsonObject().put("order", new JsonObject().put(name, "ASC"))),
                    request().put("pagination", new JsonObject().put("order", new JsonObject().put("id", name))),
                    request().put("relations", new JsonObject().put(name, new JsonObject())));
            JsonObject request = requests.get(random.nextInt(requests.size()));
            try {
                shop.query().prepare(JsonText.plain(request));
                throw new AssertionError("taken: " + request);
            } catch (Failure failure) {
                assertThat(failure.code()).as(request.encode()).isEqualTo(FailureCode.INVALID_DATA);
            }
        }
    }

    @Test
    void aHostileValueIsDataAndItsStatementIsTheSame() {
        shop.create(
                "product", "product", "[{\"id\": \"p1\", \"title\": \"Lamp\", \"handle\": \"lamp\", \"price\": 1}]");
        Set<String> statements = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            JsonArray several = new JsonArray();
            for (int j = random.nextInt(4); j >= 0; j--) {
                several.add(hostile() + j);
            }
            JsonObject request = request()
                    .put(
                            "filters",
                            new JsonObject()
                                    .put(
                                            "title",
                                            new JsonObject()
                                                    .put("$ne", hostile())
                                                    .put("$nin", several))
                                    .put("handle", new JsonObject().put("$like", hostile()))
                                    .put(
                                            "attributes",
                                            new JsonObject()
                                                    .put("$contains", new JsonObject().put(hostile(), hostile())))
                                    .put("brand", new JsonObject().put("name", hostile())))
                    .put(
                            "pagination",
                            new JsonObject().put("skip", random.nextInt(9)).put("take", random.nextInt(9)));
            CompiledPlan plan = shop.query().prepare(JsonText.plain(request)).plan();
            statements.add(plan.root().sql().orElseThrow().toString());
            try {
                TestDatabase.await(shop.query().graph(request));
            } catch (Failure failure) {
                // A pattern that ends in a backslash is no pattern; that is an answer too.
                assertThat(failure.code()).as(request.encode()).isEqualTo(FailureCode.INVALID_DATA);
            }
        }
        assertThat(statements).hasSize(1);
        assertThat(shop.rows("select id from product.product")).hasSize(1);
    }

    @Test
    void writtenTextComesBackAsItIs() {
        List<String> texts = new ArrayList<>(HOSTILE);
        texts.remove("");
        JsonArray brands = new JsonArray();
        for (int i = 0; i < texts.size(); i++) {
            brands.add(new JsonObject().put("id", texts.get(i)).put("name", texts.get(i)));
        }
        shop.array("module.brand.create", new JsonObject().put("data", brands));

        JsonArray read = shop.data("{\"entity\": \"brand\", \"fields\": [\"id\", \"name\"]}");
        assertThat(read).hasSize(texts.size());
        read.forEach(row -> assertThat(texts).contains(((JsonObject) row).getString("name")));
    }

    private static JsonObject request() {
        return new JsonObject().put("entity", "product").put("fields", new JsonArray().add("id"));
    }
}
