package io.vinculum.execute;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads on which the bodies of steps may block: virtual ones since Java 21, a bounded number of others before. */
final class StepThreads {
    private static final int MOST = 128;
    private static final int WAITING = 100_000;
    private static final int IDLE_SECONDS = 10;

    private StepThreads() {}

    static ExecutorService open() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException before21) {
            ThreadPoolExecutor pool = new ThreadPoolExecutor(
                    MOST, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING));
            pool.allowCoreThreadTimeOut(true);
            return pool;
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("virtual threads are there and cannot be used", e);
        }
    }
}
