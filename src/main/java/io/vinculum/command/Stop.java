package io.vinculum.command;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a server when the process is asked to end: what was started last is stopped first, all within the drain time.
 * A thread that waits from the beginning halts the process when that takes longer, even where every event loop is stuck
 * or memory has run out; the embedded PostgreSQL ends with the process by itself.
 */
final class Stop {
    private static final Logger LOG = LoggerFactory.getLogger(Stop.class);
    /** For the embedded PostgreSQL to write its last checkpoint. */
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** What a shell says of a process that SIGKILL ended. */
    private static final int KILLED = 137;

    private record Part(String name, Supplier<Future<Void>> close) {}

    private final Duration drain;
    private final Deque<Runnable> first = new ArrayDeque<>();
    private final Deque<Part> parts = new ArrayDeque<>();
    private final Deque<AutoCloseable> last = new ArrayDeque<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    Stop(Duration drain) {
        this.drain = drain;
        Thread watchdog = new Thread(this::watch, "vinculum-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::now, "vinculum-stop"));
    }

    /** Something that is done as soon as the stop begins. */
    synchronized void first(Runnable something) {
        first.push(something);
    }

    /** Something that is stopped before all that was named earlier. */
    synchronized void then(String name, Supplier<Future<Void>> close) {
        parts.push(new Part(name, close));
    }

    /** Something that is closed when the parts are. */
    synchronized void lastly(AutoCloseable something) {
        last.push(something);
    }

    /** Waits until the process is asked to end and everything has stopped. */
    void await() {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops everything; once. */
    synchronized void now() {
        begun.countDown();
        first.forEach(Runnable::run);
        first.clear();
        long deadline = System.nanoTime() + drain.toNanos();
        while (!parts.isEmpty()) {
            close(parts.pop(), Math.max(1, deadline - System.nanoTime()));
        }
        while (!last.isEmpty()) {
            close(last.pop());
        }
        stopped.countDown();
    }

    private static void close(Part part, long nanos) {
        try {
            part.close().get().toCompletionStage().toCompletableFuture().get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.warn("{} did not stop within the drain time", part.name());
        } catch (ExecutionException e) {
            LOG.warn("{} did not stop cleanly: {}", part.name(), String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(AutoCloseable something) {
        try {
            something.close();
        } catch (Exception e) {
            LOG.warn("{} did not stop cleanly: {}", something, String.valueOf(e));
        }
    }

    private void watch() {
        try {
            begun.await();
            if (!stopped.await(drain.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)) {
                Runtime.getRuntime().halt(KILLED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
