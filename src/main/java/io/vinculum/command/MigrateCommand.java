package io.vinculum.command;

import io.vinculum.catalog.Catalog;
import io.vinculum.migration.Migration;
import io.vinculum.migration.MigrationPlan;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings the database in line with the graph. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = "Brings the tables in line with the declarations, all or nothing.",
        footer = {"", "Example: vinculum migrate --plan --graph ./graphql --database postgresql://me@localhost/shop"})
public final class MigrateCommand implements Callable<Integer> {
    @Mixin
    private GraphOption graph = new GraphOption();

    @Mixin
    private DatabaseOption database = new DatabaseOption();

    @Option(names = "--plan", description = "Print the changes and their SQL, and change nothing.")
    private boolean plan;

    @Option(names = "--allow-destructive", description = "Allow changes that lose data.")
    private boolean allowDestructive;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        Catalog catalog = graph.catalog();
        MigrationPlan done = database.use((vertx, opened) -> {
            Migration migration = new Migration(opened, catalog);
            return plan ? migration.plan() : migration.apply(allowDestructive);
        });
        PrintWriter out = spec.commandLine().getOut();
        if (done.isEmpty()) {
            out.println("the database is in line, nothing to do");
        } else if (plan) {
            out.print(done.summary());
            out.println();
            out.print(done.sql());
        } else {
            out.print(done.summary());
        }
        out.flush();
        return plan && !done.refusals().isEmpty() ? 1 : 0;
    }
}
