package io.vinculum.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder of the server's unix socket: inside the data folder, or a short one where that path is too long. */
final class SocketFolder {
    private static final Logger LOG = LoggerFactory.getLogger(SocketFolder.class);
    /** A socket's whole path has 107 bytes; its name in the folder takes up to 20. */
    private static final int LONGEST = 85;

    private SocketFolder() {}

    /** Makes it for the server's account only; empty where that cannot be done. */
    static Optional<Path> make(Path data, PostgresAccount account) {
        try {
            Path inside = data.resolve("socket");
            boolean fits = inside.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST
                    // PostgreSQL would read a list there.
                    && inside.toString().indexOf(',') < 0;
            Path folder = fits ? Files.createDirectories(inside) : Files.createTempDirectory("vinculum-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            account.handOver(folder);
            return Optional.of(folder);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("no folder for the socket of {}", data, e);
            return Optional.empty();
        }
    }

    /** Removes it once the server has stopped, which takes its socket away by itself. */
    static void remove(Optional<Path> folder) {
        try {
            if (folder.isPresent()) {
                Files.deleteIfExists(folder.get());
            }
        } catch (IOException e) {
            LOG.debug("the folder {} stays", folder, e);
        }
    }
}
