package io.vinculum.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Under which account the server runs: our own, or the account 'nobody' when we are root, because PostgreSQL refuses root.
 *
 * @param root whether this process is root
 * @param reachable whether that account can reach the data folder
 */
record PostgresAccount(boolean root, boolean reachable) {
    /** Nobody, by number: its name and its group's differ between distributions. */
    private static final int NOBODY = 65_534;

    static PostgresAccount of(Path folder) throws IOException {
        boolean root = Files.isDirectory(Path.of("/proc/self"))
                && Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        return new PostgresAccount(root, reachable(folder.toRealPath()));
    }

    private static boolean reachable(Path folder) throws IOException {
        for (Path step = folder; step != null; step = step.getParent()) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(step);
            if (!permissions.contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    /** What stands before a command so that it runs under the account, and dies with us if asked. */
    List<String> prefix(boolean diesWithUs) {
        boolean setpriv =
                Files.isExecutable(Path.of("/usr/bin/setpriv")) || Files.isExecutable(Path.of("/bin/setpriv"));
        List<String> prefix = new ArrayList<>();
        if (setpriv && (root || diesWithUs)) {
            prefix.add("setpriv");
            if (diesWithUs) {
                prefix.addAll(List.of("--pdeathsig", "INT"));
            }
            if (root) {
                prefix.addAll(List.of("--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
            }
            if (root && !reachable) {
                // A folder below /root: let the server pass directories it could not walk through otherwise. Without
                // the bit, access(2) would forget the capability, because our real user is 'nobody'.
                prefix.addAll(List.of(
                        "--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"));
            }
        }
        return prefix;
    }

    void handOver(Path path) throws IOException {
        if (root) {
            Files.setAttribute(path, "unix:uid", NOBODY);
            Files.setAttribute(path, "unix:gid", NOBODY);
        }
    }

    void takeBack(Path path) throws IOException {
        if (root) {
            Files.setAttribute(path, "unix:uid", 0);
            Files.setAttribute(path, "unix:gid", 0);
        }
    }

    void writeSecret(Path path, String secret) throws IOException {
        Files.deleteIfExists(path);
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(path, secret);
    }

    String readSecret(Path path) throws IOException {
        return Files.readString(path).strip();
    }
}
