package io.vinculum.bench;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vinculum.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Some connections that each ask again as soon as they are answered, over HTTP/1.1, for a while. */
final class Load {
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final String LENGTH = "content-length: ";

    private Load() {}

    /** What came of it: latencies in nanoseconds, sorted; an answer is bad when it is no 200 or holds errors. */
    static final class Result {
        private final long[] latencies;
        private final int bad;
        private final double seconds;

        Result(long[] latencies, int bad, double seconds) {
            this.latencies = latencies;
            this.bad = bad;
            this.seconds = seconds;
        }

        int answers() {
            return latencies.length;
        }

        int bad() {
            return bad;
        }

        double seconds() {
            return seconds;
        }

        double perSecond() {
            return latencies.length / seconds;
        }

        double millisAt(double share) {
            return latencies.length == 0
                    ? 0
                    : latencies[(int) Math.min(latencies.length - 1, latencies.length * share)] / 1e6;
        }
    }

    static Result run(Vertx vertx, int port, int connections, double seconds, Supplier<byte[]> request) {
        NetClient client = vertx.createNetClient();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        Promise<Void> done = Promise.promise();
        List<Connection> all = new ArrayList<>();
        AtomicInteger open = new AtomicInteger(connections);
        long start = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            Connection connection = new Connection(request, end, () -> {
                if (open.decrementAndGet() == 0) {
                    done.tryComplete();
                }
            });
            all.add(connection);
            client.connect(port, "127.0.0.1").onSuccess(connection::use).onFailure(done::tryFail);
        }
        TestDatabase.await(done.future(), (int) seconds + 60);
        double took = (System.nanoTime() - start) / 1e9;
        TestDatabase.await(client.close());
        long[] latencies = all.stream()
                .flatMapToLong(one -> Arrays.stream(one.latencies()))
                .sorted()
                .toArray();
        return new Result(latencies, all.stream().mapToInt(one -> one.bad).sum(), took);
    }

    /** One HTTP POST of JSON, ready to be sent. */
    static byte[] post(String path, byte[] body) {
        String head =
                "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length + "\r\n\r\n";
        return Buffer.buffer(head).appendBytes(body).getBytes();
    }

    /** One HTTP GET, ready to be sent. */
    static byte[] get(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static final class Connection {
        private final Supplier<byte[]> request;
        private final long end;
        private final Runnable closed;
        private long[] latencies = new long[1_024];
        private int answers;
        private int bad;
        private long asked;
        private Buffer received = Buffer.buffer();
        private NetSocket socket;

        Connection(Supplier<byte[]> request, long end, Runnable closed) {
            this.request = request;
            this.end = end;
            this.closed = closed;
        }

        void use(NetSocket opened) {
            socket = opened;
            opened.handler(this::receive);
            ask();
        }

        private void ask() {
            asked = System.nanoTime();
            socket.write(Buffer.buffer(request.get()));
        }

        private void receive(Buffer some) {
            received.appendBuffer(some);
            int head = headEnd();
            if (head < 0 || received.length() < head + length(head)) {
                return;
            }
            long now = System.nanoTime();
            if (answers == latencies.length) {
                latencies = Arrays.copyOf(latencies, answers * 2);
            }
            latencies[answers++] = now - asked;
            if (!received.getString(9, 12).equals("200")
                    || received.getString(head, Math.min(head + 10, received.length()))
                            .startsWith("{\"errors\"")) {
                bad++;
            }
            received = Buffer.buffer();
            if (now < end) {
                ask();
            } else {
                socket.close();
                closed.run();
            }
        }

        private int headEnd() {
            for (int i = 0; i + HEAD_END.length <= received.length(); i++) {
                if (received.getByte(i) == '\r' && received.getByte(i + 2) == '\r') {
                    return i + HEAD_END.length;
                }
            }
            return -1;
        }

        private int length(int head) {
            String headers = received.getString(0, head).toLowerCase(java.util.Locale.ROOT);
            int at = headers.indexOf(LENGTH) + LENGTH.length();
            return Integer.parseInt(headers.substring(at, headers.indexOf('\r', at)));
        }

        long[] latencies() {
            return Arrays.copyOf(latencies, answers);
        }
    }
}
