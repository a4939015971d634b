package io.vinculum.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Migrations while others read and write the same tables. */
class LiveMigrationIT {
    private static final int SCALE = Integer.getInteger("generators.scale", 1);
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(500);
    private static final Duration SLACK = Duration.ofSeconds(1);

    private Vertx vertx;
    private Database database;

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        database = Database.open(vertx, DatabaseSettings.of(TestDatabase.create()));
    }

    @AfterEach
    void close() {
        TestDatabase.await(database.close());
        TestDatabase.await(vertx.close());
    }

    private static Catalog before() {
        return Catalog.builder()
                .enumeration("State", "open", "closed")
                .model(
                        "a",
                        "Item",
                        item -> item.field("id", "ID!").field("size", "Int").field("state", "State"))
                .model("b", "Owner", owner -> owner.field("id", "ID!"))
                .build();
    }

    /** A column, a link, indexes, a required column and a renamed value more. */
    private static Catalog after() {
        return Catalog.builder()
                .enumeration("State", "started", "closed")
                .valueWas("State", "started", "open")
                .model(
                        "a",
                        "Item",
                        item -> item.field("id", "ID!")
                                .field("size", "Int!", size -> size.index())
                                .field("state", "State")
                                .field("note", "String", note -> note.index()))
                .model("b", "Owner", owner -> owner.field("id", "ID!"))
                .link("ItemOwner", link -> link.field("items", "[Item!]!").field("owner", "Owner"))
                .build();
    }

    private void fill(int rows) {
        TestDatabase.await(new Migration(database, before()).apply(false));
        sql("insert into a.item (id, size, state) select 'i' || n, n, 'open' from generate_series(1, " + rows + ") n");
    }

    private void sql(String sql) {
        TestDatabase.await(
                database.connection(
                        "test",
                        session -> session.script("set statement_timeout = 0").compose(set -> session.script(sql))),
                600);
    }

    private long count(String query) {
        return TestDatabase.await(database.read(Statement.of("select count(*) from " + query)))
                .get(0)
                .getLong(0);
    }

    /** Writes one row after the other until it is told to stop, and keeps the longest wait. */
    private final class Writer {
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicLong longest = new AtomicLong();
        private final AtomicInteger written = new AtomicInteger();

        Future<Void> run(int number) {
            Promise<Void> ended = Promise.promise();
            next(number, ended);
            return ended.future();
        }

        private void next(int number, Promise<Void> ended) {
            if (stop.get()) {
                ended.complete();
            } else {
                write(number).onSuccess(done -> next(number + 1, ended)).onFailure(ended::fail);
            }
        }

        private Future<Void> write(int number) {
            long began = System.nanoTime();
            return database.write(
                            Statement.of("update a.item set size = size + 1 where id = $1", "i" + (number % 1000 + 1)))
                    .onSuccess(done -> {
                        written.incrementAndGet();
                        longest.accumulateAndGet(System.nanoTime() - began, Math::max);
                    })
                    .compose(done -> database.pause(Duration.ofMillis(5)));
        }
    }

    @Test
    @Tag("generator")
    void noWriterWaitsLongerThanTheLockTimeoutWhileAReaderHoldsTheTable() {
        int rows = SCALE == 1 ? 50_000 : 2_000_000;
        Duration held = Duration.ofSeconds(SCALE == 1 ? 3 : 60);
        fill(rows);
        Writer writer = new Writer();
        Future<Void> writing = writer.run(0);
        Future<Void> reading = database.connection(
                "a long report",
                session -> session.script(
                                "set idle_in_transaction_session_timeout = 0; begin; select count(*) from a.item")
                        .compose(read -> database.pause(held))
                        .compose(waited -> session.script("commit")));
        MigrationOptions options = MigrationOptions.DEFAULT.waiting(LOCK_TIMEOUT, Duration.ofMinutes(10));

        MigrationPlan done = TestDatabase.await(new Migration(database, after()).apply(options), 600);
        writer.stop.set(true);
        TestDatabase.await(Future.all(writing, reading), 120);

        assertThat(done.sql()).contains("create index concurrently", "not valid", "validate constraint");
        assertThat(Duration.ofNanos(writer.longest.get())).isLessThan(LOCK_TIMEOUT.plus(SLACK));
        assertThat(writer.written.get()).isGreaterThan(100);
        assertThat(count("a.item where state = 'open'")).isZero();
        assertThat(TestDatabase.await(new Migration(database, after()).plan()).isEmpty())
                .isTrue();
    }

    @Test
    void whoHoldsALockForTooLongIsNamed() {
        fill(10);
        MigrationOptions options = MigrationOptions.DEFAULT.waiting(Duration.ofMillis(50), Duration.ofMillis(300));
        TestDatabase.await(database.connection(
                "a long report",
                session -> session.script("begin; select count(*) from a.item")
                        .compose(read -> new Migration(database, after()).apply(options))
                        .transform(failed -> {
                            assertThat(failed.cause())
                                    .hasMessageContaining("a lock on")
                                    .hasMessageContaining("a.item")
                                    .hasMessageContaining("'a long report'");
                            assertThat(failed.cause().getMessage()).doesNotContain("select count");
                            return session.script("rollback");
                        })));
        assertThat(count("pg_namespace where nspname = 'link'")).isZero();
    }

    @Test
    void aHalfBuiltIndexIsFoundAndMadeAgain() {
        fill(20_000);
        sql("update a.item set size = 1 where id in ('i1', 'i2')");
        Catalog unique = Catalog.builder()
                .enumeration("State", "open", "closed")
                .model(
                        "a",
                        "Item",
                        item -> item.field("id", "ID!")
                                .field("size", "Int", size -> size.unique())
                                .field("state", "State"))
                .model("b", "Owner", owner -> owner.field("id", "ID!"))
                .build();
        assertThatThrownBy(() ->
                        sql("create unique index concurrently item_size_key on a.item (size) where deleted_at is null"))
                .isNotNull();
        assertThat(count("pg_index where not indisvalid")).isEqualTo(1);

        MigrationPlan refused = TestDatabase.await(new Migration(database, unique).plan());
        assertThat(refused.refusals()).anyMatch(why -> why.contains("the rows with size '1' do not admit it"));
        sql("update a.item set size = 100000 where id = 'i1'");
        assertThat(TestDatabase.await(new Migration(database, unique).apply(false))
                        .summary())
                .contains("a half-built one is dropped first");
        assertThat(count("pg_index where not indisvalid")).isZero();
        assertThat(TestDatabase.await(new Migration(database, unique).plan()).isEmpty())
                .isTrue();
    }

    @Test
    void aReaderSeesNoErrorWhenTheTypeOfItsColumnChanges() {
        fill(10);
        Statement read = Statement.of("select id, size from a.item order by id");
        for (int i = 0; i < 40; i++) {
            TestDatabase.await(database.read(read));
        }
        Catalog wider = Catalog.builder()
                .enumeration("State", "open", "closed")
                .model(
                        "a",
                        "Item",
                        item -> item.field("id", "ID!").field("size", "Long").field("state", "State"))
                .model("b", "Owner", owner -> owner.field("id", "ID!"))
                .build();
        TestDatabase.await(new Migration(database, wider).apply(MigrationOptions.DEFAULT.allowingRewrite(true)));

        List<Future<?>> reads = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            reads.add(database.read(read));
            reads.add(database.snapshot(session -> session.run(read)));
            reads.add(database.transaction(
                    (Session session) -> session.run(Statement.of("update a.item set size = size returning size"))));
        }
        TestDatabase.await(Future.all(reads));
        assertThat(reads).hasSize(192);
    }
}
