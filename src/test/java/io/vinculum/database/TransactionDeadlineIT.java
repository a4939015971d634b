package io.vinculum.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vinculum.database.Database.Commit;
import io.vinculum.deadline.Deadline;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A transaction whose deadline ends before its commit is sent writes nothing and holds nothing. */
class TransactionDeadlineIT {
    private static final Statement INSERT = Statement.of("insert into public.t values (1)");
    private static final String SLEEPING =
            "from pg_stat_activity where state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()";

    private Vertx vertx;
    private Database database;
    private Database other;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        String uri = TestDatabase.create();
        // One connection: each test shows that it comes back usable.
        database = Database.open(
                vertx,
                new DatabaseSettings(uri, 1, 10, Duration.ofSeconds(2), Duration.ofSeconds(9), Duration.ofSeconds(9)));
        other = Database.open(vertx, DatabaseSettings.of(uri));
        TestDatabase.await(database.transaction(session -> session.script("create table public.t (x int)")));
    }

    @AfterEach
    void close() {
        TestDatabase.await(database.close());
        TestDatabase.await(other.close());
        TestDatabase.await(vertx.close());
    }

    private Future<?> slow(Deadline deadline, Commit commit) {
        return database.transaction(
                session -> {
                    Future<Integer> inserted = session.change(INSERT);
                    return session.run(Statement.of("select pg_sleep(8)")).compose(slept -> inserted);
                },
                commit,
                deadline,
                Future::failedFuture);
    }

    private void awaitSleep() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (TestDatabase.await(other.read(Statement.of("select 1 " + SLEEPING)))
                .isEmpty()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private void assertNothingWritten() {
        assertThat(TestDatabase.await(database.read(Statement.of("select from public.t")), 5))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void itIsRolledBackWhenItsTimeIsOver(Commit commit) {
        Future<?> written = slow(Deadline.after(Duration.ofMillis(200)), commit);

        assertThatThrownBy(() -> TestDatabase.await(written, 5))
                .hasMessageContaining("took longer than it may, and nothing was written")
                .extracting(cause -> ((Failure) cause).code())
                .isEqualTo(FailureCode.TIMEOUT);
        assertNothingWritten();
    }

    @Test
    void itIsRolledBackWhenItsCallerGoesAway() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(60));
        Future<?> written = slow(deadline, Commit.AWAITED);
        awaitSleep();

        deadline.abandon();

        assertThatThrownBy(() -> TestDatabase.await(written, 5)).hasMessageContaining("nothing was written");
        assertNothingWritten();
    }

    @Test
    void itIsRolledBackWhenItEndsBetweenTwoStatements() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(60));
        Future<?> written = database.transaction(
                session -> session.change(INSERT).map(done -> {
                    deadline.abandon();
                    return done;
                }),
                Commit.AWAITED,
                deadline,
                Future::failedFuture);

        assertThatThrownBy(() -> TestDatabase.await(written, 5)).hasMessageContaining("nothing was written");
        assertNothingWritten();
    }

    @Test
    void itDoesNotWaitForAConnectionLongerThanItMay() {
        Future<?> holds = slow(Deadline.after(Duration.ofSeconds(2)), Commit.AWAITED);
        long start = System.nanoTime();

        Future<Integer> waits = database.transaction(
                session -> session.change(INSERT),
                Commit.AWAITED,
                Deadline.after(Duration.ofMillis(200)),
                Future::failedFuture);

        assertThatThrownBy(() -> TestDatabase.await(waits, 5)).hasMessageContaining("nothing was written");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1_500));
        assertThatThrownBy(() -> TestDatabase.await(holds, 5)).hasMessageContaining("nothing was written");
        assertNothingWritten();
    }
}
