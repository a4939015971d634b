package io.vinculum.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vinculum.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server in processes of its own, as a shell starts and stops it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServeIT {
    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();

    /** A server that is ready, with what it wrote to standard error. */
    private record Server(Process process, URI graphql, Path errors) {}

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    private Server serve(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Its log is a part of what is tested.
                "-Dorg.slf4j.simpleLogger.logFile=System.err",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                "serve",
                "--port",
                "0"));
        command.addAll(List.of(arguments));
        Path errors = folder.resolve("errors-" + started.size());
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(errors.toFile())
                .start();
        started.add(process);
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("GraphQL ")) {
                return new Server(process, URI.create(line.replaceFirst(".*GraphQL *", "")), errors);
            }
        }
        throw new AssertionError("it did not start: " + Files.readString(errors));
    }

    private static JsonObject ask(Server server, String query) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.graphql())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        new JsonObject().put("query", query).encode()))
                .build();
        return new JsonObject(HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());
    }

    private static Duration terminate(Process process) throws InterruptedException {
        long begun = System.nanoTime();
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    @Test
    void aNewFolderIsServedAndItsOperationAnswered() throws Exception {
        Path graph = folder.resolve("graphql");
        assertThat(VinculumCommand.run(
                        new String[] {"init", graph.toString()},
                        Map.of(),
                        folder.resolve("none"),
                        new PrintWriter(Writer.nullWriter()),
                        new PrintWriter(Writer.nullWriter())))
                .isZero();
        Server server = serve(Main.class, "--graph", graph.toString());

        assertThat(ask(server, Files.readString(graph.resolve("operations/books.graphql"))))
                .isEqualTo(new JsonObject("{\"data\": {\"books\": []}}"));
        assertThat(folder.resolve(".vinculum/pgdata")).isDirectory();
        assertThat(terminate(server.process())).isLessThan(Duration.ofSeconds(20));
        assertThat(Files.readString(server.errors())).isEmpty();
    }

    /** Serves, and then lets no event loop go on. */
    static final class Stuck {
        public static void main(String[] arguments) {
            System.setProperty(StuckProvider.PROPERTY, "true");
            Main.main(arguments);
        }

        private Stuck() {}
    }

    @Test
    void aServerWhoseEventLoopsAreStuckIsStoppedWithinItsDrainTime() throws Exception {
        Server server = serve(Stuck.class, "--no-sample", "--drain", "1s");
        Files.writeString(folder.resolve(StuckProvider.STICK), "");
        while (!Files.exists(folder.resolve(StuckProvider.STUCK))) {
            LockSupport.parkNanos(1_000_000);
        }

        assertThat(terminate(server.process())).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void nodesThatJoinOthersLogNoErrors() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String[] flags = {
            "--no-sample", "--cluster", "--cluster-port", "" + port, "--cluster-members", "127.0.0.1:" + port
        };
        List<Server> servers = List.of(serve(Main.class, flags), serve(Main.class, flags));

        for (Server server : servers) {
            assertThat(ask(server, "{ products { id } }").containsKey("data")).isTrue();
            assertThat(Files.readString(server.errors())).isEmpty();
        }
        assertThat(terminate(servers.get(1).process())).isLessThan(Duration.ofSeconds(25));
    }
}
