package io.vinculum.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Ten callers that mean harm, and fifty that ask for much and never read, until they are stopped. */
final class BadCallers {
    private static final int NEVER_READING = 50;
    private static final String[] OPERATORS = {"$ne", "$gt", "$gte", "$lt", "$lte", "$like", "$ilike"};

    private final URI server;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Socket> silent = new ArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private volatile boolean stopped;

    BadCallers(URI server) {
        this.server = server;
        for (int i = 0; i < NEVER_READING; i++) {
            silent.add(neverReading());
        }
        for (int i = 0; i < 2; i++) {
            start(this::slowBodies);
            start(() -> repeat(() -> graphql("{ tracks { " + "x ".repeat(9_900) + " } }")));
            start(() -> repeat(() -> graph(new JsonObject()
                    .put("entity", "track")
                    .put("fields", new JsonArray().add(".".repeat(7 << 20))))));
            start(() -> repeat(() ->
                    graphql("query($a: " + "[".repeat(4_000) + "Int" + "]".repeat(4_000) + ") { tracks { id } }")));
            Random random = new Random(i);
            start(() -> repeat(() -> request("/graph", largeShape(random, 50))));
        }
    }

    /** A request of many conditions that is planned for no other one. */
    static String largeShape(Random random, int conditions) {
        JsonArray any = new JsonArray();
        for (int i = 0; i < conditions; i++) {
            String operator = OPERATORS[random.nextInt(OPERATORS.length)];
            any.add(new JsonObject().put("title", new JsonObject().put(operator, "track " + random.nextInt(1_000))));
        }
        return new JsonObject()
                .put("entity", "track")
                .put("fields", new JsonArray().add("id"))
                .put("filters", new JsonObject().put("$or", any))
                .put("pagination", new JsonObject().put("take", 1))
                .encode();
    }

    private void start(Runnable work) {
        Thread thread = new Thread(work);
        thread.start();
        threads.add(thread);
    }

    private Socket open() throws IOException {
        return new Socket(server.getHost(), server.getPort());
    }

    private Socket neverReading() {
        try {
            Socket socket = open();
            socket.setReceiveBufferSize(4 << 10);
            byte[] request = graph(new JsonObject()
                    .put("entity", "track")
                    .put("fields", new JsonArray().add("*").add("genre.*")));
            for (int i = 0; i < 5; i++) {
                socket.getOutputStream().write(request);
            }
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void slowBodies() {
        List<Socket> slow = new ArrayList<>();
        byte[] head = request("/graph", "x".repeat(1 << 20));
        try {
            for (int i = 0; i < 20; i++) {
                Socket socket = open();
                socket.getOutputStream().write(head, 0, 70 << 10);
                slow.add(socket);
            }
            for (int i = 70 << 10; !stopped; i++) {
                for (Socket socket : slow) {
                    socket.getOutputStream().write(head, i, 1);
                }
                Thread.sleep(200);
            }
        } catch (IOException | InterruptedException closed) {
            // The server refuses them, which is its right.
        } finally {
            slow.forEach(BadCallers::close);
        }
    }

    private void repeat(Supplier<byte[]> requests) {
        byte[] answer = new byte[64 << 10];
        int answers = 0;
        while (!stopped) {
            try (Socket socket = open()) {
                socket.getOutputStream().write(requests.get());
                socket.setSoTimeout(20_000);
                answers += socket.getInputStream().read(answer) > 0 ? 1 : 0;
            } catch (IOException refused) {
                // A caller that means harm tries again.
            }
        }
        answered.addAndGet(answers);
    }

    private byte[] graphql(String query) {
        return request("/graphql", new JsonObject().put("query", query).encode());
    }

    private byte[] graph(JsonObject request) {
        return request("/graph", request.encode());
    }

    private byte[] request(String path, String body) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: " + server.getHost()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes all connections, waits for the callers to end, and answers how many requests were answered. */
    int stop() throws InterruptedException {
        stopped = true;
        silent.forEach(BadCallers::close);
        for (Thread thread : threads) {
            thread.join();
        }
        return answered.get();
    }
}
