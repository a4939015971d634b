package io.vinculum.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The log of the embedded server that the tests share: what it says of deadlocks, with both statements. */
public final class PostgresLog {
    private static final Path FILE = Path.of("target", "test-postgres", "postgres.log");
    private static final int MOST = 20_000;

    private PostgresLog() {}

    /** How long it is now; 0 where the tests use another server. */
    public static long length() {
        try {
            return Files.exists(FILE) ? Files.size(FILE) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was added since it had a length. */
    public static String since(long length) {
        if (length() <= length) {
            return "the server's log is not here";
        }
        try (var log = Files.newByteChannel(FILE)) {
            var bytes = java.nio.ByteBuffer.allocate((int) Math.min(MOST, log.size() - length));
            log.position(length);
            while (bytes.hasRemaining() && log.read(bytes) >= 0) {}
            return new String(bytes.array(), 0, bytes.position(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
