package io.vinculum.ledger;

import io.vertx.core.Future;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.flow.Workflow;
import java.util.List;

/** Keeps the graphs of workflows, so that runs of an older definition can still be drawn. */
public final class Definitions {
    private static final String KEEP = """
            insert into vinculum.workflow_definition (hash, workflow, graph)
            select hash, workflow, graph::jsonb from unnest($1::text[], $2::text[], $3::text[]) d(hash, workflow, graph)
            on conflict do nothing
            """;

    private final Database database;

    public Definitions(Database database) {
        this.database = database;
    }

    public Future<Void> keep(List<Workflow<?, ?>> workflows) {
        if (workflows.isEmpty()) {
            return Future.succeededFuture();
        }
        Statement statement = Statement.of(
                KEEP,
                workflows.stream().map(Workflow::fingerprint).toArray(String[]::new),
                workflows.stream().map(Workflow::name).toArray(String[]::new),
                workflows.stream().map(workflow -> workflow.graph().encode()).toArray(String[]::new));
        return database.write(statement).mapEmpty();
    }
}
