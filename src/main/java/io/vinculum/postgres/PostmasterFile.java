package io.vinculum.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Reads {@code postmaster.pid}: line 1 is the process, line 4 the port, line 5 the folder of the unix socket, line 8 says
 * {@code ready}.
 */
record PostmasterFile(Path cluster) {

    /** A server that accepts connections. */
    record Running(long pid, int port, Optional<Path> sockets) {}

    /** A live server of this cluster, ready or not. */
    Optional<Running> live() {
        return read(false);
    }

    /** A server of this cluster that accepts connections now. */
    Optional<Running> ready() {
        return read(true);
    }

    /** Waits until the server is ready; empty when it took too long or {@code alive} turned false. */
    Optional<Running> awaitReady(Duration patience, BooleanSupplier alive) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < deadline && alive.getAsBoolean()) {
            Optional<Running> ready = read(true);
            if (ready.isPresent()) {
                return ready;
            }
            pause();
        }
        return Optional.empty();
    }

    static void pause() {
        LockSupport.parkNanos(Duration.ofMillis(4).toNanos());
    }

    private Optional<Running> read(boolean ready) {
        try {
            List<String> lines = Files.readAllLines(cluster.resolve("postmaster.pid"), StandardCharsets.ISO_8859_1);
            boolean complete = lines.size() >= 8 && lines.get(7).strip().equals("ready");
            if (lines.isEmpty() || (ready && !complete)) {
                return Optional.empty();
            }
            long pid = Long.parseLong(lines.get(0).strip());
            int port = lines.size() > 3 ? Integer.parseInt(lines.get(3).strip()) : 0;
            String sockets = lines.size() > 4 ? lines.get(4).strip() : "";
            return isPostgres(pid)
                    ? Optional.of(new Running(
                            pid, port, sockets.isEmpty() ? Optional.empty() : Optional.of(Path.of(sockets))))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            // Not there, or being written: not running as far as anyone can tell.
            return Optional.empty();
        }
    }

    /** Judged by its command: the number may belong to another process by now, and a zombie still looks alive. */
    static boolean isPostgres(long pid) {
        Path status = Path.of("/proc/" + pid + "/stat");
        try {
            String stat = Files.readString(status, StandardCharsets.ISO_8859_1);
            int end = stat.lastIndexOf(')');
            String command = stat.substring(stat.indexOf('(') + 1, end);
            return command.equals("postgres") && stat.charAt(end + 2) != 'Z';
        } catch (IOException e) {
            return !Files.isDirectory(Path.of("/proc/self"))
                    && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
    }
}
