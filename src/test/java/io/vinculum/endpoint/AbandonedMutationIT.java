package io.vinculum.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vinculum.catalog.Catalog;
import io.vinculum.testing.HttpServer;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A mutation whose client disconnects before its commit is sent is rolled back, and waits for no lock any more. */
class AbandonedMutationIT {
    @RegisterExtension
    static final TestDatabase shop = TestDatabase.with(Catalog.builder()
            .model("brand", "Brand", brand -> brand.field("id", "ID!").field("name", "String"))
            .build());

    private static final HttpServer HTTP = HttpServer.on(shop);
    private static final String BODY = "{\"query\": \"mutation { deleteBrands(ids: [\\\"b1\\\"]) }\"}";

    private static boolean waits() {
        return !shop.rows("select from pg_stat_activity where wait_event_type = 'Lock' "
                        + "and datname = current_database()")
                .isEmpty();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    void aRemovalThatWaitsForALockEndsWithItsClient() throws IOException {
        shop.sql("insert into brand.brand (id) values ('b1')");
        Promise<Void> release = Promise.promise();
        Promise<Void> held = Promise.promise();
        Future<Void> locked = shop.database()
                .transaction(session -> session.script("select from brand.brand for update")
                        .onComplete(held)
                        .compose(done -> release.future()));
        TestDatabase.await(held.future());
        try (Socket client =
                new Socket(InetAddress.getLoopbackAddress(), HTTP.uri("/").getPort())) {
            client.getOutputStream()
                    .write(("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                                    + BODY.length() + "\r\n\r\n" + BODY)
                            .getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();
            await(AbandonedMutationIT::waits);
        }

        await(() -> !waits());

        release.complete();
        TestDatabase.await(locked);
        assertThat(shop.rows("select from brand.brand where deleted_at is null"))
                .hasSize(1);
    }
}
