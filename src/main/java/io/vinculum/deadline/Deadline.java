package io.vinculum.deadline;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Until when a request must be answered. It ends when its time is over or when its caller goes away, whichever comes
 * first, and then runs what was registered to stop the work. Safe for use by several threads.
 */
public final class Deadline {
    /** Never ends: for calls in Java that give no deadline, for commands and for migrations. */
    public static final Deadline NONE = new Deadline(Long.MAX_VALUE, Duration.ZERO);

    private final long nanos;
    private final Duration length;
    private @Nullable List<Runnable> listeners;
    private volatile @Nullable Failure ended;

    private Deadline(long nanos, Duration length) {
        this.nanos = nanos;
        this.length = length;
    }

    /** A deadline that begins now. */
    public static Deadline after(Duration length) {
        return new Deadline(System.nanoTime() + length.toNanos(), length);
    }

    /**
     * The deadline of a request on the event bus.
     *
     * @param header the header {@code deadline}: the milliseconds that are left, or null
     * @param longest what no request may pass
     * @throws Failure {@code INVALID_DATA} when the header is not a positive number
     */
    public static Deadline ofHeader(@Nullable String header, Duration longest) {
        if (header == null) {
            return after(longest);
        }
        try {
            long millis = Long.parseLong(header);
            if (millis > 0) {
                return after(millis < longest.toMillis() ? Duration.ofMillis(millis) : longest);
            }
        } catch (NumberFormatException e) {
            throw wrong(header);
        }
        throw wrong(header);
    }

    private static Failure wrong(String header) {
        String cut = header.length() > 40 ? header.substring(0, 40) : header;
        return Failure.invalid("the header 'deadline' takes the milliseconds that are left, was '" + cut + "'");
    }

    /** Whether it can end at all. */
    public boolean limited() {
        return nanos != Long.MAX_VALUE;
    }

    /** What is left, zero when it is over. */
    public Duration left() {
        return limited() ? Duration.ofNanos(Math.max(0, nanos - System.nanoTime())) : Duration.ofDays(1);
    }

    /** Whether its time is over; the one who notices calls {@link #expire}. */
    public boolean passed() {
        return limited() && System.nanoTime() - nanos >= 0;
    }

    /** Why the work must stop; empty while it may go on. */
    public Optional<Failure> ended() {
        return isOver() ? Optional.ofNullable(ended) : Optional.empty();
    }

    /** Whether the work must stop. */
    public boolean isOver() {
        if (ended == null && passed()) {
            expire();
        }
        return ended != null;
    }

    /** Ends it because its time is over. */
    public void expire() {
        long millis = TimeUnit.NANOSECONDS.toMillis(length.toNanos());
        end(new Failure(
                FailureCode.TIMEOUT,
                "the request was not answered within " + millis + " ms; ask for less, or try again"));
    }

    /** Ends it because its caller does not wait any more. */
    public void abandon() {
        end(new Failure(FailureCode.TIMEOUT, "the caller went away before the answer was ready"));
    }

    private void end(Failure why) {
        List<Runnable> toRun;
        synchronized (this) {
            if (ended != null || !limited()) {
                return;
            }
            ended = why;
            toRun = listeners == null ? List.of() : listeners;
            listeners = null;
        }
        toRun.forEach(Runnable::run);
    }

    /** Runs something when it ends, at once when it has ended; {@link #forget} takes it back. */
    public void onEnd(Runnable listener) {
        if (!limited()) {
            return;
        }
        synchronized (this) {
            if (ended == null) {
                if (listeners == null) {
                    listeners = new ArrayList<>(2);
                }
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }

    /** Takes a listener back. */
    public void forget(Runnable listener) {
        if (!limited()) {
            return;
        }
        synchronized (this) {
            if (listeners != null) {
                listeners.remove(listener);
            }
        }
    }
}
