package io.vinculum.link;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.catalog.Model;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.event.Events;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.write.BrokenRule;
import io.vinculum.write.Cardinality;
import io.vinculum.write.LinkInput;
import io.vinculum.write.LinkInput.Pair;
import io.vinculum.write.LinkSides;
import io.vinculum.write.LinkSql;
import io.vinculum.write.RecordKeys;
import io.vinculum.write.Removal;
import io.vinculum.write.RemovalEvents;
import io.vinculum.write.Removed;
import io.vinculum.write.RowJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ties and unties records. Input is one link or many, as
 * {@code {"product": {"product_id": "prod_1"}, "brand": {"brand_id": "brand_1"}, "data": {…}}}; every call is one
 * transaction, and each link one statement however many rows.
 */
public final class Links {
    private static final int MOST = 100_000;

    private final Database database;
    private final Catalog catalog;
    private final Events events;

    public Links(Database database, Catalog catalog, Events events) {
        this.database = database;
        this.catalog = catalog;
        this.events = events;
    }

    /**
     * Makes links; one that is there has its given columns updated, a dismissed one is revived, its id stays.
     *
     * @return the rows in the order of the input, each with its link's name and its outcome; fails with
     *     {@code INVALID_DATA} when cardinality would break, {@code LINK_DIRECTION} for sides in the wrong order,
     *     {@code NOT_ALLOWED} for a read-only link, {@code NOT_FOUND} for records that a checked link does not find;
     *     nothing is done then
     */
    public Future<JsonArray> create(@Nullable Object links) {
        List<LinkInput> inputs = inputs(links);
        Map<Link, List<LinkInput>> byLink = merged(inputs);
        return database.transaction(session -> each(byLink, (link, some) -> create(session, link, some)))
                .map(rows -> {
                    publish(rows);
                    return inOrder(inputs, rows);
                });
    }

    private List<LinkInput> inputs(@Nullable Object links) {
        List<Object> many = LinkInput.many(links);
        if (many.size() > MOST) {
            throw new Failure(FailureCode.TOO_LARGE, "one call takes at most " + MOST + " links, was " + many.size());
        }
        return many.stream().map(one -> LinkInput.pair(catalog, one)).toList();
    }

    /** Each pair once, the later data over the earlier, sorted so that two calls never wait for each other in a ring. */
    private static Map<Link, List<LinkInput>> merged(List<LinkInput> inputs) {
        Map<Pair, LinkInput> pairs = new LinkedHashMap<>();
        for (LinkInput input : inputs) {
            pairs.merge(input.pair(), input, Links::later);
        }
        Map<Link, List<LinkInput>> byLink = new LinkedHashMap<>();
        pairs.values().stream()
                .sorted(Comparator.comparing((LinkInput input) -> input.link().name())
                        .thenComparing(input -> input.first().toString())
                        .thenComparing(input -> input.second().toString()))
                .forEach(input -> byLink.computeIfAbsent(input.link(), link -> new ArrayList<>())
                        .add(input));
        return byLink;
    }

    private static LinkInput later(LinkInput earlier, LinkInput later) {
        var data = new LinkedHashMap<>(earlier.data());
        data.putAll(later.data());
        return new LinkInput(later.link(), later.first(), later.second(), data);
    }

    private interface Work {
        Future<Map<Pair, JsonObject>> apply(Link link, List<LinkInput> inputs);
    }

    private static Future<Map<Pair, JsonObject>> each(Map<Link, List<LinkInput>> byLink, Work work) {
        Future<Map<Pair, JsonObject>> all = Future.succeededFuture(new LinkedHashMap<>());
        for (Map.Entry<Link, List<LinkInput>> entry : byLink.entrySet()) {
            all = all.compose(
                    rows -> work.apply(entry.getKey(), entry.getValue()).map(more -> {
                        rows.putAll(more);
                        return rows;
                    }));
        }
        return all;
    }

    private Future<Map<Pair, JsonObject>> create(Session session, Link link, List<LinkInput> inputs) {
        LinkSql sql = new LinkSql(link);
        boolean limited = link.sides().stream().anyMatch(link::exclusive);
        Future<?> checked = link.checked() ? checkRecords(session, link, inputs) : Future.succeededFuture();
        if (limited && !link.managed()) {
            checked = checked.compose(done -> session.run(sql.lock()))
                    .compose(locked -> Cardinality.check(session, link, inputs));
        }
        return checked.compose(done -> session.run(sql.upsert(inputs)))
                .map(rows -> answered(link, rows, true))
                .recover(cause -> Cardinality.explain(session, link, inputs, cause))
                .recover(cause -> Future.failedFuture(LinkInput.incomplete(link, cause)));
    }

    private static Future<?> checkRecords(Session session, Link link, List<LinkInput> inputs) {
        return missing(
                        session,
                        link.first(),
                        inputs.stream().map(LinkInput::first).toList())
                .compose(done -> missing(
                        session,
                        link.second(),
                        inputs.stream().map(LinkInput::second).toList()));
    }

    private static Future<Void> missing(Session session, Side side, List<Object> keys) {
        return session.run(LinkSql.missing(side, keys.stream().distinct().toList()))
                .map(rows -> {
                    if (!rows.isEmpty()) {
                        throw Failure.notFound(side.model().name() + " not found: "
                                + String.join(
                                        ", ",
                                        rows.stream()
                                                .map(row -> String.valueOf(row.getValue(0)))
                                                .toList())
                                + "; nothing was linked");
                    }
                    return null;
                });
    }

