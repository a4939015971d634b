package io.vinculum.command;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a folder to begin with. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = "Makes a folder with a module, a link and an operation to begin with.",
        footer = {"", "Example: vinculum init ./graphql && vinculum serve --graph ./graphql"})
public final class InitCommand implements Callable<Integer> {
    /** Where each file of the new folder is on the class path. */
    private static final Map<String, String> FILES = Map.of(
            "vinculum.graphqls", "graphql/vinculum.graphqls",
            "modules/library.graphqls", "init/modules/library.graphqls",
            "links/book_author.graphqls", "init/links/book_author.graphqls",
            "operations/books.graphql", "init/operations/books.graphql");

    @Parameters(index = "0", paramLabel = "DIR", description = "A folder that is empty or not there yet.")
    private Path folder = Path.of("");

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(folder) && !isEmpty(folder)) {
            throw Failure.invalid(folder + " is not empty; 'init' takes a folder that is empty or not there yet");
        }
        List<String> names = FILES.keySet().stream().sorted().toList();
        for (String name : names) {
            write(folder.resolve(name), Objects.requireNonNull(FILES.get(name)));
        }
        json.print(
                new JsonObject().put("folder", folder.toString()).put("files", new JsonArray(names)),
                () -> describe(names));
        return 0;
    }

    private void describe(List<String> names) {
        PrintWriter out = spec.commandLine().getOut();
        names.forEach(name -> out.println(folder.resolve(name)));
        out.println("Serve it: vinculum serve --graph " + folder);
    }

    private static boolean isEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void write(Path file, String resource) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        try (InputStream in =
                Objects.requireNonNull(InitCommand.class.getClassLoader().getResourceAsStream(resource))) {
            Files.copy(in, file);
        }
    }
}
