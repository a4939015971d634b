package io.vinculum.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vinculum.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One answer is one state of the database, though several statements read it. */
class SnapshotIT {
    private static final int READS = 300;

    @RegisterExtension
    static final TestDatabase shop = TestDatabase.sample();

    @Test
    void statementsOfOneAnswerNeverSeeAWriteBetweenThem() {
        shop.create("product", "product", "[{\"id\": \"p1\", \"title\": \"0\", \"handle\": \"lamp\", \"price\": 1}]");
        shop.create(
                "product",
                "product_variant",
                "[{\"id\": \"v1\", \"product_id\": \"p1\", \"sku\": \"1\", \"title\": \"0\"}]");
        shop.create("review", "review", "[{\"id\": \"r1\", \"title\": \"0\", \"rating\": 1, \"author\": \"A\"}]");
        shop.link("[{\"review\": {\"review_id\": \"r1\"}, \"product\": {\"product_id\": \"p1\"}}]");
        AtomicBoolean writing = new AtomicBoolean(true);
        Future<Void> writer = write(writing, 1);

        JsonObject request = new JsonObject(
                "{\"entity\": \"product\", \"fields\": [\"title\", \"variants.title\", \"reviews.title\"], \"pagination\": {\"skip\": 0}}");
        List<String> mixed = new ArrayList<>();
        String last = "";
        int states = 0;
        for (int i = 0; i < READS; i++) {
            JsonObject row = TestDatabase.await(shop.query().graph(request))
                    .getJsonArray("data")
                    .getJsonObject(0);
            String title = row.getString("title");
            boolean same = row.encode()
                    .equals(String.format(
                            "{\"title\":\"%s\",\"variants\":[{\"title\":\"%s\"}],\"reviews\":[{\"title\":\"%s\"}]}",
                            title, title, title));
            if (!same) {
                mixed.add(row.encode());
            }
            states += title.equals(last) ? 0 : 1;
            last = title;
        }
        writing.set(false);
        TestDatabase.await(writer);

        assertThat(mixed).isEmpty();
        assertThat(states).as("the writer has to have written meanwhile").isGreaterThan(10);
    }

    private static Future<Void> write(AtomicBoolean writing, int number) {
        String all = String.format(
                "update product.product set title = '%1$d'; update product.product_variant set title = '%1$d'; update review.review set title = '%1$d'",
                number);
        return shop.database()
                .transaction(session -> session.script(all))
                .compose(done -> writing.get() ? write(writing, number + 1) : Future.succeededFuture());
    }
}
