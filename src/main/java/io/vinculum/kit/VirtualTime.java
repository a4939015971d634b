package io.vinculum.kit;

import io.vinculum.execute.Timers;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that stands until somebody lets it pass; then what was due is done, in order. */
final class VirtualTime implements Timers {
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparing(Timer::due).thenComparing(Timer::number));
    private Duration now = Duration.ZERO;
    private long numbers;

    private record Timer(Duration due, long number, Runnable something) {}

    @Override
    public synchronized Runnable after(Duration pause, Runnable something) {
        Timer timer = new Timer(now.plus(pause), numbers++, something);
        timers.add(timer);
        return () -> cancel(timer);
    }

    private synchronized void cancel(Timer timer) {
        timers.remove(timer);
    }

    /** How much time has passed. */
    synchronized Duration passed() {
        return now;
    }

    synchronized void clear() {
        timers.clear();
        now = Duration.ZERO;
    }

    /** Goes to the next time at which something is due, and does it. */
    void passToNext() {
        Timer next;
        synchronized (this) {
            next = timers.poll();
            if (next == null) {
                return;
            }
            now = next.due().compareTo(now) > 0 ? next.due() : now;
        }
        next.something().run();
    }

    /** Lets some time pass; does what is due until then. */
    void pass(Duration some) {
        Duration until = passed().plus(some);
        while (isDue(until)) {
            passToNext();
        }
        synchronized (this) {
            now = until;
        }
    }

    private synchronized boolean isDue(Duration until) {
        return !timers.isEmpty() && timers.element().due().compareTo(until) <= 0;
    }
}
