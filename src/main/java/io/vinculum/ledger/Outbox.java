package io.vinculum.ledger;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.flow.Codec;
import io.vinculum.run.Ending;
import io.vinculum.run.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Publishes the events of runs that ended well, then deletes them; those left over are published again. */
public final class Outbox {
    private static final long RETRY_MILLIS = 1_000;
    private static final int PAGE = 500;

    private final Vertx vertx;
    private final Context context;
    private final EventBus bus;
    private final Database database;
    private final List<String> published = new ArrayList<>();
    private boolean deleting;

    public Outbox(Vertx vertx, Context context, Database database) {
        this.vertx = vertx;
        this.context = context;
        this.bus = vertx.eventBus();
        this.database = database;
    }

    /** Publishes the events of a run that has just ended well; call it on the event loop. */
    public void publish(Run run) {
        List<Ending.Event> events = run.ending().events();
        events.forEach(event -> publish(event.address(), event.payload()));
        if (!events.isEmpty() && run.isDurable()) {
            published.add(run.id());
            deletePublished();
        }
    }

    private void publish(String address, @Nullable String payload) {
        bus.publish(address, Codec.parse(payload));
    }

    /** In batches: while one statement is in flight, the next runs queue up. */
    private void deletePublished() {
        if (deleting || published.isEmpty()) {
            return;
        }
        deleting = true;
        List<String> runs = List.copyOf(published);
        published.clear();
        delete(runs)
                .recover(cause -> {
                    published.addAll(runs);
                    return vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS).mapEmpty();
                })
                .onComplete(done -> context.runOnContext(now -> {
                    deleting = false;
                    deletePublished();
                }));
    }

    private Future<Void> delete(List<String> runs) {
        return database.write(Statement.of("delete from vinculum.workflow_outbox where run = any($1)", (Object)
                        runs.toArray(String[]::new)))
                .mapEmpty();
    }

    private Future<Void> deleteRows(List<Row> rows) {
        return database.write(Statement.of(
                        "delete from vinculum.workflow_outbox o using unnest($1::text[], $2::int4[]) p(run, number)"
                                + " where o.run = p.run and o.number = p.number",
                        rows.stream().map(row -> row.getString(0)).toArray(String[]::new),
                        rows.stream().map(row -> row.getInteger(3)).toArray(Integer[]::new)))
                .mapEmpty();
    }

    /** Publishes the events that earlier owners of some shards have left over. */
    public Future<Void> publishLeftOver(List<Integer> shards) {
        Statement left = Statement.of(
                "select run, address, payload::text, number from vinculum.workflow_outbox where shard = any($1)"
                        + " order by run, number limit $2",
                shards.toArray(Integer[]::new),
                (long) PAGE);
        return database.read(left).compose(rows -> {
            rows.forEach(row -> publish(row.getString(1), row.getString(2)));
            return rows.isEmpty()
                    ? Future.succeededFuture()
                    : deleteRows(rows)
                            .compose(done -> rows.size() < PAGE ? Future.succeededFuture() : publishLeftOver(shards));
        });
    }
}
