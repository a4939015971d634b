package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.deadline.Deadline;
import io.vinculum.selection.QueryLimits;
import io.vinculum.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that are cut between two levels of an answer, and answers that wait for memory. */
class LostConnectionIT {
    /** Reading it takes two seconds. */
    private static final String SLOW = "create schema slow; create view slow.item as select i::text as id, "
            + "i as thing_id, (select 'x' || i from pg_sleep(2)) as name, now() as created_at, now() as updated_at, "
            + "null::timestamptz as deleted_at from generate_series(1, 1) i";

    @RegisterExtension
    static final TestDatabase slow = TestDatabase.prepared(
            SLOW,
            Catalog.builder()
                    .model(
                            "slow",
                            "Item",
                            item -> item.adopted()
                                    .field("id", "ID!")
                                    .field("thing_id", "Int")
                                    .field("name", "String"))
                    .model("fast", "Thing", thing -> thing.field("id", "Int!"))
                    .link(
                            "ThingItem",
                            link -> link.readOnly("thing_id")
                                    .field("items", "[Item!]!")
                                    .field("thing", "Thing"))
                    .build());

    private static final String THINGS = "{\"entity\": \"thing\", \"fields\": [\"id\", \"items.name\"]}";
    private static final String RUNNING = "from pg_stat_activity where state = 'active' and query like '%\"item\"%' "
            + "and pid <> pg_backend_pid() and datname = current_database()";

    private static Query limited(int rows, long memory) {
        QueryLimits limits =
                new QueryLimits(10, 500, 500, 10_000, rows, 32 << 20, memory, 8 << 20, Duration.ofSeconds(10));
        return new Query(slow.database(), slow.catalog(), limits, slow.modules()::records);
    }

    private static void awaitSlowStatement() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (slow.rows("select 1 " + RUNNING).isEmpty()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    void rowsThatAreReadTwiceBecauseTheConnectionWasCutCountOnce() {
        slow.sql("insert into fast.thing (id) select generate_series(1, 100)");
        Future<JsonObject> answer = limited(101, 64 << 20).graph(new JsonObject(THINGS));
        awaitSlowStatement();

        slow.rows("select pg_terminate_backend(pid) " + RUNNING);

        assertThat(TestDatabase.await(answer).getJsonArray("data")).hasSize(100);
    }

    @Test
    void anExplainedRequestThatWaitsForMemoryEndsWithItsTime() {
        Query query = limited(1_000, MemoryBudget.SMALL);
        Future<JsonObject> holds = query.graph(new JsonObject("{\"entity\": \"item\", \"fields\": [\"name\"]}"));
        JsonObject explained =
                new JsonObject("{\"entity\": \"thing\", \"fields\": [\"id\"], \"explain\": \"analyze\"}");
        long start = System.nanoTime();

        Future<Buffer> waits = query.graphBytes(explained.getMap(), Deadline.after(Duration.ofMillis(100)));

        assertThatThrownBy(() -> TestDatabase.await(waits)).hasMessageContaining("other answers take all the memory");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        TestDatabase.await(holds);
    }
}
