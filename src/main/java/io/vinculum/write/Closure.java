package io.vinculum.write;

import io.vinculum.catalog.Model;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The records that go with others: each with the record that takes it along. Pure. */
final class Closure {
    /** One record. */
    record Member(Model model, Object key) {}

    /**
     * A record leads to another one.
     *
     * @param unties whether the other one only loses its reference, and stays
     */
    record Edge(Member from, Member to, boolean unties) {}

    private final Map<Model, Map<Object, @Nullable Member>> members = new TreeMap<>(Comparator.comparing(Model::name));
    private final Map<Model, Set<Object>> untied = new TreeMap<>(Comparator.comparing(Model::name));

    /** The records that a removal is asked for. */
    static Closure of(Map<Model, ? extends Collection<Object>> roots) {
        Closure closure = new Closure();
        roots.forEach((model, keys) -> keys.forEach(key -> closure.add(new Member(model, key), null)));
        return closure;
    }

    private boolean add(Member member, @Nullable Member cause) {
        Map<Object, @Nullable Member> ofModel = members.computeIfAbsent(member.model(), model -> new LinkedHashMap<>());
        if (ofModel.containsKey(member.key())) {
            return false;
        }
        ofModel.put(member.key(), cause);
        return true;
    }

    /** What can be reached from the roots by edges; nothing is reached through a record that does not go itself. */
    static Closure reach(Closure roots, List<Edge> edges, Predicate<Member> goes) {
        Map<Member, List<Edge>> from = new HashMap<>();
        edges.forEach(edge ->
                from.computeIfAbsent(edge.from(), made -> new ArrayList<>()).add(edge));
        Closure reached = new Closure();
        Deque<Member> waiting = new ArrayDeque<>();
        roots.forEachMember((member, cause) -> {
            if (goes.test(member) && reached.add(member, null)) {
                waiting.add(member);
            }
        });
        while (!waiting.isEmpty()) {
            for (Edge edge : from.getOrDefault(waiting.poll(), List.of())) {
                if (edge.unties()) {
                    reached.untied
                            .computeIfAbsent(edge.to().model(), made -> new LinkedHashSet<>())
                            .add(edge.to().key());
                } else if (goes.test(edge.to()) && reached.add(edge.to(), edge.from())) {
                    waiting.add(edge.to());
                }
            }
        }
        return reached;
    }

    /** Takes one member with what caused it, null for what was asked for. */
    @FunctionalInterface
    interface Visitor {
        void visit(Member member, @Nullable Member cause);
    }

    void forEachMember(Visitor visitor) {
        members.forEach((model, keys) -> keys.forEach((key, cause) -> visitor.visit(new Member(model, key), cause)));
    }

    /** The models that have records in it, by name. */
    Set<Model> models() {
        return members.keySet();
    }

    List<Object> keys(Model model) {
        return List.copyOf(members.getOrDefault(model, Map.of()).keySet());
    }

    /** The records of a model with what each goes with, null for those that were asked for. */
    Map<Object, @Nullable Member> of(Model model) {
        return members.getOrDefault(model, Map.of());
    }

    boolean has(Member member) {
        return members.getOrDefault(member.model(), Map.of()).containsKey(member.key());
    }

    boolean contains(Closure other) {
        return other.members.entrySet().stream()
                        .allMatch(entry -> members.getOrDefault(entry.getKey(), Map.of())
                                .keySet()
                                .containsAll(entry.getValue().keySet()))
                && other.untied.entrySet().stream()
                        .allMatch(entry ->
                                untied.getOrDefault(entry.getKey(), Set.of()).containsAll(entry.getValue()));
    }

    /** The locks of all of it. */
    WriteLocks locks() {
        WriteLocks locks = new WriteLocks();
        members.forEach((model, keys) -> locks.add(model, keys.keySet(), WriteLocks.Strength.UPDATE));
        untied.forEach((model, keys) -> locks.add(model, keys, WriteLocks.Strength.UPDATE));
        return locks;
    }
}
