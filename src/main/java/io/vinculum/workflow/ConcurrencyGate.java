package io.vinculum.workflow;

import io.vinculum.run.Run;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Lets so many runs of a concurrency key start at once; the others wait, by priority and then by age. All runs of a key
 * are in one shard, so one owner counts them. For one event loop.
 */
final class ConcurrencyGate {
    private static final Comparator<Waiting> ORDER =
            Comparator.comparing((Waiting one) -> -one.run().start().priority()).thenComparing(Waiting::number);

    private final Map<String, Key> keys = new HashMap<>();
    private long numbers;

    private record Waiting(Run run, long number, Consumer<Run> start) {}

    /** The runs of one key. */
    private static final class Key {
        private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(ORDER);
        private int started;
    }

    /** Lets a run start, now or when another one of its key has ended. */
    void enter(String key, int most, Run run, Consumer<Run> start) {
        Key one = keys.computeIfAbsent(key, made -> new Key());
        if (one.started < most) {
            one.started++;
            start.accept(run);
        } else {
            one.waiting.add(new Waiting(run, numbers++, start));
        }
    }

    /** A run that was let in has ended, or is lost. */
    void leave(String key) {
        Key one = keys.get(key);
        if (one == null) {
            return;
        }
        Waiting next = one.waiting.poll();
        if (next != null) {
            next.start().accept(next.run());
        } else if (--one.started == 0) {
            keys.remove(key);
        }
    }
}
