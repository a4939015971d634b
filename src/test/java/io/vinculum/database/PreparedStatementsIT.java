package io.vinculum.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vinculum.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A backend keeps what comes again, never what comes once or is large: each prepared statement costs it memory. */
class PreparedStatementsIT {
    private static Vertx vertx;
    private static Database database;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
        database =
                Database.open(vertx, DatabaseSettings.of(TestDatabase.create()).withConnections(1));
    }

    @AfterAll
    static void close() {
        TestDatabase.await(database.close());
        TestDatabase.await(vertx.close());
    }

    private static void run(String sql) {
        TestDatabase.await(database.read(Statement.of(sql)));
    }

    private static long prepared(String part) {
        return TestDatabase.await(database.read(Statement.of(
                        "select count(*) from pg_prepared_statements where statement like $1", "%" + part + "%")))
                .get(0)
                .getLong(0);
    }

    @Test
    void aStatementIsPreparedWhenItComesAgain() {
        run("select 'once'");
        assertThat(prepared("'once'")).isZero();

        run("select 'once'");
        assertThat(prepared("'once'")).isEqualTo(1);
    }

    @Test
    void aLargeStatementIsNeverPrepared() {
        String large = "select 'large' where " + "1 = 1 or ".repeat(1_000) + "true";
        for (int i = 0; i < 3; i++) {
            run(large);
        }

        assertThat(prepared("'large'")).isZero();
    }

    @Test
    void thousandsOfShapesAreNotKept() {
        for (int i = 0; i < 1_500; i++) {
            run("select 'shape' as s" + i);
            run("select 'shape' as s" + i);
        }

        assertThat(prepared("'shape'")).isBetween(1L, 512L);
    }
}
