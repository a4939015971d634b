package io.vinculum.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vinculum.database.Database;
import io.vinculum.database.DatabaseSettings;
import io.vinculum.database.Statement;
import io.vinculum.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The embedded server, in processes of its own so that they can be killed. */
class EmbeddedPostgresIT {
    private Path data;

    @BeforeEach
    void folder() throws IOException {
        data = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "embedded-");
    }

    @AfterEach
    void remove() throws IOException {
        EmbeddedPostgres.deleteTree(data);
    }

    /** Starts a server in another JVM, which prints where it is and then waits to be killed. */
    static final class Child {
        public static void main(String[] arguments) throws InterruptedException {
            EmbeddedPostgres server = EmbeddedPostgres.start(Path.of(arguments[0]));
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            System.out.println(server.pid() + " " + server.owned());
            Thread.currentThread().join();
        }

        private Child() {}
    }

    private record Started(Process process, long postgres, boolean owned) {}

    private Started child() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String[] words = String.valueOf(out.readLine()).split(" ", -1);
        return new Started(process, Long.parseLong(words[0]), Boolean.parseBoolean(words[1]));
    }

    private static void awaitGone(long pid) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (PostmasterFile.isPostgres(pid) && System.nanoTime() < deadline) {
            PostmasterFile.pause();
        }
        assertThat(PostmasterFile.isPostgres(pid)).isFalse();
    }

    private static List<io.vertx.sqlclient.Row> run(EmbeddedPostgres server, String sql) {
        Vertx vertx = Vertx.vertx();
        Database database = Database.open(vertx, DatabaseSettings.of(server.uri()));
        try {
            return TestDatabase.await(database.read(Statement.of(sql)));
        } finally {
            TestDatabase.await(database.close());
            TestDatabase.await(vertx.close());
        }
    }

    @Test
    void dataStaysAndTheLocaleIsByCodePoint() {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(data)) {
            run(server, "create table public.kept as select 1 as x");
            assertThat(run(server, "select 'B' < 'a' and 'Ä' > 'z' and lower('Ä') = 'ä'")
                            .get(0)
                            .getBoolean(0))
                    .isTrue();
            assertThat(run(server, "select current_setting('fsync')").get(0).getString(0))
                    .isEqualTo("on");
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.start(data)) {
            assertThat(run(server, "select x from public.kept")).hasSize(1);
        }
    }

    /** Whether a connection by this URI, on such a Vert.x, comes through a unix socket. */
    private static boolean bySocket(String uri, boolean nativeTransport) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(nativeTransport));
        Database database = Database.open(vertx, DatabaseSettings.of(uri));
        try {
            assertThat(vertx.isNativeTransportEnabled()).isEqualTo(nativeTransport);
            return TestDatabase.await(database.read(Statement.of(
                            "select client_addr is null from pg_stat_activity where pid = pg_backend_pid()")))
                    .get(0)
                    .getBoolean(0);
        } finally {
            TestDatabase.await(database.close());
            TestDatabase.await(vertx.close());
        }
    }

    @Test
    void theSocketIsUsedWhereTheTransportAllowsItAndTheNetworkElsewhere() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(data);
                EmbeddedPostgres attached = EmbeddedPostgres.start(data)) {
            assertThat(bySocket(server.socketUri(), true)).isTrue();
            assertThat(bySocket(attached.socketUri(), true)).isTrue();
            assertThat(bySocket(server.socketUri(), false)).isFalse();
            assertThat(bySocket(server.uri(), true)).isFalse();
            assertThat(Files.getPosixFilePermissions(data.resolve("socket")))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(data.resolve("socket")).doesNotExist();
    }

    @Test
    void aFolderWhosePathIsTooLongForASocketHasItElsewhere() throws IOException {
        Path deep = data.resolve("a-folder-with-a-long-name".repeat(4));
        try (EmbeddedPostgres server = EmbeddedPostgres.start(deep)) {
            assertThat(bySocket(server.socketUri(), true)).isTrue();
            assertThat(deep.resolve("socket")).doesNotExist();
        }
    }

    @Test
    void aKilledOwnerLeavesNoServerAndItsDataStartsAgain() throws Exception {
        Started first = child();
        assertThat(first.owned()).isTrue();
        first.process().destroyForcibly().waitFor();
        awaitGone(first.postgres());

        try (EmbeddedPostgres server = EmbeddedPostgres.start(data)) {
            assertThat(server.owned()).isTrue();
            assertThat(run(server, "select 1")).hasSize(1);
        }
    }

    @Test
    void aStoppedOwnerStopsItsServer() throws Exception {
        Started first = child();
        first.process().destroy();
        assertThat(first.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
        awaitGone(first.postgres());
    }

    @Test
    void aSecondProcessAttachesAndDoesNotStopIt() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(data)) {
            Started second = child();
            assertThat(second.owned()).isFalse();
            assertThat(second.postgres()).isEqualTo(server.pid());
            second.process().destroy();
            second.process().waitFor();
            assertThat(run(server, "select 1")).hasSize(1);
        }
    }

    private CompletableFuture<EmbeddedPostgres> starting() {
        return CompletableFuture.supplyAsync(() -> EmbeddedPostgres.start(data));
    }

    @Test
    void aStartWhileTheOwnersServerIsGoneAlreadyWaitsForTheLock() throws Exception {
        CompletableFuture<EmbeddedPostgres> next;
        try (FileChannel owner = FileChannel.open(
                        data.resolve("owner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = owner.lock()) {
            assertThat(held.isValid()).isTrue();
            next = starting();
            assertThatThrownBy(() -> next.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        }
        try (EmbeddedPostgres server = next.get(30, TimeUnit.SECONDS)) {
            assertThat(server.owned()).isTrue();
        }
    }

    @Test
    void aStartWhileTheOwnerDrainsDoesNotAttachToAServerThatStopsSoon() throws Exception {
        CompletableFuture<EmbeddedPostgres> next;
        try (EmbeddedPostgres server = EmbeddedPostgres.start(data)) {
            server.leave();
            next = starting();
            assertThatThrownBy(() -> next.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        }
        try (EmbeddedPostgres server = next.get(30, TimeUnit.SECONDS);
                EmbeddedPostgres attached = EmbeddedPostgres.start(data)) {
            assertThat(server.owned()).isTrue();
            assertThat(attached.owned()).isFalse();
            assertThat(run(server, "select 1")).hasSize(1);
        }
    }

    @Test
    void aServerThatLostItsOwnerIsReplaced() throws Exception {
        long orphan;
        try (EmbeddedPostgres server = EmbeddedPostgres.start(data)) {
            orphan = server.pid();
            Files.copy(data.resolve("pgdata/postmaster.pid"), data.resolve("stale"));
        }
        // A file that names a process which is none of PostgreSQL must not keep it from starting.
        List<String> lines = Files.readAllLines(data.resolve("stale"));
        Files.writeString(
                data.resolve("pgdata/postmaster.pid"),
                String.join("\n", lines)
                        .replaceFirst(
                                String.valueOf(orphan),
                                String.valueOf(ProcessHandle.current().pid())));
        try (EmbeddedPostgres server = EmbeddedPostgres.start(data)) {
            assertThat(run(server, "select 1")).hasSize(1);
        }
    }
}
