package io.vinculum.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a module answers on the event bus. */
class ModuleIT {
    @RegisterExtension
    static final TestDatabase things = TestDatabase.with(Catalog.builder()
            .enumeration("Colour", "red", "green")
            .model(
                    "thing",
                    "Thing",
                    thing -> thing.idPrefix("th")
                            .field("id", "ID!")
                            .field("name", "String!", name -> name.unique())
                            .field("colour", "Colour!", colour -> colour.defaultValue("red"))
                            .field("tags", "[String!]!", tags -> tags.defaultValue("[]"))
                            .field("sizes", "[Int!]")
                            .field("weight", "Float")
                            .field("amount", "BigDecimal")
                            .field("big", "Long")
                            .field("day", "Date")
                            .field("moment", "DateTime")
                            .field("data", "JSON")
                            .field("token", "UUID")
                            .field("on", "Boolean!", on -> on.defaultValue("true")))
            .model("counted", "Counted", counted -> counted.field("id", "Int!").field("parent", "Counted"))
            .model("keyed", "Keyed", keyed -> keyed.field("id", "UUID!").field("note", "String"))
            .build());

    private static JsonObject create(String record) {
        return things.object("module.thing.create", new JsonObject().put("data", new JsonObject(record)));
    }

    private static void refused(String address, String body, String... parts) {
        assertThatThrownBy(() -> things.ask(address, new JsonObject(body))).hasMessageContainingAll(parts);
    }

    @Test
    void everyTypeGoesInAndComesBack() {
        String given = """
                {"name": "ünïcödé \\"x\\" \\\\ 🎈", "colour": "green", "tags": ["a,b", "c\\"d", "{e}"], "sizes": [1, -2], "weight": 1.25,
                 "amount": "12345678901234567890.10", "big": "9223372036854775807", "day": "2026-02-28",
                 "moment": "2026-03-01T13:00:00.123456+01:00", "data": {"a": [1, null, "x"]},
                 "token": "018f3c5e-0000-7000-8000-000000000000", "on": false}""";
        JsonObject created = create(given);
        JsonObject expected = new JsonObject(given).put("moment", "2026-03-01T12:00:00.123456Z");

        expected.forEach(field ->
                assertThat(created.getValue(field.getKey())).as(field.getKey()).isEqualTo(field.getValue()));
        JsonObject read =
                things.data("{\"entity\": \"thing\", \"fields\": [\"*\"]}").getJsonObject(0);
        assertThat(read).isEqualTo(created);
    }

    @Test
    void defaultsKeysAndTimestampsAreMade() {
        JsonObject created = create("{\"name\": \"x\"}");

        assertThat(created.getString("id")).matches("th_[0-9A-HJKMNP-TV-Z]{26}");
        assertThat(created.getString("colour")).isEqualTo("red");
        assertThat(created.getJsonArray("tags")).isEmpty();
        assertThat(created.getBoolean("on")).isTrue();
        assertThat(created.getString("created_at")).endsWith("Z").isEqualTo(created.getString("updated_at"));
        assertThat(created.getString("deleted_at")).isNull();
    }

    @Test
    void numberedAndUuidKeysAreMade() {
        JsonArray counted = things.array("module.counted.create", new JsonObject("{\"data\": [{}, {}]}"));
        things.array("module.counted.create", new JsonObject("{\"data\": [{\"id\": 40}]}"));
        JsonObject next = things.object("module.counted.create", new JsonObject("{\"data\": {\"parent_id\": 40}}"));
        JsonObject keyed = things.object("module.keyed.create", new JsonObject("{\"data\": {\"note\": \"x\"}}"));

        assertThat(counted.getJsonObject(1).getInteger("id"))
                .isEqualTo(counted.getJsonObject(0).getInteger("id") + 1);
        assertThat(next.getInteger("id")).isEqualTo(41);
        assertThat(java.util.UUID.fromString(keyed.getString("id")).version()).isEqualTo(7);
    }

    @Test
    void manyRecordsAreAnsweredInTheirOrder() {
        JsonArray records = new JsonArray();
        for (int i = 0; i < 1_000; i++) {
            records.add(new JsonObject().put("name", "n" + (i * 7919) % 1_000));
        }
        JsonArray created = things.array(
                "module.thing.create", new JsonObject().put("model", "things").put("data", records));

        for (int i = 0; i < 1_000; i++) {
            assertThat(created.getJsonObject(i).getString("name")).isEqualTo("n" + (i * 7919) % 1_000);
        }
    }

