package io.vinculum.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** The packaged server in a process of its own, on a new database of music. */
final class PressureServer implements AutoCloseable {
    private static final Path JAR = Path.of("target", "vinculum.jar");
    private static final String MODELS = """
            type Genre { id: ID!  name: String!  tracks: [Track!]! @relation(mappedBy: "genre") }
            type Track { id: ID!  title: String!  genre: Genre! }
            """;

    private final Process process;
    private final URI uri;
    private final Path folder;

    private PressureServer(Process process, URI uri, Path folder) {
        this.process = process;
        this.uri = uri;
        this.folder = folder;
    }

    static PressureServer start(Path folder, List<String> jvmOptions) throws IOException {
        delete(folder);
        Path graph = Files.createDirectories(folder.resolve("graph").resolve("modules"));
        Files.createDirectories(folder.resolve("graph").resolve("links"));
        Files.writeString(graph.resolve("music.graphqls"), MODELS);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of(
                "-jar",
                JAR.toString(),
                "serve",
                "--port=0",
                "--graph=" + folder.resolve("graph"),
                "--data=" + folder.resolve("data")));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("log.txt").toFile())
                .start();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains("/graphql")) {
                URI graphql = URI.create(line.strip().split("\\s+", -1)[1]);
                return new PressureServer(process, graphql.resolve("/"), folder);
            }
        }
        throw new IllegalStateException(Files.readString(folder.resolve("log.txt")));
    }

    URI uri() {
        return uri;
    }

    long pid() {
        return process.pid();
    }

    long residentMegabytes() {
        return ProcessorTime.residentMegabytes(process.pid());
    }

    /** Of the processes of its PostgreSQL; memory that they share counts for each. */
    long largestBackendMegabytes() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            Path file = files.filter(found -> found.endsWith("postmaster.pid"))
                    .findFirst()
                    .orElseThrow();
            long postmaster = Long.parseLong(Files.readAllLines(file).get(0));
            return ProcessHandle.of(postmaster).stream()
                    .flatMap(ProcessHandle::children)
                    .mapToLong(child -> ProcessorTime.residentMegabytes(child.pid()))
                    .max()
                    .orElseThrow();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.onExit().get();
            delete(folder);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
