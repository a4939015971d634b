package io.vinculum.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where statements run one after the other: a connection inside a transaction, or the pool itself. */
public final class Session {
    private static final Collector<Row, ?, List<Row>> ROWS = Collectors.toCollection(ArrayList::new);

    private final SqlClient client;
    private final Runnable cancel;
    private final String mark;
    private final @Nullable TransactionTimer timer;

    /** A statement of a later generation has another text, so no connection has a plan of it. */
    Session(SqlClient client, Runnable cancel, int generation, @Nullable TransactionTimer timer) {
        this.client = client;
        this.cancel = cancel;
        this.mark = generation == 0 ? "" : " /* " + generation + " */";
        this.timer = timer;
    }

    /** Cancels in PostgreSQL what runs on this connection; its statements fail. Only for reading work. */
    public void cancel() {
        cancel.run();
    }

    /** Collects the rows as they come; fails with what PostgreSQL said. */
    public <T> Future<T> run(Statement statement, Collector<Row, ?, T> rows) {
        if (over()) {
            return Future.failedFuture(TransactionTimer.failure());
        }
        return client.preparedQuery(statement.sql() + mark)
                .collecting(rows)
                .execute(statement.tuple())
                .map(result -> result.value());
    }

    /** Ends each statement when the transaction's time is over; answers whether it is over already. */
    private boolean over() {
        if (timer == null || !timer.limited()) {
            return false;
        }
        String refresh = timer.refresh();
        if (refresh != null && !timer.over()) {
            // Not awaited: it goes before the statement on the same wire, and fails only with the whole transaction.
            client.query(refresh).execute();
        }
        return timer.over();
    }

    /** Answers the rows in order; fails with what PostgreSQL said, which {@link Violation} can read. */
    public Future<List<Row>> run(Statement statement) {
        return run(statement, ROWS);
    }

    /** Answers how many rows a writing statement touched. */
    public Future<Integer> change(Statement statement) {
        if (over()) {
            return Future.failedFuture(TransactionTimer.failure());
        }
        return client.preparedQuery(statement.sql() + mark)
                .execute(statement.tuple())
                .map(result -> result.rowCount());
    }

    /** Runs SQL text without parameters; it may hold several statements. */
    public Future<Void> script(String sql) {
        return client.query(sql).execute().mapEmpty();
    }
}
