package io.vinculum.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A small shop of rows of its own: numbered keys, a self link, a link with columns. */
class LoaderIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.with(Catalog.builder()
            .enumeration("Kind", "sold", "made")
            .model(
                    "staff",
                    "Worker",
                    worker -> worker.field("id", "Int!")
                            .field("name", "String!")
                            .field("born", "Date")
                            .field("notes", "String")
                            .field("active", "Boolean!", active -> active.defaultValue("true")))
            .model(
                    "goods",
                    "Good",
                    good -> good.field("id", "ID!")
                            .field("price", "BigDecimal!")
                            .field("kind", "Kind!", kind -> kind.defaultValue("sold"))
                            .field("tags", "[String!]")
                            .field("seen", "DateTime")
                            .field("group", "Group"))
            .model("goods", "Group", group -> group.field("id", "Int!").field("name", "String!"))
            .link(
                    "WorkerManager",
                    link -> link.field("manager", "Worker")
                            .field("reports", "[Worker!]!", reports -> reports.column("worker_id")))
            .link(
                    "WorkerGood",
                    link -> link.field("workers", "[Worker!]!")
                            .field("goods", "[Good!]!")
                            .field("amount", "Int!", amount -> amount.defaultValue("1")))
            .build());

    @TempDir
    private Path folder;

    private Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long load(String entity, Path file) {
        return TestDatabase.await(
                new Loader(shop.vertx(), shop.database(), shop.catalog().entity(entity), (rows, bytes, all) -> {})
                        .load(file));
    }

    private void refused(String entity, String name, String text, String... parts) {
        assertThatThrownBy(() -> load(entity, file(name, text))).hasMessageContainingAll(parts);
    }

    @Test
    void anEmptyCellIsNullAndAQuotedEmptyOneIsText() {
        Path file =
                file("worker.csv", "\uFEFFid,name,born,notes\n1,\"Ada, \"\"Countess\"\"\",1815-12-10,\"\"\n2,Bob,,\n");

        assertThat(load("worker", file)).isEqualTo(2);
        assertThat(shop.data(
                        "{\"entity\": \"worker\", \"fields\": [\"id\", \"name\", \"born\", \"notes\", \"active\"]}"))
                .isEqualTo(new JsonArray("""
                [{"id": 1, "name": "Ada, \\"Countess\\"", "born": "1815-12-10", "notes": "", "active": true},
                 {"id": 2, "name": "Bob", "born": null, "notes": null, "active": true}]"""));
    }

    @Test
    void countersGoOnAfterGivenKeys() {
        load("worker", file("worker.csv", "id,name\n7,Ada\n"));

        assertThat(shop.object("module.staff.create", new JsonObject("{\"data\": {\"name\": \"Bob\"}}"))
                        .getInteger("id"))
                .isEqualTo(8);
    }

    @Test
    void keysDefaultsRelationsArraysAndTimes() {
        load("group", file("group.csv", "id,name\n1,Tools\n"));
        load(
                "goods",
                file("goods.csv", "price,tags,seen,group_id\n1.50,\"[\"\"a\"\",\"\"b\"\"]\",1996-07-04 10:00:00,1\n"));

        JsonObject good = shop.data("{\"entity\": \"good\", \"fields\": [\"*\", \"group.name\"]}")
                .getJsonObject(0);
        assertThat(good.getString("id")).startsWith("good_");
        assertThat(good.getString("kind")).isEqualTo("sold");
        assertThat(good.getString("price")).isEqualTo("1.50");
        assertThat(good.getJsonArray("tags")).containsExactly("a", "b");
        assertThat(good.getString("seen")).isEqualTo("1996-07-04T10:00:00Z");
        assertThat(good.getJsonObject("group").getString("name")).isEqualTo("Tools");
    }

    @Test
    void linksAreLoadedByTheirKeyColumns() {
        load("worker", file("worker.csv", "id,name\n1,Ada\n2,Bob\n3,Cyd\n"));
        load("good", file("good.csv", "id,price\ng1,1\n"));
        assertThat(load("worker_manager", file("links.csv", "manager_id,worker_id\n1,2\n1,3\n")))
                .isEqualTo(2);
        load(
                "worker_good",
                file(
                        "amounts.ndjson",
                        "{\"worker_id\": 1, \"good_id\": \"g1\", \"amount\": 3}\n\n{\"worker_id\": 2, \"good_id\": \"g1\"}\n"));

        assertThat(
                        shop.data(
                                "{\"entity\": \"worker\", \"fields\": [\"name\", \"manager.name\", \"reports.name\"], \"filters\": {\"id\": [1, 2]}}"))
                .isEqualTo(new JsonArray("""
                        [{"name": "Ada", "manager": null, "reports": [{"name": "Bob"}, {"name": "Cyd"}]},
                         {"name": "Bob", "manager": {"name": "Ada"}, "reports": []}]"""));
        assertThat(shop.rows("select sum(amount) from link.worker_good").get(0).getLong(0))
                .isEqualTo(4);
    }

    @Test
    void manyRowsAreManyBatchesOfOneTransaction() {
        StringBuilder text = new StringBuilder("id,name\n");
        for (int i = 1; i <= 12_000; i++) {
            text.append(i).append(",n").append(i).append('\n');
        }
        assertThat(load("worker", file("many.csv", text.toString()))).isEqualTo(12_000);
        shop.sql("delete from staff.worker");
        refused("worker", "bad.csv", text + "x,last\n", "line 12002", "takes an Int");
        assertThat(shop.rows("select from staff.worker")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`id,name\n1,Ada\n2\n` | line 3 has 1 cells, but the header names 2 columns",
                "`id,name\n1,Ada,x\n` | line 2 has 3 cells",
                "`id,nmae\n1,Ada\n` | did you mean 'name'?",
                "`id\n1\n` | the column 'name' of worker is required",
                "`id,name,id\n1,Ada,1\n` | 'id' is there twice",
                "`id,name\n1,\n` | line 2: name is required, but empty",
                "`id,name\n1,Ada\n1,Bob\n` | line 3: id '1' is there already",
                "`id,name,born\n1,Ada,yesterday\n` | line 2: born takes a Date",
                "`id,name,active\n1,Ada,maybe\n` | line 2: active takes a Boolean",
                "`id,name\n,Ada\n` | line 2: id is empty",
                "`` | the file is empty"
            })
    void aBadRowNamesItsLineAndNothingStays(String text, String message) {
        refused("worker", "worker.csv", text, message);
        assertThat(shop.rows("select from staff.worker")).isEmpty();
    }

    @Test
    void aCellThatIsNeverClosedIsNoEndOfAFile() {
        refused("worker", "open.csv", "id,name\n1,Ada\n2,\"Bob\n3,Cyd\n", "line 3");
        refused("worker", "after.csv", "id,name\n1,\"Ada\"x\n", "closing quote");
        assertThat(shop.rows("select from staff.worker")).isEmpty();
    }

    @Test
    void twoPartnersForOneRecordAreRefusedWithTheirLine() {
        load("worker", file("worker.csv", "id,name\n1,Ada\n2,Bob\n3,Cyd\n"));

        refused(
                "worker_manager",
                "links.csv",
                "manager_id,worker_id\n1,2\n3,2\n",
                "Cannot create multiple links",
                "line 3");
        assertThat(shop.rows("select from link.worker_manager")).isEmpty();
    }

    @Test
    void aLinkToARecordThatIsNotThereIsRefusedWithItsLine() {
        load("worker", file("worker.csv", "id,name\n1,Ada\n2,Bob\n"));
        shop.sql("update staff.worker set deleted_at = now() where id = 2");

        refused("worker_manager", "a.csv", "manager_id,worker_id\n1,1\n1,9\n", "line 3", "worker '9' is not there");
        refused("worker_manager", "b.csv", "manager_id,worker_id\n2,1\n", "line 2", "worker '2' is not there");
        assertThat(shop.rows("select from link.worker_manager")).isEmpty();
    }

    @Test
    void aLoadPublishesItsKeysAfterTheCommit() throws Exception {
        var heard = new java.util.concurrent.LinkedBlockingQueue<io.vertx.core.json.JsonObject>();
        var consumer = shop.vertx()
                .eventBus()
                .consumer(
                        "event.link.worker_manager.created",
                        (io.vertx.core.eventbus.Message<io.vertx.core.json.JsonObject> event) ->
                                heard.add(event.body()));
        load("worker", file("worker.csv", "id,name\n1,Ada\n2,Bob\n3,Cyd\n"));
        load("worker_manager", file("links.csv", "manager_id,worker_id\n1,2\n1,3\n"));

        var event = heard.poll(5, java.util.concurrent.TimeUnit.SECONDS);
        assertThat(event.getJsonArray("ids")).hasSize(2);
        assertThat(event.getJsonArray("keys"))
                .isEqualTo(new JsonArray(
                        "[{\"manager_id\": 1, \"worker_id\": 2}, {\"manager_id\": 1, \"worker_id\": 3}]"));
        assertThat(heard).isEmpty();
        consumer.unregister();
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        refused("worker", "nul.csv", "id,name\n1,a\0b\n", "line 2: name holds the character NUL");
        refused("worker", "worker.xlsx", "x", "must end in .csv or .ndjson");
        refused("worker", "worker.ndjson", "{\"id\": 1, \"name\": \"x\"}\nnope\n", "line 2: not JSON");
        refused(
                "goods",
                "goods.csv",
                "price,group_id\n1,99\n",
                "line 2: group_id '99' refers to a record that is not there");
        Path latin =
                Files.write(folder.resolve("latin.csv"), "id,name\n1,Zo\u00eb\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> load("worker", latin)).hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> load("worker", folder.resolve("none.csv"))).hasMessageContaining("there is no file");
    }
}
