package io.vinculum.command;

import io.vinculum.Settings;
import io.vinculum.migration.Migration;
import io.vinculum.migration.MigrationOptions;
import io.vinculum.migration.MigrationPlan;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings the database in line with the graph. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Brings the tables in line with the declarations, while others read and write them.",
            "An interrupted migration is resumed by running it again."
        },
        footer = {"", "Example: vinculum migrate --plan --graph ./graphql --database postgresql://me@localhost/shop"})
public final class MigrateCommand implements Callable<Integer> {
    @Mixin
    private GraphOption graph = new GraphOption();

    @Mixin
    private DatabaseOption database = new DatabaseOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Option(
            names = "--plan",
            description = "Print the changes and their SQL, and change nothing; exit 1 if they would be refused.")
    private boolean plan;

    @Option(names = "--allow-destructive", description = "Allow changes that lose data.")
    private boolean allowDestructive;

    @Option(
            names = "--allow-rewrite",
            description = "Allow changes that lock a table while all of its rows are written again, like Int to Long.")
    private boolean allowRewrite;

    @Override
    public Integer call() {
        MigrationOptions options = MigrationOptions.DEFAULT
                .allowingDestructive(allowDestructive)
                .allowingRewrite(allowRewrite)
                .waiting(
                        VinculumCommand.settings(json.command()).get(Settings.LOCK_TIMEOUT),
                        MigrationOptions.DEFAULT.patience());
        MigrationPlan done = database.use(graph, (vertx, opened, catalog) -> {
            Migration migration = new Migration(opened, catalog);
            return plan ? migration.plan(options) : migration.apply(options);
        });
        json.print(Map.of("summary", done.summary(), "sql", done.sql()), () -> print(done, json.out()));
        return plan && done.refused() ? 1 : 0;
    }

    private void print(MigrationPlan done, PrintWriter out) {
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
    }
}
