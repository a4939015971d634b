package io.vinculum.postgres;

import com.sun.management.OperatingSystemMXBean;
import io.vinculum.failure.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of our own: started on a free port of the loopback interface, stopped with this process however
 * that ends, its data kept. A second process on the same folder attaches to the running server.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final long LEAST_SHARED = 128;
    private static final long MOST_SHARED = 1_024;
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    /** A file that is there while the owner stops: its server still answers, but not for long. */
    private static final String LEAVING = "owner.leaving";

    private static final String USER = "vinculum";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final PostgresAccount account;
    private final Optional<FileLock> ownership;
    private PostmasterFile.Running running;

    private EmbeddedPostgres(
            Path folder, PostgresAccount account, Optional<FileLock> ownership, PostmasterFile.Running running) {
        this.folder = folder;
        this.account = account;
        this.ownership = ownership;
        this.running = running;
    }

    /**
     * Starts the server of a folder, or attaches to the one that another process runs there. Blocks until it answers.
     *
     * @throws Failure {@code UNAVAILABLE} with the end of the server's log when it does not start
     */
    public static EmbeddedPostgres start(Path data) {
        Path folder = data.toAbsolutePath().normalize();
        try {
            Files.createDirectories(folder);
            return launchOrAttach(folder, PostgresAccount.of(folder));
        } catch (IOException e) {
            throw Failure.invalid("the data folder " + folder + " cannot be used: " + e.getMessage());
        }
    }

    /** The owner may be starting its server, or stopping it: whichever comes first, a server or the lock, is taken. */
    private static EmbeddedPostgres launchOrAttach(Path folder, PostgresAccount account) throws IOException {
        PostmasterFile file = new PostmasterFile(folder.resolve("pgdata"));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<FileLock> lock = lock(folder);
            if (lock.isPresent()) {
                return launch(folder, account, lock.get());
            }
            Optional<PostmasterFile.Running> other = file.ready();
            if (other.isPresent() && !Files.exists(folder.resolve(LEAVING))) {
                return new EmbeddedPostgres(folder, account, Optional.empty(), other.get());
            }
            PostmasterFile.pause();
        }
        throw Failure.invalid("another process owns the data folder " + folder
                + ", but its PostgreSQL neither answered nor stopped in " + PATIENCE.toSeconds() + " s");
    }

    private static Optional<FileLock> lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve("owner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(lock);
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("this process owns the server of {} already", folder);
        }
        channel.close();
        return Optional.empty();
    }

    private static EmbeddedPostgres launch(Path folder, PostgresAccount account, FileLock lock) throws IOException {
        try {
            Files.deleteIfExists(folder.resolve(LEAVING));
            Path binaries = PostgresBinaries.unpack(folder);
            Path cluster = folder.resolve("pgdata");
            PostmasterFile file = new PostmasterFile(cluster);
            // We own the lock, so a server that still runs here lost its owner.
            file.live().ifPresent(orphan -> stop(orphan.pid()));
            if (!Files.exists(cluster.resolve("PG_VERSION"))) {
                initialize(folder, account, binaries, cluster);
            }
            checkVersion(binaries, cluster);
            PostmasterFile.Running running = run(folder, account, binaries, file);
            return new EmbeddedPostgres(folder, account, Optional.of(lock), running);
        } catch (IOException | RuntimeException e) {
            lock.acquiredBy().close();
            throw e;
        }
    }

    private static void initialize(Path folder, PostgresAccount account, Path binaries, Path cluster)
            throws IOException {
        deleteTree(cluster);
        Path password = folder.resolve("password");
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        account.writeSecret(password, HexFormat.of().formatHex(secret));
        Files.createDirectory(cluster);
        account.handOver(cluster);
        account.handOver(password);
        List<String> command = new ArrayList<>(account.prefix(false));
        command.addAll(List.of(
                binaries.resolve("bin/initdb").toString(),
                "-D",
                cluster.toString(),
                "-U",
                USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C"));
        Path log = folder.resolve("postgres.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        int status = await(process);
        account.takeBack(password);
        if (status != 0) {
            deleteTree(cluster);
            throw unavailable("initdb ended with status " + status, log);
        }
    }

    private static void checkVersion(Path binaries, Path cluster) throws IOException {
        String data = Files.readString(cluster.resolve("PG_VERSION")).strip();
        String server = PostgresBinaries.majorVersion(binaries);
        if (!data.equals(server)) {
            throw Failure.invalid("the data in " + cluster.getParent() + " was made by PostgreSQL " + data
                    + ", this is " + server + "; dump it with the old version, or choose another --data folder");
        }
    }

    private static PostmasterFile.Running run(Path folder, PostgresAccount account, Path binaries, PostmasterFile file)
            throws IOException {
        Optional<Path> sockets = SocketFolder.make(folder, account);
        Optional<PostmasterFile.Running> ready = run(folder, account, binaries, file, sockets);
        if (ready.isEmpty() && sockets.isPresent()) {
            // Some file systems hold no sockets.
            SocketFolder.remove(sockets);
            ready = run(folder, account, binaries, file, Optional.empty());
        }
        if (ready.isEmpty()) {
            throw unavailable("PostgreSQL did not start", folder.resolve("postgres.log"));
        }
        return ready.get();
    }

    private static Optional<PostmasterFile.Running> run(
            Path folder, PostgresAccount account, Path binaries, PostmasterFile file, Optional<Path> sockets)
            throws IOException {
        List<String> command = new ArrayList<>(account.prefix(true));
        command.addAll(List.of(
                binaries.resolve("bin/postgres").toString(),
                "-D",
                file.cluster().toString()));
        int port = freePort();
        for (String setting : List.of(
                "listen_addresses=127.0.0.1",
                "port=" + port,
                "unix_socket_directories=" + sockets.map(Path::toString).orElse(""),
                "unix_socket_permissions=0700",
                "random_page_cost=1.1",
                // Runs of workflows come and go by thousands a second.
                "autovacuum_naptime=10s",
                "jit=off",
                "max_connections=200",
                "shared_buffers=" + sharedMegabytes() + "MB",
                "log_timezone=UTC",
                "timezone=UTC",
                "log_min_messages=warning",
                "log_min_error_statement=panic")) {
            command.addAll(List.of("-c", setting));
        }
        ChildKeeper child = ChildKeeper.start(command, folder.resolve("postgres.log"));
        return file.awaitReady(PATIENCE, child::alive);
    }

    /** PostgreSQL's page cache: an eighth of the machine's memory, which is taken only as it is used. */
    private static long sharedMegabytes() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long eighth = system.getTotalMemorySize() / 8 / (1 << 20);
        return Math.max(LEAST_SHARED, Math.min(MOST_SHARED, eighth));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Failure unavailable(String what, Path log) throws IOException {
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        String end = String.join("\n", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
        return Failure.invalid(what + "; the end of " + log + ":\n" + end);
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (var paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static int await(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL's files were made", e);
        }
    }

    /** Where to connect, with the name and password of a superuser. */
    public String uri() {
        return uri("postgres");
    }

    /** Where to connect to another database of this server. */
    public String uri(String database) {
        try {
            String password = account.readSecret(folder.resolve("password"));
            return "postgresql://" + USER + ":" + password + "@127.0.0.1:" + running.port() + "/" + database;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Like {@link #uri()}, with the folder of the server's unix socket added, as libpq names it: who cannot speak to
     * sockets takes host and port. The same as {@link #uri()} where there is no socket.
     */
    public String socketUri() {
        return running.sockets()
                .map(sockets -> uri() + "?host=" + URLEncoder.encode(sockets.toString(), StandardCharsets.UTF_8))
                .orElseGet(this::uri);
    }

    /** Whether there is a database in a data folder, running or not. */
    public static boolean existsIn(Path data) {
        return Files.exists(data.resolve("pgdata").resolve("PG_VERSION"));
    }

    /** Whether this process started the server and stops it. */
    public boolean owned() {
        return ownership.isPresent();
    }

    public long pid() {
        return running.pid();
    }

    /** Says that the server is stopped soon, so that other processes wait for that instead of attaching to it. */
    public void leave() {
        if (ownership.isPresent()) {
            try {
                Files.writeString(folder.resolve(LEAVING), "");
            } catch (IOException e) {
                LOG.warn("others may attach to the server of {}, which stops soon", folder, e);
            }
        }
    }

    /** Stops the server, if this process started it, and waits until it is gone; its data stays. */
    @Override
    public void close() {
        if (ownership.isEmpty()) {
            return;
        }
        stop(running.pid());
        SocketFolder.remove(running.sockets());
        try {
            Files.deleteIfExists(folder.resolve(LEAVING));
            ownership.get().acquiredBy().close();
        } catch (IOException e) {
            LOG.warn("the lock of {} could not be released", folder, e);
        }
    }

    /** Fast shutdown by SIGINT, which ends sessions; immediate by SIGQUIT when that takes too long. */
    private static void stop(long pid) {
        for (String signal : List.of("-INT", "-QUIT")) {
            signal(pid, signal);
            long deadline = System.nanoTime() + PATIENCE.toNanos() / 2;
            while (PostmasterFile.isPostgres(pid) && System.nanoTime() < deadline) {
                PostmasterFile.pause();
            }
            if (!PostmasterFile.isPostgres(pid)) {
                return;
            }
        }
    }

    private static void signal(long pid, String signal) {
        try {
            await(new ProcessBuilder("kill", signal, String.valueOf(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
