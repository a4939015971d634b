package io.vinculum.command;

import io.vinculum.catalog.Entity;
import io.vinculum.migration.Purge;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes what was soft-deleted long ago. */
@Command(
        name = "purge",
        mixinStandardHelpOptions = true,
        description = {
            "Removes soft-deleted records and links for good; they cannot be restored afterwards.",
            "A record that a live one of its module needs stays."
        },
        footer = {"", "Example: vinculum purge product --older-than 30d"})
public final class PurgeCommand implements Callable<Integer> {
    @Mixin
    private GraphOption graph = new GraphOption();

    @Mixin
    private DatabaseOption database = new DatabaseOption();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ENTITY",
            description = "A model or a link, like product or product_brand; without it, all of them.")
    private @Nullable String entity;

    @Option(
            names = "--older-than",
            required = true,
            paramLabel = "TIME",
            description = "How long ago it was deleted at least, like 30d, 12h or 0s.")
    private Duration olderThan = Duration.ZERO;

    @Mixin
    private JsonOption json = new JsonOption();

    @Override
    public Integer call() {
        Map<String, Long> removed = database.use(graph, (vertx, opened, catalog) -> {
            Optional<Entity> target = Optional.ofNullable(entity).map(catalog::entity);
            return new Purge(opened, catalog).run(target, olderThan);
        });
        json.print(removed, () -> print(removed, json.out()));
        return 0;
    }

    private static void print(Map<String, Long> removed, PrintWriter out) {
        removed.forEach((name, rows) -> out.println(name + ": " + rows + (rows == 1 ? " row" : " rows")));
        if (removed.isEmpty()) {
            out.println("nothing to remove");
        }
    }
}
