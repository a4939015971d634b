package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Link;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.write.LinkInput.Pair;
import io.vinculum.write.Written.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes and dismisses links; one statement for each link, however many rows. */
final class LinkWriter {
    private static final String NOTHING_LINKED = "nothing was linked";

    private final List<LinkInput> inputs;
    private final Map<Link, List<LinkInput>> byLink;
    private final Map<Pair, JsonObject> rows;

    LinkWriter(List<LinkInput> inputs) {
        this.inputs = inputs;
        this.byLink = merged(inputs);
        this.rows = new HashMap<>(inputs.size() * 2);
    }

    /** Each pair once, by link in the order of their names. */
    static Map<Link, List<LinkInput>> merged(List<LinkInput> inputs) {
        Map<Pair, LinkInput> pairs = new LinkedHashMap<>(inputs.size() * 2);
        inputs.forEach(input -> pairs.merge(input.pair(), input, LinkInput::with));
        Map<Link, List<LinkInput>> byLink = new TreeMap<>(Comparator.comparing(Link::name));
        pairs.values()
                .forEach(input -> byLink.computeIfAbsent(input.link(), link -> new ArrayList<>())
                        .add(input));
        return byLink;
    }

    /** Whether its statements decide by themselves, so that the commit may follow them at once. */
    boolean pipelined() {
        return byLink.size() == 1 && byLink.keySet().stream().allMatch(link -> link.managed() || !limited(link));
    }

    private static boolean limited(Link link) {
        return new LinkSql(link).limited();
    }

    /**
     * Makes, updates or revives the links.
     *
     * @return the rows in the order of the input; fails with {@link Unexplained} when a record is not there or an index
     *     refused a second partner
     */
    Future<Written> create(Session session) {
        Future<?> done = held(session);
        for (Map.Entry<Link, List<LinkInput>> entry : byLink.entrySet()) {
            // Sent at once where nothing has to be waited for; a pipelined commit may follow only then.
            done = done.isComplete() && done.succeeded()
                    ? create(session, entry.getKey(), entry.getValue())
                    : done.compose(before -> create(session, entry.getKey(), entry.getValue()));
        }
        return done.map(all -> written(false));
    }

    /** The records of several links are locked together, in order, before the first link is. */
    private Future<?> held(Session session) {
        for (Map.Entry<Link, List<LinkInput>> entry : byLink.entrySet()) {
            var broken = Cardinality.within(entry.getKey(), entry.getValue());
            if (broken.isPresent()) {
                return Future.failedFuture(broken.get());
            }
        }
        if (byLink.size() < 2) {
            return Future.succeededFuture();
        }
        WriteLocks locks = new WriteLocks();
        byLink.forEach((link, some) -> locks.addAll(new LinkSql(link).held(some, true)));
        return locks.lock(session).map(answers -> {
            // One that is made meanwhile would be locked later, out of order.
            if (!locks.satisfied(answers)) {
                throw new Unexplained(reader -> locks.missing(reader, NOTHING_LINKED));
            }
            return answers;
        });
    }

    private Future<?> create(Session session, Link link, List<LinkInput> some) {
        LinkSql sql = new LinkSql(link);
        WriteLocks locks = sql.held(some, true);
        Statement upsert = sql.upsert(some, locks);
        Future<List<Row>> made;
        if (link.managed() || !sql.limited()) {
            made = session.run(upsert);
        } else {
            made = Pipeline.run(session, List.of(sql.lock()))
                    .compose(locked -> Cardinality.check(session, link, some))
                    .compose(good -> session.run(upsert));
        }
        return made.recover(cause -> Future.failedFuture(refused(link, some, cause)))
                .map(answered -> {
                    if (answered.isEmpty()) {
                        throw new Unexplained(reader -> locks.missing(reader, NOTHING_LINKED));
                    }
                    return add(link, answered, null);
                });
    }

    private static Throwable refused(Link link, List<LinkInput> some, Throwable cause) {
        return Cardinality.refused(link, cause)
                ? new Unexplained(reader -> Cardinality.broken(reader, link, some))
                : LinkInput.incomplete(link, cause);
    }

    /**
     * Dismisses the links that are there.
     *
     * @param locked whether all that is to be locked is locked; a record that is made later is locked no more
     */
    Future<Written> dismiss(Session session, boolean locked) {
        WriteLocks locks = new WriteLocks();
        byLink.forEach((link, some) -> locks.addAll(new LinkSql(link).held(some, false)));
        boolean first = !locked && byLink.size() > 1;
        Future<?> done = first ? locks.lock(session) : Future.succeededFuture();
        WriteLocks left = locked || first ? new WriteLocks() : locks;
        for (Map.Entry<Link, List<LinkInput>> entry : byLink.entrySet()) {
            Link link = entry.getKey();
            Future<List<Row>> gone = session.run(new LinkSql(link).dismiss(entry.getValue(), left));
            done = Future.all(done, gone.map(answered -> add(link, answered, "dismissed")));
        }
        return done.map(all -> written(true));
    }

    private Link add(Link link, List<Row> answered, @Nullable String outcome) {
        RowJson json = new RowJson(link);
        for (Row row : answered) {
            Map<String, @Nullable Object> flat = new LinkedHashMap<>();
            flat.put("link", link.name());
            JsonObject object = json.add(row, flat);
            flat.put("outcome", outcome == null ? row.getValue(row.size() - 1) : outcome);
            rows.put(new Pair(link, row.getValue(0), row.getValue(1)), object);
        }
        return link;
    }

    private Written written(boolean eachOnce) {
        JsonArray ordered = new JsonArray(new ArrayList<>(inputs.size()));
        Map<Pair, JsonObject> once = new LinkedHashMap<>();
        for (LinkInput input : inputs) {
            JsonObject row = rows.get(input.pair());
            if (row != null && (once.put(input.pair(), row) == null || !eachOnce)) {
                ordered.add(row);
            }
        }
        return new Written(ordered, changes(once));
    }

    private static List<Change> changes(Map<Pair, JsonObject> rows) {
        Map<Link, Map<String, Change>> changes = new TreeMap<>(Comparator.comparing(Link::name));
        rows.forEach((pair, row) -> {
            Change change = changes.computeIfAbsent(pair.link(), link -> new LinkedHashMap<>())
                    .computeIfAbsent(
                            event(row.getString("outcome")),
                            what -> new Change(pair.link(), what, new JsonArray(), new JsonArray()));
            change.ids().add(row.getString("id"));
            JsonObject keys = new JsonObject();
            pair.link().keys().forEach(key -> keys.put(key.name(), row.getValue(key.name())));
            change.keys().add(keys);
        });
        List<Change> all = new ArrayList<>();
        changes.values().forEach(ofLink -> all.addAll(ofLink.values()));
        return all;
    }

    /** A revived link is there again, which is what a listener of {@code created} wants to know. */
    private static String event(String outcome) {
        return outcome.equals("revived") ? "created" : outcome;
    }
}
