package io.vinculum.write;

import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.write.Closure.Member;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/** What removals took, by the record that caused it, as far as it was read. */
final class Journal {
    /** A record that went with its cause. */
    record TakenRecord(Member record, OffsetDateTime at) {}

    /** A link that went with its cause. */
    record TakenLink(Link link, Object first, Object second, OffsetDateTime at) {}

    private final Map<Member, List<TakenRecord>> records = new LinkedHashMap<>();
    private final Map<Member, List<TakenLink>> links = new LinkedHashMap<>();

    /** Adds what was read of a cause's model; answers the records among it. */
    List<Member> add(Catalog catalog, Model cause, Collection<Row> rows) {
        List<Member> found = new ArrayList<>();
        for (Row row : rows) {
            Entity entity = catalog.find(row.getString(0)).orElse(null);
            Member by = new Member(cause, cause.key().type().read(row.getString(3), cause.name()));
            OffsetDateTime at = row.getOffsetDateTime(4);
            // An entity that is declared no more has no table to restore into.
            if (entity instanceof Model model && !model.remote()) {
                Member record = new Member(model, model.key().type().read(row.getString(1), model.name()));
                records.computeIfAbsent(by, made -> new ArrayList<>()).add(new TakenRecord(record, at));
                found.add(record);
            } else if (entity instanceof Link link) {
                links.computeIfAbsent(by, made -> new ArrayList<>())
                        .add(new TakenLink(
                                link,
                                link.first().key().type().read(row.getString(1), link.name()),
                                link.second().key().type().read(row.getString(2), link.name()),
                                at));
            }
        }
        return found;
    }

    /** Whether it has nothing that the other one has not. */
    boolean within(Journal other) {
        return records.entrySet().stream()
                        .allMatch(entry -> other.records
                                .getOrDefault(entry.getKey(), List.of())
                                .containsAll(entry.getValue()))
                && links.entrySet().stream()
                        .allMatch(entry -> other.links
                                .getOrDefault(entry.getKey(), List.of())
                                .containsAll(entry.getValue()));
    }

    /** All records in it, taken ones and the sides of checked links, with the locks a restore needs. */
    void lock(WriteLocks locks) {
        records.values()
                .forEach(taken -> taken.forEach(one ->
                        locks.add(one.record().model(), List.of(one.record().key()), WriteLocks.Strength.UPDATE)));
        links.values()
                .forEach(taken -> taken.forEach(one -> {
                    LinkInput pair = new LinkInput(one.link(), one.first(), one.second(), Map.of());
                    locks.addAll(new LinkSql(one.link()).held(List.of(pair), false));
                }));
    }

    /** What comes back from some causes: each cause that was followed, and the links, by link. */
    record Coming(Set<Member> causes, Set<Member> records, Map<Link, List<TakenLink>> links) {}

    /**
     * Follows causes.
     *
     * @param comes whether a record that was deleted at a time comes back
     */
    Coming from(Collection<Member> causes, BiPredicate<Member, OffsetDateTime> comes) {
        Coming coming = new Coming(
                new LinkedHashSet<>(causes), new LinkedHashSet<>(), new TreeMap<>(Comparator.comparing(Link::name)));
        Deque<Member> waiting = new ArrayDeque<>(causes);
        while (!waiting.isEmpty()) {
            Member cause = waiting.poll();
            links.getOrDefault(cause, List.of())
                    .forEach(taken -> coming.links()
                            .computeIfAbsent(taken.link(), link -> new ArrayList<>())
                            .add(taken));
            for (TakenRecord taken : records.getOrDefault(cause, List.of())) {
                if (comes.test(taken.record(), taken.at()) && coming.causes().add(taken.record())) {
                    coming.records().add(taken.record());
                    waiting.add(taken.record());
                }
            }
        }
        return coming;
    }
}
