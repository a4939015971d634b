package io.vinculum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.endpoint.EndpointSettings;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.migration.MigrationOptions;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes that are started and closed while others hold locks. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DrainIT {
    private Vertx vertx;
    private String uri;
    private Database others;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        uri = TestDatabase.create();
        others = Database.open(vertx, DatabaseSettings.of(uri));
    }

    @AfterEach
    void close() {
        TestDatabase.await(others.close());
        TestDatabase.await(vertx.close());
    }

    private VinculumOptions options(String... fields) {
        Catalog catalog = Catalog.builder()
                .model("brand", "Brand", brand -> {
                    brand.field("id", "ID!");
                    for (String field : fields) {
                        brand.field(field, "String");
                    }
                })
                .build();
        return VinculumOptions.of(catalog, DatabaseSettings.of(uri))
                .withBehind(Vinculum.Behind.MIGRATE)
                .withEndpoint(EndpointSettings.of("127.0.0.1", 0, ""));
    }

    /** Holds the table until the promise is completed. */
    private Future<Void> lock(Promise<Void> until) {
        Promise<Void> locked = Promise.promise();
        others.transaction(session -> session.script("lock table brand.brand in access exclusive mode")
                        .onSuccess(done -> locked.complete())
                        .compose(done -> until.future()))
                .onFailure(locked::tryFail);
        return locked.future();
    }

    private void awaitReader() {
        Statement waiting = Statement.of("select count(*) from pg_stat_activity where wait_event_type = 'Lock'");
        while (TestDatabase.await(others.read(waiting)).get(0).getLong(0) == 0) {
            Thread.onSpinWait();
        }
    }

    private static void awaitRefusal(int port) {
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
            } catch (IOException refused) {
                return;
            }
        }
    }

    private static CompletableFuture<HttpResponse<String>> ask(int port) {
        return HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/graphql"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"query\": \"{ brands { id } }\"}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aRequestInFlightIsAnsweredWhileTheNodeCloses() {
        Vinculum node = TestDatabase.await(Vinculum.start(vertx, options()));
        assertThat(ask(node.port()).join().body()).isEqualTo("{\"data\":{\"brands\":[]}}");
        Promise<Void> release = Promise.promise();
        TestDatabase.await(lock(release));
        CompletableFuture<HttpResponse<String>> asked = ask(node.port());
        awaitReader();

        Future<Void> closed = node.close();
        awaitRefusal(node.port());
        assertThat(closed.isComplete()).isFalse();
        assertThat(asked).isNotDone();
        long released = System.nanoTime();
        release.complete();

        assertThat(asked.join().body()).isEqualTo("{\"data\":{\"brands\":[]}}");
        TestDatabase.await(closed);
        // Connections without a request do not hold it up.
        assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aRequestThatTakesLongerThanTheDrainTimeIsCut() {
        Vinculum node = TestDatabase.await(Vinculum.start(vertx, options().withDrain(Duration.ofMillis(100))));
        Promise<Void> release = Promise.promise();
        TestDatabase.await(lock(release));
        CompletableFuture<HttpResponse<String>> asked = ask(node.port());
        awaitReader();

        TestDatabase.await(node.close());
        assertThatThrownBy(asked::join).hasRootCauseInstanceOf(IOException.class);
        release.complete();
    }

    @Test
    void theMigrationOfAStartWaitsForLocksAsLongAsItIsAllowed() {
        TestDatabase.await(TestDatabase.await(Vinculum.start(vertx, options())).close());
        Promise<Void> release = Promise.promise();
        TestDatabase.await(lock(release));
        MigrationOptions brief = MigrationOptions.DEFAULT.waiting(Duration.ofMillis(20), Duration.ofMillis(100));

        assertThatThrownBy(() ->
                        TestDatabase.await(Vinculum.start(vertx, options("name").withMigration(brief))))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(FailureCode.TIMEOUT));
        release.complete();
    }
}
