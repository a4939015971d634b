package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.selection.QueryLimits;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A module whose rows live in memory, hosted by a verticle of the user's own that answers {@code list}. */
class RemoteModuleIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.with(Catalog.builder()
            .model(
                    "product",
                    "Product",
                    product ->
                            product.field("id", "ID!").field("title", "String!").field("depot_code", "Int"))
            .model(
                    "stock",
                    "Depot",
                    depot -> depot.remote()
                            .field("id", "Int!")
                            .field("town", "String!")
                            .field("value", "Long"))
            .model(
                    "stock",
                    "Item",
                    item -> item.remote()
                            .field("id", "ID!")
                            .field("count", "Int!")
                            .field("product_key", "ID"))
            .link("ProductItem", link -> link.field("products", "[Product!]!").field("items", "[Item!]!"))
            .link(
                    "ProductDepot",
                    link -> link.readOnly("depot_code")
                            .field("stored", "[Product!]!")
                            .field("depot", "Depot"))
            .link("ItemDepot", link -> link.field("contents", "[Item!]!").field("place", "Depot"))
            .build());

    private static final Map<String, List<JsonObject>> STORE = Map.of(
            "item",
                    List.of(
                            JsonObject.of("id", "i1", "count", 5),
                            JsonObject.of("id", "i2", "count", 7),
                            JsonObject.of("id", "i3", "count", 0)),
            "depot",
                    List.of(
                            JsonObject.of("id", 1, "town", "Ulm", "value", 5_000_000_000L),
                            JsonObject.of("id", 2, "town", "Bern")));

    private static final List<JsonObject> ASKED = new CopyOnWriteArrayList<>();
    private static MessageConsumer<JsonObject> host;

    @BeforeEach
    void host() {
        ASKED.clear();
        host = shop.vertx().eventBus().localConsumer("module.stock.list", RemoteModuleIT::list);
        shop.create(
                "product",
                "product",
                "[{\"id\": \"p1\", \"title\": \"Lamp\", \"depot_code\": 1}, {\"id\": \"p2\", \"title\": \"Desk\"}, {\"id\": \"p3\", \"title\": \"Shade\", \"depot_code\": 1}]");
        shop.link("""
                [{"link": "product_item", "products": {"product_id": "p1"}, "items": {"item_id": "i1"}},
                 {"link": "product_item", "products": {"product_id": "p1"}, "items": {"item_id": "i2"}},
                 {"link": "product_item", "products": {"product_id": "p2"}, "items": {"item_id": "i2"}},
                 {"link": "product_item", "products": {"product_id": "p2"}, "items": {"item_id": "gone"}}]""");
    }

    @AfterEach
    void leave() {
        TestDatabase.await(host.unregister());
    }

    private static void list(Message<JsonObject> request) {
        JsonObject body = request.body();
        ASKED.add(body);
        JsonArray keys = keys(body.getJsonObject("filters"));
        JsonArray data = new JsonArray();
        STORE.get(body.getString("model")).stream()
                .filter(row -> keys == null || keys.contains(row.getValue("id")))
                .forEach(data::add);
        request.reply(new JsonObject().put("data", data));
    }

    private static JsonArray keys(JsonObject filters) {
        JsonObject id = filters.getJsonObject("id");
        return id == null ? null : id.getJsonArray("$in");
    }

    @Test
    void rowsOfAnotherStoreTakeOfTheMemoryForAnswers() {
        TestDatabase.await(host.unregister());
        String town = "x".repeat(10_000);
        JsonArray depots = new JsonArray();
        for (int i = 0; i < 200; i++) {
            depots.add(JsonObject.of("id", i, "town", town));
        }
        host = shop.vertx()
                .eventBus()
                .localConsumer("module.stock.list", request -> request.reply(new JsonObject().put("data", depots)));
        String request = "{\"entity\": \"depot\", \"fields\": [\"id\", \"town\"]}";

        assertThat(ask(64 << 20, request).getJsonArray("data")).hasSize(200);
        assertThatThrownBy(() -> ask(3 << 20, request)).hasMessageContaining("more memory than an answer may");
    }

    private static JsonObject ask(long memory, String request) {
        QueryLimits limits =
                new QueryLimits(10, 500, 500, 10_000, 100_000, 32 << 20, memory, 8 << 20, Duration.ofSeconds(10));
        Query query = new Query(shop.database(), shop.catalog(), limits, shop.modules()::records);
        return TestDatabase.await(query.graph(new JsonObject(request)));
    }

    @Test
    void aHopAcrossTheBorderIsOneRequest() {
        JsonArray data = shop.data(
                "{\"entity\": \"product\", \"fields\": [\"id\", \"items.count\", \"depot.town\", \"depot.value\"]}");

        assertThat(data).isEqualTo(new JsonArray("""
                [{"id": "p1", "items": [{"count": 5}, {"count": 7}], "depot": {"town": "Ulm", "value": "5000000000"}},
                 {"id": "p2", "items": [{"count": 7}], "depot": null},
                 {"id": "p3", "items": [], "depot": {"town": "Ulm", "value": "5000000000"}}]"""));
        assertThat(ASKED).hasSize(2);
    }

    @Test
    void rowsOfAnotherStoreLeadBackIntoThisDatabase() {
        JsonArray data = shop.data("""
                {"entity": "item", "fields": ["id", "products.title"], "relations": {"products": {"order": {"title": "DESC"}}}}""");

        assertThat(data).isEqualTo(new JsonArray("""
                [{"id": "i1", "products": [{"title": "Lamp"}]}, {"id": "i2", "products": [{"title": "Lamp"}, {"title": "Desk"}]},
                 {"id": "i3", "products": []}]"""));
    }

    @Test
    void filtersThroughAnotherStoreAreRefusedClearly() {
        assertThatThrownBy(() -> shop.data(
                        "{\"entity\": \"product\", \"fields\": [\"id\"], \"filters\": {\"items\": {\"count\": 5}}}"))
                .hasMessageContainingAll("NOT_ALLOWED", "not in this database");
    }

    @Test
    void filtersOfItsOwnFieldsTravel() {
        refused(
                "{\"entity\": \"item\", \"fields\": [\"id\"], \"filters\": {\"count\": {\"$gt\": 3}}, \"pagination\": {\"take\": 2}}",
                "UNAVAILABLE",
                "answered a record that the filters exclude");

        assertThat(ASKED.get(0).getJsonObject("filters")).isEqualTo(new JsonObject("{\"count\": {\"$gt\": 3}}"));
        assertThat(ASKED.get(0).getJsonObject("pagination").getInteger("take")).isEqualTo(2);
    }

    @Test
    void moreThanThePageAskedForIsRefused() {
        refused(
                "{\"entity\": \"item\", \"fields\": [\"id\"], \"pagination\": {\"take\": 2}}",
                "UNAVAILABLE",
                "answered 3 records where at most 2 were asked for");
    }

    @Test
    void aCountThatIsNotAnsweredIsRefused() {
        refused("{\"entity\": \"item\", \"fields\": [\"id\"], \"count\": true}", "NOT_ALLOWED", "answers no count");
        assertThat(ASKED.get(0).getBoolean("count")).isTrue();
    }

    @Test
    void deletedRowsAreAskedFor() {
        shop.data("{\"entity\": \"item\", \"fields\": [\"id\"], \"withDeleted\": true}");

        assertThat(ASKED.get(0).getBoolean("withDeleted")).isTrue();
    }

    @Test
    void valuesOfAnotherTypeThanDeclaredAreRefused() {
        TestDatabase.await(host.unregister());
        host = shop.vertx()
                .eventBus()
                .localConsumer(
                        "module.stock.list",
                        request -> request.reply(new JsonObject()
                                .put("data", new JsonArray().add(JsonObject.of("id", "i1", "count", "many")))));

        refused("{\"entity\": \"item\", \"fields\": [\"count\"]}", "UNAVAILABLE", "a wrong value: item.count");
    }

    @Test
    void aRequiredValueThatIsMissingIsRefused() {
        TestDatabase.await(host.unregister());
        host = shop.vertx()
                .eventBus()
                .localConsumer(
                        "module.stock.list",
                        request -> request.reply(new JsonObject()
                                .put(
                                        "data",
                                        new JsonArray()
                                                .add(new JsonObject()
                                                        .put("id", "i1")
                                                        .putNull("count")))));

        refused("{\"entity\": \"item\", \"fields\": [\"count\"]}", "UNAVAILABLE", "item.count, which is required");
    }

    @Test
    void whatAModuleFailsWithIsItsOwnFailure() {
        TestDatabase.await(host.unregister());
        host = shop.vertx().eventBus().localConsumer("module.stock.list", request -> request.fail(42, "store is down"));

        refused("{\"entity\": \"item\", \"fields\": [\"id\"]}", "UNAVAILABLE", "store is down");
    }

    private static void refused(String request, String... parts) {
        assertThatThrownBy(() -> shop.data(request)).hasMessageContainingAll(parts);
    }
}
