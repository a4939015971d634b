package io.vinculum.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens when PostgreSQL is away, slow, or cuts connections. */
class DatabaseOutageIT {
    private Vertx vertx;
    private String uri;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        uri = TestDatabase.create();
    }

    @AfterEach
    void close() {
        TestDatabase.await(vertx.close());
    }

    private static FailureCode codeOf(Runnable work) {
        try {
            work.run();
        } catch (Failure failure) {
            assertThat(failure.getMessage())
                    .doesNotContainIgnoringCase("select")
                    .doesNotContain("pg_");
            return failure.code();
        }
        throw new AssertionError("it did not fail");
    }

    @Test
    void aDatabaseThatIsNotThereIsUnavailable() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Database nowhere =
                Database.open(vertx, DatabaseSettings.of("postgresql://me:secret@127.0.0.1:" + free + "/shop"));
        Database unknown = Database.open(vertx, DatabaseSettings.of(uri.replaceAll("/[^/]*$", "/no_such_database")));
        Database wrong = Database.open(vertx, DatabaseSettings.of(uri.replaceAll("//[^@]*@", "//vinculum:wrong@")));

        for (Database database : List.of(nowhere, unknown, wrong)) {
            assertThat(codeOf(() -> TestDatabase.await(database.ping()))).isEqualTo(FailureCode.UNAVAILABLE);
        }
        assertThatThrownBy(() -> Database.open(vertx, DatabaseSettings.of("mysql://x")))
                .hasMessageContaining("postgresql://user");
    }

    @Test
    void aStatementThatTakesTooLongIsCancelled() {
        Database database = Database.open(vertx, DatabaseSettings.of(uri).withReadTimeout(Duration.ofMillis(300)));

        assertThat(codeOf(() -> TestDatabase.await(database.read(Statement.of("select pg_sleep(20)")))))
                .isEqualTo(FailureCode.TIMEOUT);
        assertThat(TestDatabase.await(database.read(Statement.of(
                        "select from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'"))))
                .isEmpty();
        TestDatabase.await(database.close());
    }

    @Test
    void readsAreTriedAgainWhenTheirConnectionsAreCut() {
        Database database = Database.open(vertx, DatabaseSettings.of(uri));
        Database killer = Database.open(vertx, DatabaseSettings.of(uri));
        for (int round = 0; round < 50; round++) {
            TestDatabase.await(database.ping());
            TestDatabase.await(killer.read(Statement.of("select pg_terminate_backend(pid) from pg_stat_activity "
                    + "where datname = current_database() and pid <> pg_backend_pid()")));
            assertThat(TestDatabase.await(database.read(Statement.of("select 1"))))
                    .hasSize(1);
            TestDatabase.await(killer.read(Statement.of("select pg_terminate_backend(pid) from pg_stat_activity "
                    + "where datname = current_database() and pid <> pg_backend_pid()")));
            List<io.vertx.sqlclient.Row> rows =
                    TestDatabase.await(database.snapshot(session -> session.run(Statement.of("select 1"))));
            assertThat(rows).hasSize(1);
        }
        TestDatabase.await(killer.close());
        TestDatabase.await(database.close());
    }

    @Test
    void aTransactionThatFailsLeavesNothingAndItsConnectionWorks() {
        Database database = Database.open(
                vertx,
                new DatabaseSettings(uri, 1, 10, Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5)));
        TestDatabase.await(
                database.transaction(session -> session.script("create table public.t (x int primary key)")));
        for (int i = 0; i < 3; i++) {
            assertThat(codeOf(() -> TestDatabase.await(
                            database.transaction(session -> session.script("insert into public.t values (1)")
                                    .compose(done -> session.script("insert into public.t values (1)"))))))
                    .isEqualTo(FailureCode.DUPLICATE);
        }
        assertThat(TestDatabase.await(database.read(Statement.of("select from public.t"))))
                .isEmpty();
        TestDatabase.await(database.close());
    }

    @Test
    void moreWaitingRequestsThanAllowedFailAtOnce() {
        Database database = Database.open(
                vertx,
                new DatabaseSettings(uri, 2, 5, Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5)));
        List<Future<?>> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.add(database.transaction(session -> session.run(Statement.of("select pg_sleep(0.2)"))));
        }
        TestDatabase.await(Future.join(asked).transform(done -> Future.succeededFuture()));

        assertThat(asked.stream().filter(one -> one.succeeded()).count()).isBetween(2L, 10L);
        asked.stream()
                .filter(one -> one.failed())
                .forEach(one -> assertThat(((Failure) one.cause()).code()).isEqualTo(FailureCode.UNAVAILABLE));
        TestDatabase.await(database.close());
    }

    @Test
    void readsThatFindNoPlaceAreNotTriedAgain() {
        Database database = Database.open(
                vertx,
                new DatabaseSettings(uri, 2, 5, Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5)));
        List<Future<?>> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.add(database.read(Statement.of("select pg_sleep(0.1)")));
        }
        TestDatabase.await(Future.join(asked).transform(done -> Future.succeededFuture()));

        // With retries some of the refused would have found a place later.
        assertThat(asked.stream().filter(one -> one.succeeded()).count()).isBetween(2L, 7L);
        TestDatabase.await(database.close());
    }
}