    private static Map<Pair, JsonObject> answered(Link link, List<Row> rows, boolean withOutcome) {
        Map<Pair, JsonObject> answered = new LinkedHashMap<>();
        for (Row row : rows) {
            JsonObject flat = RowJson.add(link, row, new JsonObject().put("link", link.name()));
            if (withOutcome) {
                flat.put("outcome", row.getValue(row.size() - 1));
            }
            answered.put(new Pair(link, row.getValue(0), row.getValue(1)), flat);
        }
        return answered;
    }

    private static JsonArray inOrder(List<LinkInput> inputs, Map<Pair, JsonObject> rows) {
        JsonArray ordered = new JsonArray();
        inputs.stream()
                .map(LinkInput::pair)
                .map(rows::get)
                .filter(row -> row != null)
                .forEach(ordered::add);
        return ordered;
    }

    private void publish(Map<Pair, JsonObject> rows) {
        Map<String, Map<String, JsonArray>> byLinkAndOutcome = new HashMap<>();
        rows.forEach((pair, row) -> byLinkAndOutcome
                .computeIfAbsent(pair.link().name(), link -> new LinkedHashMap<>())
                .computeIfAbsent(event(row.getString("outcome")), outcome -> new JsonArray())
                .add(row.getString("id")));
        byLinkAndOutcome.forEach((link, outcomes) -> outcomes.forEach((what, ids) -> events.ofLink(link, what, ids)));
    }

    /** A revived link is there again, which is what a listener of {@code created} wants to know. */
    private static String event(String outcome) {
        return outcome.equals("revived") ? "created" : outcome;
    }

    /** Removes links; answers the rows that were there, with the outcome {@code dismissed}. */
    public Future<JsonArray> dismiss(@Nullable Object links) {
        List<LinkInput> inputs = inputs(links);
        Map<Link, List<LinkInput>> byLink = merged(inputs);
        return database.transaction(session -> each(
                        byLink,
                        (link, some) ->
                                session.run(new LinkSql(link).dismiss(some)).map(rows -> answered(link, rows, false))))
                .map(rows -> {
                    rows.values().forEach(row -> row.put("outcome", "dismissed"));
                    publish(rows);
                    return inOrder(inputs.stream().distinct().toList(), rows);
                });
    }

    /**
     * Removes all links of records that were deleted, deletes the records on {@code @deleteCascade} sides and goes on
     * from those; the given records are never touched.
     *
     * @param of {@code {"product": {"product_id": ["prod_1"]}}}
     * @return the ids that went, by entity
     */
    public Future<JsonObject> delete(@Nullable Object of) {
        Map<Model, List<?>> records = records(of);
        return removed("deleted", session -> Removal.deleteLinked(catalog, session, records));
    }

    /** Brings back exactly what {@link #delete} of the same records removed; answers the ids that came. */
    public Future<JsonObject> restore(@Nullable Object of) {
        Map<Model, List<?>> records = records(of);
        return removed("restored", session -> Removal.restoreLinked(catalog, session, records));
    }

    private interface Removing {
        Future<Removed> apply(Session session);
    }

    private Future<JsonObject> removed(String what, Removing work) {
        return database.transaction(session ->
                        work.apply(session).recover(cause -> Future.failedFuture(BrokenRule.explain(catalog, cause))))
                .map(removed -> {
                    RemovalEvents.publish(events, removed, what);
                    return removed.toJson();
                });
    }

    private Map<Model, List<?>> records(@Nullable Object of) {
        return RecordKeys.read(catalog, of);
    }

    /** Live link rows with their custom columns, by pairs or by one side. */
    public Future<JsonArray> list(@Nullable Object links) {
        List<LinkSides> asked = LinkInput.many(links).stream()
                .map(one -> LinkSides.read(catalog, one, false))
                .toList();
        asked.stream().map(LinkSides::link).filter(Link::readOnly).findFirst().ifPresent(link -> {
            throw LinkInput.readOnly(link);
        });
        Map<Link, List<LinkInput>> pairs = new LinkedHashMap<>();
        Map<OneSide, List<Object>> sides = new LinkedHashMap<>();
        for (LinkSides one : asked) {
            Link link = one.link();
            if (one.keys().size() == 2) {
                pairs.computeIfAbsent(link, made -> new ArrayList<>())
                        .add(new LinkInput(link, one.key(link.first()), one.key(link.second()), Map.of()));
            } else {
                one.keys()
                        .forEach(
                                (side, key) -> sides.computeIfAbsent(new OneSide(link, side), made -> new ArrayList<>())
                                        .add(key));
            }
        }
        return database.snapshot(session -> each(
                        pairs,
                        (link, some) ->
                                session.run(new LinkSql(link).ofPairs(some)).map(rows -> answered(link, rows, false)))
                .compose(rows -> ofSides(session, sides, rows)));
    }

    /** A side of a link by which rows are asked for. */
    private record OneSide(Link link, Side side) {}

    private static Future<JsonArray> ofSides(
            Session session, Map<OneSide, List<Object>> sides, Map<Pair, JsonObject> rows) {
        Future<Map<Pair, JsonObject>> all = Future.succeededFuture(rows);
        for (Map.Entry<OneSide, List<Object>> entry : sides.entrySet()) {
            OneSide one = entry.getKey();
            all = all.compose(found -> session.run(new LinkSql(one.link()).ofSide(one.side(), entry.getValue(), MOST))
                    .map(more -> {
                        found.putAll(answered(one.link(), more, false));
                        return found;
                    }));
        }
        return all.map(found -> new JsonArray(new ArrayList<>(found.values())));
    }
}
