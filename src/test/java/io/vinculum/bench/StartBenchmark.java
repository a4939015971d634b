package io.vinculum.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Starts the sample shop as a user does, and asks it once. */
final class StartBenchmark {
    private static final Path JAR = Path.of("target", "vinculum.jar");

    private final WriteBenchmark.Report report;

    StartBenchmark(WriteBenchmark.Report report) {
        this.report = report;
    }

    void run() throws IOException, InterruptedException {
        if (!Files.exists(JAR)) {
            report.say("start: there is no %s; make it with mvn package%n", JAR);
            return;
        }
        Path data = Files.createTempDirectory(Path.of("target"), "start-");
        try {
            start("first start", data);
            start("second start", data);
        } finally {
            try (Stream<Path> files = Files.walk(data)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private void start(String what, Path data) throws IOException, InterruptedException {
        long began = System.nanoTime();
        Process server = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        JAR.toString(),
                        "serve",
                        "--port",
                        "0",
                        "--data",
                        data.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null && !line.contains("/graphql")) {
                line = lines.readLine();
            }
            ask(URI.create(String.valueOf(line).strip().split("\\s+", -1)[1]));
            report.say(
                    "%s: %.1f s to the first answer, %d MB resident%n",
                    what, (System.nanoTime() - began) / 1e9, ProcessorTime.residentMegabytes(server.pid()));
        } finally {
            server.destroy();
            server.waitFor();
        }
    }

    private static void ask(URI graphql) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(graphql)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"query\": \"{ products(take: 5) { title brand { name } } }\"}"))
                .build();
        String body = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        if (!body.startsWith("{\"data\"")) {
            throw new IllegalStateException(body);
        }
    }
}
