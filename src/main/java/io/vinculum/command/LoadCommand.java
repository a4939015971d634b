package io.vinculum.command;

import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Entity;
import io.vinculum.load.Loader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Loads a file. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = {
            "Loads a CSV or NDJSON file into a model or a link, all of it or nothing.",
            "The header names fields and key columns; an empty cell is null, \"\" an empty string."
        },
        footer = {"", "Example: vinculum load product products.csv", "         vinculum load product_brand links.csv"})
public final class LoadCommand implements Callable<Integer> {
    private static final int BAR = 30;

    @Mixin
    private GraphOption graph = new GraphOption();

    @Mixin
    private DatabaseOption database = new DatabaseOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(index = "0", paramLabel = "ENTITY", description = "A model or a link, like product or product_brand.")
    private String entity = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "Ends in .csv or .ndjson.")
    private Path file = Path.of("");

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        Entity target = graph.catalog().entity(entity);
        PrintWriter err = spec.commandLine().getErr();
        boolean seen = onTerminal();
        Loader.Progress progress = seen ? (rows, bytes, all) -> draw(err, rows, bytes, all) : (rows, bytes, all) -> {};
        long rows = database.use(
                (vertx, opened) -> new Loader(vertx, opened, target, progress, Optional.empty()).load(file));
        if (seen) {
            err.println();
        }
        json.print(
                new JsonObject().put("entity", target.name()).put("rows", rows),
                () -> spec.commandLine()
                        .getOut()
                        .println(rows + (rows == 1 ? " row" : " rows") + " loaded into " + target.name()));
        return 0;
    }

    /** Whether standard error is a terminal; the JDK's own answer differs between its versions. */
    private static boolean onTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static void draw(PrintWriter err, long rows, long bytes, long all) {
        int done = all == 0 ? BAR : (int) Math.min(BAR, bytes * BAR / all);
        err.printf("\r[%s%s] %3d%% %,d rows", "=".repeat(done), " ".repeat(BAR - done), done * 100 / BAR, rows);
        err.flush();
    }
}
