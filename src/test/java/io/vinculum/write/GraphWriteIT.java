package io.vinculum.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code graph.write}: several writes of modules and links are one transaction; and the time that writes may take. */
class GraphWriteIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    private static final String BRAND = "{\"create\": \"brand\", \"data\": [{\"id\": \"b1\", \"name\": \"Acme\"}]}";
    private static final String PRODUCT =
            "{\"create\": \"products\", \"data\": [{\"id\": \"p1\", \"title\": \"Lamp\", \"handle\": \"lamp\", \"price\": 1}]}";
    private static final String LINK =
            "{\"link.create\": [{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b1\"}}]}";

    private static JsonObject writes(String... writes) {
        return new JsonObject("{\"writes\": [" + String.join(", ", writes) + "]}");
    }

    private static JsonArray answers(String... writes) {
        return shop.array("graph.write", writes(writes));
    }

    @Test
    void recordsAndTheirLinkAreWrittenTogether() {
        JsonArray answers = answers(
                BRAND, PRODUCT, LINK, "{\"update\": \"brand\", \"data\": [{\"id\": \"b1\", \"name\": \"Borg\"}]}");

        assertThat(answers).hasSize(4);
        assertThat(answers.getJsonArray(0).getJsonObject(0).getString("name")).isEqualTo("Acme");
        assertThat(answers.getJsonArray(2).getJsonObject(0).getString("outcome"))
                .isEqualTo("created");
        assertThat(answers.getJsonArray(3).getJsonObject(0).getString("name")).isEqualTo("Borg");
        assertThat(shop.data("{\"entity\": \"product\", \"fields\": [\"brand.name\"]}"))
                .isEqualTo(new JsonArray("[{\"brand\": {\"name\": \"Borg\"}}]"));
    }

    @Test
    void aLinkOfOneWriteGoesWithARecordOfALaterOne() {
        JsonArray answers =
                answers(BRAND, PRODUCT, LINK, "{\"softDelete\": \"brand\", \"ids\": [\"b1\", \"nothing\"]}");

        assertThat(answers.getJsonArray(3)).isEqualTo(new JsonArray("[\"b1\"]"));
        assertThat(shop.rows("select from link.product_brand where deleted_at is null"))
                .isEmpty();
        assertThat(answers("{\"restore\": \"brand\", \"ids\": [\"b1\"]}").getJsonArray(0))
                .isEqualTo(new JsonArray("[\"b1\"]"));
        assertThat(shop.rows("select from link.product_brand where deleted_at is null"))
                .hasSize(1);
    }

    @Test
    void oneThatFailsLeavesNothingOfAll() {
        assertThatThrownBy(() -> answers(
                        BRAND, PRODUCT, LINK, "{\"update\": \"brand\", \"data\": [{\"id\": \"b9\", \"name\": \"x\"}]}"))
                .hasMessageContaining("NOT_FOUND: brand not found: b9; nothing was updated");
        assertThat(shop.rows("select id from brand.brand union all select id from product.product"))
                .isEmpty();
    }

    @Test
    void aSecondPartnerIsNamedAlsoAmongSeveralWrites() {
        answers(BRAND, PRODUCT, LINK);

        assertThatThrownBy(
                        () -> answers(
                                "{\"create\": \"brand\", \"data\": [{\"id\": \"b2\", \"name\": \"Borg\"}]}",
                                "{\"link.create\": [{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b2\"}}]}"))
                .hasMessageContaining("Cannot create multiple links between 'product' and 'brand'")
                .hasMessageContaining("linked to 'b1' already");
    }

    @Test
    void aTransactionOfACallerIsWrittenInAndRolledBackWithIt() {
        answers(BRAND, PRODUCT, LINK);
        Write second = Write.createLinks(
                shop.catalog(),
                new JsonObject("{\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b9\"}}"));

        assertThatThrownBy(() -> TestDatabase.await(shop.database()
                        .transaction(session -> shop.writes()
                                .inside(
                                        session,
                                        Write.create(
                                                shop.catalog().model("brand", java.util.Optional.of("brand")),
                                                List.of(new JsonObject("{\"id\": \"b9\", \"name\": \"Borg\"}")),
                                                Write.Answer.KEYS))
                                .compose(made -> shop.writes().inside(session, second)))))
                .hasMessageContaining("linked to 'b1' already");
        assertThat(shop.rows("select from brand.brand")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 'writes' takes a list",
                "{\"writes\": [], \"x\": 1} | graph.write has no 'x'",
                "{\"writes\": [{\"upsert\": \"brand\", \"data\": []}]} | writes[0] says no kind of write (upsert, data); there are: create, update, delete",
                "{\"writes\": [{\"create\": \"brand\", \"update\": \"brand\"}]} | several kinds",
                "{\"writes\": [{\"create\": \"brnd\", \"data\": []}]} | writes[0]: there is no entity 'brnd'; did you mean 'brand'",
                "{\"writes\": [{\"create\": \"product_brand\", \"data\": []}]} | is a link; use link.create",
                "{\"writes\": [{\"create\": \"brand\", \"date\": []}]} | did you mean 'data'?",
                "{\"writes\": [{\"delete\": \"brand\", \"ids\": \"b1\"}]} | 'ids' takes a list",
                "{\"writes\": [{\"link.create\": [], \"data\": []}]} | 'link.create' has no 'data'",
                "{\"writes\": [{\"create\": \"brand\", \"data\": [{\"nme\": 1}]}]} | did you mean 'name'?",
                "{\"writes\": [5]} | writes[0] takes an object"
            })
    void refusesWhatItDoesNotKnow(String request, String message) {
        assertThatThrownBy(() -> shop.ask("graph.write", new JsonObject(request)))
                .hasMessageContaining("INVALID_DATA: ")
                .hasMessageContaining(message);
    }

    /** Holds a record in another transaction until the answer is there. */
    private static void heldWhile(String sql, Runnable work) {
        var connection = TestDatabase.await(io.vertx.pgclient.PgConnection.connect(
                shop.vertx(), io.vertx.pgclient.PgConnectOptions.fromUri(shop.uri())));
        TestDatabase.await(connection.query("begin; " + sql).execute());
        work.run();
        TestDatabase.await(connection.query("rollback").execute());
        TestDatabase.await(connection.close());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "graph.write | {\"writes\": [{\"create\": \"brand\", \"data\": [{\"id\": \"b2\", \"name\": \"Borg\"}]}, {\"softDelete\": \"brand\", \"ids\": [\"b1\"]}]}",
                "module.brand.update | {\"data\": [{\"id\": \"b1\", \"name\": \"Late\"}]}",
                "module.brand.delete | {\"ids\": [\"b1\"]}",
                "link.create | {\"product\": {\"product_id\": \"p1\"}, \"brand\": {\"brand_id\": \"b1\"}, \"data\": {\"featured\": true}}"
            })
    void aWriteWhoseCallerWasAnsweredTimeoutIsNotCommitted(String address, String body) {
        answers(BRAND, PRODUCT, LINK);
        String state =
                "select b::text from brand.brand b union all select l::text from link.product_brand l order by 1";
        String before =
                shop.rows(state).stream().map(row -> row.getString(0)).toList().toString();

        heldWhile("select from brand.brand for update", () -> {
            long began = System.nanoTime();
            assertThatThrownBy(() -> TestDatabase.await(shop.vertx()
                            .eventBus()
                            .request(
                                    address, new JsonObject(body), new DeliveryOptions().addHeader("deadline", "300"))))
                    .hasMessageContaining("TIMEOUT: ");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
        });
        assertThat(shop.rows(state).stream()
                        .map(row -> row.getString(0))
                        .toList()
                        .toString())
                .isEqualTo(before);
    }

    @Test
    void aWriteThatWaitsForAConnectionEndsInTimeToo() {
        var busy = new java.util.ArrayList<io.vertx.core.Future<?>>();
        for (int i = 0; i < 16; i++) {
            busy.add(shop.database()
                    .transaction(session -> session.run(io.vinculum.database.Statement.of("select pg_sleep(1)"))));
        }
        Write write = Write.create(
                shop.catalog().model("brand", java.util.Optional.of("brand")),
                List.of(new JsonObject("{\"id\": \"b1\", \"name\": \"Acme\"}")),
                Write.Answer.ROWS);

        assertThatThrownBy(() -> TestDatabase.await(shop.writes().run(write, Duration.ofMillis(200))))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("nothing was written");
        busy.forEach(TestDatabase::await);
        assertThat(shop.rows("select from brand.brand")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"soon, INVALID_DATA", "0, TIMEOUT", "-5, TIMEOUT"})
    void aDeadlineIsRead(String header, String code) {
        assertThatThrownBy(() -> TestDatabase.await(shop.vertx()
                        .eventBus()
                        .request("link.dismiss", new JsonArray(), new DeliveryOptions().addHeader("deadline", header))))
                .hasMessageContaining(code);
    }
}
