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

    Session(SqlClient client) {
        this.client = client;
    }

    /** Answers the rows in order; fails with what PostgreSQL said, which {@link Violation} can read. */
    public Future<List<Row>> run(Statement statement) {
        return client.preparedQuery(statement.sql())
                .collecting(ROWS)
                .execute(statement.tuple())
                .map(result -> result.value());
    }

    /** Answers how many rows a writing statement touched. */
    public Future<Integer> change(Statement statement) {
        return client.preparedQuery(statement.sql()).execute(statement.tuple()).map(result -> result.rowCount());
    }

    /** Runs SQL text without parameters; it may hold several statements. */
    public Future<Void> script(String sql) {
        return client.query(sql).execute().mapEmpty();
    }
}
