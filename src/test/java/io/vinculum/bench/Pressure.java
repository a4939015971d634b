package io.vinculum.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What a normal client notices of callers that mean harm, and what they cost the server: {@code mvn package}, then this
 * class with the class path of the tests. It starts the packaged server on a graph of its own.
 */
@Command(name = "pressure")
public final class Pressure implements Callable<Integer> {
    private static final int TRACKS = 3_503;
    private static final int GENRES = 25;
    private static final int BATCH = 500;
    private static final String EXPENSIVE = "{\"entity\": \"track\", \"fields\": [\"genre.tracks.genre.tracks.*\"]}";
    private static final String NORMAL =
            "{\"entity\": \"track\", \"fields\": [\"title\", \"genre.name\"], " + "\"filters\": {\"id\": \"t7\"}}";

    @Option(names = "--seconds", description = "How long each measurement takes (default: 10).")
    private double seconds = 10;

    @Option(names = "--shapes", description = "How many distinct large requests are sent (default: 10000).")
    private int shapes = 10_000;

    @Option(names = "--callers", description = "How many send the expensive request at once (default: 64).")
    private int callers = 64;

    @Option(names = "--folder", description = "Where the server keeps its data meanwhile.")
    private Path folder = Path.of("target", "pressure");

    @Option(names = "--jvm", description = "An option for the server's JVM, like -Xmx512m; may come again.")
    private List<String> jvmOptions = List.of();

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /** What was measured; megabytes and milliseconds. */
    record Figures(
            double aloneP99,
            double besideBadP99,
            double besideExpensiveP99,
            double refusalCpu,
            long restMegabytes,
            long badMegabytes,
            long expensiveMegabytes,
            long shapesMegabytes,
            long backendMegabytes) {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Pressure()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Figures figures = measure();
        System.out.printf(
                "p99 of one normal client: alone %.1f ms, beside bad callers %.1f ms, beside %d expensive ones %.1f ms%n",
                figures.aloneP99(), figures.besideBadP99(), callers, figures.besideExpensiveP99());
        System.out.printf(
                "a refusal of the expensive request: %.1f ms of the server's processor%n", figures.refusalCpu());
        System.out.printf(
                "resident at the end of each part: warm %d MB, bad callers %d MB, expensive ones %d MB, %d MB after %d shapes,"
                        + " largest backend %d MB%n",
                figures.restMegabytes(),
                figures.badMegabytes(),
                figures.expensiveMegabytes(),
                figures.shapesMegabytes(),
                shapes,
                figures.backendMegabytes());
        return 0;
    }

    Figures measure() throws IOException, InterruptedException {
        try (PressureServer server = PressureServer.start(folder, jvmOptions)) {
            fill(server.uri());
            p99(server.uri(), Math.min(seconds, 5));
            graph(server.uri(), EXPENSIVE);
            double alone = p99(server.uri(), seconds);
            long rest = server.residentMegabytes();
            BadCallers badCallers = new BadCallers(server.uri());
            double bad = p99(server.uri(), seconds);
            long badMegabytes = server.residentMegabytes();
            if (badCallers.stop() == 0) {
                throw new IllegalStateException("the server answered none of the bad callers");
            }
            AtomicInteger running = new AtomicInteger(1);
            List<Thread> threads = threads(callers, () -> {
                while (running.get() > 0) {
                    graph(server.uri(), EXPENSIVE);
                }
            });
            double expensive = p99(server.uri(), seconds);
            long expensiveMegabytes = server.residentMegabytes();
            running.set(0);
            join(threads);
            double cpu = cpuOfARefusal(server);
            flood(server.uri());
            return new Figures(
                    alone,
                    bad,
                    expensive,
                    cpu,
                    rest,
                    badMegabytes,
                    expensiveMegabytes,
                    server.residentMegabytes(),
                    server.largestBackendMegabytes());
        }
    }

    private void fill(URI server) {
        JsonArray genres = new JsonArray();
        for (int i = 1; i <= GENRES; i++) {
            genres.add(new JsonObject().put("id", "g" + i).put("name", "genre " + i));
        }
        create(server, "mutation($d: [GenreCreate!]!) { createGenres(data: $d) { id } }", genres);
        JsonArray tracks = new JsonArray();
        for (int i = 1; i <= TRACKS; i++) {
            tracks.add(new JsonObject()
                    .put("id", "t" + i)
                    .put("title", "track " + i)
                    .put("genre_id", "g" + (1 + i % GENRES)));
            if (tracks.size() == BATCH || i == TRACKS) {
                create(server, "mutation($d: [TrackCreate!]!) { createTracks(data: $d) { id } }", tracks);
                tracks.clear();
            }
        }
    }

    private void create(URI server, String mutation, JsonArray data) {
        String body = new JsonObject()
                .put("query", mutation)
                .put("variables", new JsonObject().put("d", data))
                .encode();
        String answer = post(server.resolve("/graphql"), body);
        if (!answer.startsWith("{\"data\"")) {
            throw new IllegalStateException(answer);
        }
    }

    private String graph(URI server, String request) {
        return post(server.resolve("/graph"), request);
    }

    private String post(URI address, String body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(address)
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofSeconds(60))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Milliseconds that all but one of a hundred requests of one client take at most, in a pause of 5 ms each. */
    private double p99(URI server, double duration) throws InterruptedException {
        List<Long> taken = new ArrayList<>();
        long end = System.nanoTime() + (long) (duration * 1e9);
        while (System.nanoTime() < end) {
            long start = System.nanoTime();
            String answer = graph(server, NORMAL);
            taken.add(System.nanoTime() - start);
            if (!answer.startsWith("{\"data\":[{\"title\":\"track 7\"")) {
                throw new IllegalStateException("the normal client got " + answer);
            }
            Thread.sleep(5);
        }
        taken.sort(Comparator.naturalOrder());
        return taken.get(taken.size() * 99 / 100) / 1e6;
    }

    private double cpuOfARefusal(PressureServer server) {
        int times = 20;
        double before = ProcessorTime.of(server.pid());
        for (int i = 0; i < times; i++) {
            String answer = graph(server.uri(), EXPENSIVE);
            if (!answer.contains("TOO_")) {
                throw new IllegalStateException(answer);
            }
        }
        return (ProcessorTime.of(server.pid()) - before) * 1_000 / times;
    }

    private void flood(URI server) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(shapes);
        join(threads(8, () -> {
            for (int i = left.getAndDecrement(); i > 0; i = left.getAndDecrement()) {
                graph(server, BadCallers.largeShape(new Random(i), 480));
            }
        }));
    }

    private static List<Thread> threads(int count, Runnable work) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(work);
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
