package io.vinculum.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/** Where statements run one after the other: a connection inside a transaction, or the pool itself. */
public final class Session {
    private static final Collector<Row, ?, List<Row>> ROWS = Collectors.toCollection(ArrayList::new);

    private final SqlClient client;
    private final Runnable cancel;
    private final String mark;

    /** A statement of a later generation has another text, so no connection has a plan of it. */
    Session(SqlClient client, Runnable cancel, int generation) {
        this.client = client;
        this.cancel = cancel;
        this.mark = generation == 0 ? "" : " /* " + generation + " */";
    }

    /** Cancels in PostgreSQL what runs on this connection; its statements fail. Only for reading work. */
    public void cancel() {
        cancel.run();
    }

    /** Collects the rows as they come; fails with what PostgreSQL said. */
    public <T> Future<T> run(Statement statement, Collector<Row, ?, T> rows) {
        return client.preparedQuery(statement.sql() + mark)
                .collecting(rows)
                .execute(statement.tuple())
                .map(result -> result.value());
    }

    /** Answers the rows in order; fails with what PostgreSQL said, which {@link Violation} can read. */
    public Future<List<Row>> run(Statement statement) {
        return run(statement, ROWS);
    }

    /** Answers how many rows a writing statement touched. */
    public Future<Integer> change(Statement statement) {
        return client.preparedQuery(statement.sql() + mark)
                .execute(statement.tuple())
                .map(result -> result.rowCount());
    }

    /** Runs SQL text without parameters; it may hold several statements. */
    public Future<Void> script(String sql) {
        return client.query(sql).execute().mapEmpty();
    }
}
