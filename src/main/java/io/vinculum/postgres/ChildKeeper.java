package io.vinculum.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Keeps a child process from a thread that lives as long as it does: the death signal that the child asked for is sent
 * when the thread that forked it ends, not when the process does.
 */
final class ChildKeeper {
    private final Process process;

    private ChildKeeper(Process process) {
        this.process = process;
    }

    static ChildKeeper start(List<String> command, Path log) throws IOException {
        CompletableFuture<Process> started = new CompletableFuture<>();
        Thread keeper = new Thread(() -> keep(command, log, started), "vinculum-postgres");
        keeper.setDaemon(true);
        keeper.start();
        try {
            return new ChildKeeper(started.join());
        } catch (CompletionException e) {
            throw new IOException("cannot start " + command.get(0) + ": " + e.getCause(), e);
        }
    }

    private static void keep(List<String> command, Path log, CompletableFuture<Process> started) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            started.complete(process);
            process.waitFor();
        } catch (IOException e) {
            started.completeExceptionally(new UncheckedIOException(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean alive() {
        return process.isAlive();
    }
}
