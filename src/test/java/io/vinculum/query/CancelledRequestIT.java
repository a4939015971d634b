package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.deadline.Deadline;
import io.vinculum.testing.HttpServer;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A request whose time is over, or whose caller is gone, runs on nowhere: not in PostgreSQL either. */
class CancelledRequestIT {
    /** Reading one row of it takes four seconds. */
    private static final String SLOW = "create schema slow; create view slow.item as select i::text as id, "
            + "(select 'x' || i from pg_sleep(4)) as name, now() as created_at, now() as updated_at, "
            + "null::timestamptz as deleted_at from generate_series(1, 3) i";

    @RegisterExtension
    static final TestDatabase slow = TestDatabase.prepared(
            SLOW,
            Catalog.builder()
                    .model(
                            "slow",
                            "Item",
                            item -> item.adopted().field("id", "ID!").field("name", "String"))
                    .model("fast", "Thing", thing -> thing.field("id", "Int!"))
                    .build());

    private static final HttpServer HTTP = HttpServer.on(slow);
    private static final String REQUEST = "{\"entity\": \"item\", \"fields\": [\"name\"]}";

    private static Future<Buffer> ask(Deadline deadline) {
        return slow.query().graphBytes(Map.of("entity", "item", "fields", java.util.List.of("name")), deadline);
    }

    private static boolean runs() {
        return slow.rows("select count(*) from pg_stat_activity where state = 'active' and query like '%\"item\"%' "
                                + "and pid <> pg_backend_pid() and datname = current_database()")
                        .get(0)
                        .getLong(0)
                > 0;
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    void whatACallerWhoLeavesHasAskedForIsCancelled() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(10));
        Future<Buffer> answer = ask(deadline);
        await(CancelledRequestIT::runs);

        deadline.abandon();

        assertThatThrownBy(() -> TestDatabase.await(answer)).hasMessageContaining("went away");
        await(() -> !runs());
    }

    @Test
    void aRequestEndsWithItsTimeAndItsStatementToo() {
        Future<Buffer> answer = ask(Deadline.after(Duration.ofMillis(200)));

        assertThatThrownBy(() -> TestDatabase.await(answer, 3)).hasMessageContaining("not answered within 200 ms");
        await(() -> !runs());
    }

    @Test
    void theHeaderOfABusRequestShortensItsTime() {
        DeliveryOptions options = new DeliveryOptions().addHeader("deadline", "200");

        assertThatThrownBy(() -> TestDatabase.await(
                        slow.vertx().eventBus().request("query.graph", new JsonObject(REQUEST), options), 3))
                .hasMessageContaining("TIMEOUT");
        await(() -> !runs());
    }

    @Test
    void anHttpClientThatDisconnectsLeavesNothingBehind() throws IOException {
        String body = "{\"query\": \"{ items { name } }\"}";
        try (Socket client =
                new Socket(InetAddress.getLoopbackAddress(), HTTP.uri("/").getPort())) {
            client.getOutputStream()
                    .write(("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();
            await(CancelledRequestIT::runs);
        }
        await(() -> !runs());
    }

    @Test
    void othersAreNeverHitByACancel() {
        for (int i = 0; i < 30; i++) {
            Deadline deadline = Deadline.after(Duration.ofSeconds(10));
            Future<Buffer> doomed = ask(deadline);
            slow.vertx().runOnContext(now -> deadline.abandon());
            for (int j = 0; j < 10; j++) {
                assertThat(slow.data("{\"entity\": \"thing\", \"fields\": [\"id\"]}"))
                        .isEmpty();
            }
            assertThatThrownBy(() -> TestDatabase.await(doomed)).hasMessageContaining("went away");
        }
    }
}
