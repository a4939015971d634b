package io.vinculum.run;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The signals of a run that no node of it has received yet, in the order in which they came. */
public final class Signals {
    private final Map<Integer, Signal> waiting = new TreeMap<>();
    private final Set<Integer> received = new HashSet<>();
    private int last;

    /** A new signal, which is not received before it is {@link #add added}. */
    public Signal next(String name, @Nullable String value) {
        last++;
        return new Signal(name, last, value);
    }

    public void add(Signal signal) {
        last = Math.max(last, signal.number());
        if (!received.remove(signal.number())) {
            waiting.put(signal.number(), signal);
        }
    }

    /** The oldest of a name; empty when there is none. */
    Optional<Signal> first(String name) {
        return waiting.values().stream()
                .filter(signal -> signal.name().equals(name))
                .findFirst();
    }

    /** The one of a number is received, now or as soon as it is added. */
    public void receive(int number) {
        last = Math.max(last, number);
        if (waiting.remove(number) == null) {
            received.add(number);
        }
    }

    public Stream<Signal> all() {
        return waiting.values().stream();
    }
}