    @Test
    void updateChangesGivenFieldsOnly() {
        String one = create("{\"name\": \"one\", \"weight\": 1}").getString("id");
        String two = create("{\"name\": \"two\", \"weight\": 2}").getString("id");

        JsonArray updated = things.array(
                "module.thing.update",
                new JsonObject()
                        .put(
                                "data",
                                new JsonArray()
                                        .add(new JsonObject().put("id", two).put("weight", 5))
                                        .add(new JsonObject()
                                                .put("id", one)
                                                .put("name", "uno")
                                                .putNull("weight"))));

        assertThat(updated.stream().map(row -> ((JsonObject) row).getString("name")))
                .containsExactly("two", "uno");
        assertThat(updated.getJsonObject(0).getDouble("weight")).isEqualTo(5.0);
        assertThat(updated.getJsonObject(1).getDouble("weight")).isNull();
    }

    @Test
    void anUpdateOfARecordThatIsNotThereChangesNothing() {
        String one = create("{\"name\": \"one\"}").getString("id");

        refused(
                "module.thing.update",
                "{\"data\": [{\"id\": \"" + one + "\", \"name\": \"uno\"}, {\"id\": \"nope\", \"name\": \"x\"}]}",
                "NOT_FOUND",
                "thing not found: nope");
        assertThat(things.data("{\"entity\": \"thing\", \"fields\": [\"name\"]}"))
                .isEqualTo(new JsonArray("[{\"name\": \"one\"}]"));
    }

    @Test
    void aDuplicateNamesFieldAndValueAndLeavesNothing() {
        create("{\"name\": \"one\"}");

        refused(
                "module.thing.create", "{\"data\": [{\"name\": \"two\"}, {\"name\": \"one\"}]}",
                "DUPLICATE", "there is another thing with name 'one' already");
        assertThat(things.rows("select from thing.thing")).hasSize(1);
    }

    @Test
    void aUniqueValueOfASoftDeletedRecordIsFree() {
        String id = create("{\"name\": \"one\"}").getString("id");
        things.array("module.thing.softDelete", new JsonObject().put("ids", new JsonArray().add(id)));
        create("{\"name\": \"one\"}");

        refused("module.thing.restore", "{\"ids\": [\"" + id + "\"]}", "DUPLICATE", "name 'one'");
    }

    @Test
    void aReferenceToNothingIsNotFound() {
        refused("module.counted.create", "{\"data\": {\"parent_id\": 99}}", "NOT_FOUND", "parent_id '99'");
    }

    @Test
    void listAndRetrieveAnswerOneModel() {
        String id = create("{\"name\": \"one\"}").getString("id");

        assertThat(things.object(
                                "module.thing.list",
                                new JsonObject("{\"filters\": {\"name\": \"one\"}, \"fields\": [\"name\"]}"))
                        .getJsonArray("data"))
                .isEqualTo(new JsonArray("[{\"name\": \"one\"}]"));
        assertThat(things.object("module.thing.retrieve", new JsonObject().put("id", id))
                        .getString("name"))
                .isEqualTo("one");
        refused("module.thing.retrieve", "{\"id\": \"nope\"}", "NOT_FOUND", "thing not found: nope");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create | {\"data\": {}} | thing.name is required",
                "create | {\"data\": {\"name\": null}} | thing.name is required",
                "create | {\"data\": {\"name\": \"x\", \"colr\": \"red\"}} | did you mean 'colour'?",
                "create | {\"data\": {\"name\": \"x\", \"colour\": \"blue\"}} | thing.colour has no value 'blue'",
                "create | {\"data\": [{\"name\": \"x\"}, {\"name\": 5}]} | thing[1].name takes a String, was 5",
                "create | {\"data\": {\"name\": \"x\", \"created_at\": \"2026-01-01\"}} | kept by Vinculum",
                "create | {\"data\": \"x\"} | takes an object",
                "create | {} | takes a record",
                "create | {\"date\": {}} | did you mean 'data'?",
                "create | {\"model\": \"thign\", \"data\": {}} | did you mean 'thing'?",
                "update | {\"data\": {\"name\": \"x\"}} | has no 'id'",
                "update | {\"data\": [{\"id\": \"a\"}, {\"id\": \"a\"}]} | is there twice",
                "delete | {} | takes the keys of records as 'ids'",
                "delete | {\"ids\": [\"\"]} | empty",
                "retrieve | {} | 'id' must name"
            })
    void refusesWrongInput(String action, String body, String message) {
        refused("module.thing." + action, body, "INVALID_DATA", message);
    }
}
