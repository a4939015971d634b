package io.vinculum.workflow;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Lets so many runs of a key begin at once; the others wait, those of a higher priority first, then the older ones. All
 * runs of a key are in one shard, so one owner counts them. For one event loop.
 */
final class ConcurrencyGate {
    private static final Comparator<Waiting> ORDER =
            Comparator.comparing((Waiting one) -> -one.run().start().priority()).thenComparing(Waiting::number);

    private final Map<String, Key> keys = new HashMap<>();
    private long numbers;

    private record Waiting(Run run, long number, Consumer<Run> begin) {}

    /** The runs of one key. */
    private static final class Key {
        private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(ORDER);
        private int begun;
    }

    /** Lets a run begin, now or when another one of its key has ended. */
    void enter(String key, int most, Run run, Consumer<Run> begin) {
        Key one = keys.computeIfAbsent(key, made -> new Key());
        if (one.begun < most) {
            one.begun++;
            begin.accept(run);
        } else {
            one.waiting.add(new Waiting(run, numbers++, begin));
        }
    }

    /** One that has begun has ended, or is another node's. */
    void leave(String key) {
        Key one = keys.get(key);
        if (one == null) {
            return;
        }
        Waiting next = one.waiting.poll();
        if (next != null) {
            next.begin().accept(next.run());
        } else if (--one.begun == 0) {
            keys.remove(key);
        }
    }
}
