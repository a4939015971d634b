package io.vinculum.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vinculum.deadline.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/** Where statements run one after the other, within a deadline. */
public final class Session {
    private static final Collector<Row, ?, List<Row>> ROWS = Collectors.toCollection(ArrayList::new);

    private final SqlClient client;
    private final Runnable cancel;
    private final String mark;
    private final Deadline deadline;
    private final Runnable end;
    private final List<Runnable> afterCommit = new ArrayList<>();

    Session(SqlClient client, Runnable cancel, int generation, Deadline deadline) {
        this(client, cancel, generation, deadline, () -> {});
    }

    /**
     * A session whose work may say that no more statements follow.
     *
     * @param end sends the end of the transaction
     */
    Session(SqlClient client, Runnable cancel, int generation, Deadline deadline, Runnable end) {
        this.client = client;
        this.cancel = cancel;
        this.mark = Generation.mark(generation);
        this.deadline = deadline;
        this.end = end;
    }

    /** No more statements come, so the end of a snapshot can be sent right behind those that run. */
    public void complete() {
        end.run();
    }

    /** Cancels in PostgreSQL what runs on this connection; its statements fail. Only for reading work. */
    public void cancel() {
        cancel.run();
    }

    /** Runs something once the transaction is committed, and never when it is not. */
    public void afterCommit(Runnable work) {
        afterCommit.add(work);
    }

    /** The transaction is committed. */
    void committed() {
        afterCommit.forEach(Runnable::run);
    }

    /** Collects the rows as they come; fails with what PostgreSQL said. */
    public <T> Future<T> run(Statement statement, Collector<Row, ?, T> rows) {
        if (deadline.isOver()) {
            return over();
        }
        return prepared(statement).collecting(rows).execute(statement.tuple()).map(result -> result.value());
    }

    private PreparedQuery<RowSet<Row>> prepared(Statement statement) {
        return client.preparedQuery(mark.isEmpty() ? statement.sql() : statement.sql() + mark);
    }

    private <T> Future<T> over() {
        return Future.failedFuture(deadline.ended().orElseThrow());
    }

    /** Answers the rows in order; fails with what PostgreSQL said, which {@link Violation} can read. */
    public Future<List<Row>> run(Statement statement) {
        return run(statement, ROWS);
    }

    /** Answers how many rows a writing statement touched. */
    public Future<Integer> change(Statement statement) {
        return deadline.isOver()
                ? over()
                : prepared(statement).execute(statement.tuple()).map(result -> result.rowCount());
    }

    /** Runs SQL text without parameters; it may hold several statements. */
    public Future<Void> script(String sql) {
        return client.query(sql).execute().mapEmpty();
    }
}
