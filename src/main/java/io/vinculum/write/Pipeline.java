package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.ArrayList;
import java.util.List;

/** Statements sent at once, which PostgreSQL runs one after the other. */
final class Pipeline {
    private Pipeline() {}

    /** Answers what each answered, in order; fails with the first failure, of which the later ones are only an echo. */
    static Future<List<List<Row>>> run(Session session, List<Statement> statements) {
        List<Future<List<Row>>> sent = new ArrayList<>(statements.size());
        statements.forEach(statement -> sent.add(session.run(statement)));
        Future<List<List<Row>>> all = Future.succeededFuture(new ArrayList<>());
        for (Future<List<Row>> one : sent) {
            all = all.compose(rows -> one.map(more -> {
                rows.add(more);
                return rows;
            }));
        }
        return all;
    }

    /** The same for a last statement whose answer counts. */
    static Future<List<Row>> last(Session session, List<Statement> statements) {
        return run(session, statements).map(answers -> answers.get(answers.size() - 1));
    }

    static Failure conflict() {
        return new Failure(FailureCode.CONFLICT, "the change met another one at the same moment; try again");
    }
}
