package io.vinculum.command;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vinculum.Settings;
import io.vinculum.catalog.Catalog;
import io.vinculum.declare.GraphFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Which folder declares the graph: the setting {@code graph}. */
@Command
final class GraphOption {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    boolean isSample() {
        return VinculumCommand.settings(command).find(Settings.GRAPH).isEmpty();
    }

    Catalog catalog() {
        return GraphFolder.read(path());
    }

    /** Reads the catalog on a thread of its own. */
    Future<Catalog> reading() {
        Promise<Catalog> read = Promise.promise();
        Thread reader = new Thread(
                () -> {
                    try {
                        read.complete(catalog());
                    } catch (Throwable e) {
                        read.fail(e);
                    }
                },
                "vinculum-declarations");
        reader.setDaemon(true);
        reader.start();
        return read.future();
    }

    private Path path() {
        return VinculumCommand.settings(command).find(Settings.GRAPH).orElseGet(GraphOption::bundled);
    }

    /** The operations of the folder, for people to start from. */
    String examples() {
        Path operations = path().resolve("operations");
        if (!Files.isDirectory(operations)) {
            return "{ __typename }";
        }
        try (Stream<Path> files = Files.list(operations)) {
            List<Path> sorted = files.filter(file -> file.toString().endsWith(".graphql"))
                    .sorted()
                    .toList();
            StringBuilder text = new StringBuilder();
            for (Path file : sorted) {
                text.append(Files.readString(file)).append('\n');
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path bundled() {
        URL url = Objects.requireNonNull(GraphOption.class.getClassLoader().getResource("graphql/modules"));
        try {
            URI uri = url.toURI();
            return uri.getScheme().equals("jar")
                    ? insideJar(uri)
                    : Objects.requireNonNull(Path.of(uri).getParent());
        } catch (URISyntaxException | IOException e) {
            throw new IllegalStateException("the sample shop cannot be read from the class path", e);
        }
    }

    private static Path insideJar(URI uri) throws IOException {
        FileSystem jar;
        try {
            jar = FileSystems.newFileSystem(uri, Map.of());
        } catch (FileSystemAlreadyExistsException e) {
            jar = FileSystems.getFileSystem(uri);
        }
        return jar.getPath("/graphql");
    }
}
