package io.vinculum.migration;

import static io.vinculum.database.Identifier.quote;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.catalog.Table;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.ddl.Ddl;
import io.vinculum.failure.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Removes soft-deleted rows for good, some at a time, with what the journal of removals knows about them. */
public final class Purge {
    private static final int BATCH = 1_000;

    private final Database database;
    private final Catalog catalog;

    public Purge(Database database, Catalog catalog) {
        this.database = database;
        this.catalog = catalog;
    }

    /**
     * Removes what was deleted at least so long ago. Links go with their records, and children that need a record go
     * before it; a record stays as long as a live child needs it.
     *
     * @param entity the only model or link whose rows go; empty for all
     * @return how many rows went, by entity
     */
    public Future<Map<String, Long>> run(Optional<Entity> entity, Duration olderThan) {
        if (entity.filter(one -> !purgeable(one)).isPresent()) {
            return Future.failedFuture(Failure.invalid(
                    "the records of " + entity.get().name() + " are never soft-deleted in this database"));
        }
        List<Entity> entities = entity.map(List::of).orElseGet(this::all);
        Map<String, Long> removed = new LinkedHashMap<>();
        return rounds(entities, (double) olderThan.toMillis(), removed).map(removed);
    }

    private static boolean purgeable(Entity entity) {
        return !entity.remote() && entity.fields().containsKey(Entity.DELETED_AT);
    }

    /** Links first: then fewer rows are left to go with their records. */
    private List<Entity> all() {
        List<Entity> all = new ArrayList<>();
        catalog.links().values().stream().filter(link -> !link.readOnly()).forEach(all::add);
        all.addAll(catalog.models());
        all.removeIf(entity -> !purgeable(entity));
        return all;
    }

    /** Goes over all entities until none loses a row: what went may have been all that another one waited for. */
    private Future<Void> rounds(List<Entity> entities, double millis, Map<String, Long> removed) {
        Future<Boolean> any = Future.succeededFuture(false);
        for (Entity entity : entities) {
            any = any.compose(before -> batches(entity, millis, removed).map(went -> before || went));
        }
        return any.compose(went -> went ? rounds(entities, millis, removed) : Future.succeededFuture());
    }

    private Future<Boolean> batches(Entity entity, double millis, Map<String, Long> removed) {
        Promise<Boolean> ended = Promise.promise();
        next(entity, millis, removed, false, ended);
        return ended.future();
    }

    /** Not one chain of futures: a large table takes thousands of batches. */
    private void next(Entity entity, double millis, Map<String, Long> removed, boolean before, Promise<Boolean> ended) {
        database.transaction(session -> entity instanceof Model model
                        ? records(session, model, millis)
                        : links(session, (Link) entity, millis))
                .onFailure(ended::fail)
                .onSuccess(counts -> {
                    counts.forEach((name, count) -> removed.merge(name, count, Long::sum));
                    if (counts.isEmpty()) {
                        ended.complete(before);
                    } else {
                        next(entity, millis, removed, true, ended);
                    }
                });
    }

    private static String table(Table table) {
        return Ddl.name(table);
    }

    private static String old(String alias) {
        return alias + ".deleted_at <= now() - $1::float8 * interval '1 millisecond'";
    }

    private static Future<Map<String, Long>> links(Session session, Link link, double millis) {
        String first = quote(link.first().key().column());
        String second = quote(link.second().key().column());
        String sql = "with gone as (delete from " + table(link.table()) + " l where ctid = any(array(select ctid from "
                + table(link.table()) + " o where " + old("o") + " limit " + BATCH + ")) and " + old("l")
                + " returning l." + first + "::text as first, l." + second + "::text as second), journal as (delete "
                + "from vinculum.removed r using gone where r.entity = $2 and r.key = gone.first and "
                + "r.other_key = gone.second) select count(*) from gone";
        return session.run(Statement.of(sql, millis, link.name())).map(rows -> counts(link, rows));
    }

    private static Map<String, Long> counts(Entity entity, List<Row> rows) {
        long count = rows.get(0).getLong(0);
        return count == 0 ? Map.of() : Map.of(entity.name(), count);
    }

    private Future<Map<String, Long>> records(Session session, Model model, double millis) {
        Field key = model.key();
        String sql = "select o." + quote(key.column()) + " from " + table(model.table()) + " o where " + old("o")
                + needed(model) + " limit " + BATCH + " for update skip locked";
        return session.run(Statement.of(sql, millis)).compose(rows -> {
            List<Object> keys = rows.stream().map(row -> row.getValue(0)).toList();
            return keys.isEmpty() ? Future.succeededFuture(Map.of()) : erase(session, model, keys);
        });
    }

    /** Leaves records that a child which stays refers to and cannot be without. */
    private String needed(Model model) {
        return references(model)
                .filter(Relation::required)
                .map(relation -> " and not exists (select from "
                        + table(relation.owner().table()) + " c where c."
                        + quote(relation.join().near().column()) + " = o."
                        + quote(model.key().column()) + ")")
                .collect(Collectors.joining());
    }

    /** The relations whose rows hold a key of the model. */
    private Stream<Relation> references(Model model) {
        return catalog.models().stream()
                .filter(owner -> !owner.remote())
                .flatMap(owner -> owner.relations().values().stream())
                .filter(relation -> relation.target() == model
                        && relation.join() instanceof Join.ByKey key
                        && key.near().role() == Field.Role.REFERENCE);
    }

    private Future<Map<String, Long>> erase(Session session, Model model, List<Object> keys) {
        Map<String, Long> counts = new LinkedHashMap<>();
        Future<Void> done = Future.succeededFuture();
        for (Link link : catalog.linksOf(model)) {
            for (Link.Side side : link.sides()) {
                if (!link.readOnly() && side.model() == model) {
                    done = done.compose(before -> linksOf(session, link, side, keys))
                            .map(went -> add(counts, link, went));
                }
            }
        }
        for (Statement untying : untying(model, keys)) {
            done = done.compose(before -> session.change(untying).mapEmpty());
        }
        return done.compose(before -> session.change(statement(model, keys)))
                .map(went -> add(counts, model, went))
                .compose(before -> session.change(journal(model, keys)))
                .map(counts);
    }

    private static Void add(Map<String, Long> counts, Entity entity, int rows) {
        if (rows > 0) {
            counts.merge(entity.name(), (long) rows, Long::sum);
        }
        return null;
    }

    private static Future<Integer> linksOf(Session session, Link link, Link.Side side, List<Object> keys) {
        String sql = "with gone as (delete from " + table(link.table()) + " l where l."
                + quote(side.key().column())
                + " = any(" + side.key().type().manyPlaceholder(1) + ") returning l."
                + quote(link.first().key().column()) + "::text as first, l."
                + quote(link.second().key().column())
                + "::text as second), journal as (delete from vinculum.removed r using gone where r.entity = $2 and "
                + "r.key = gone.first and r.other_key = gone.second) select count(*)::int4 from gone";
        return session.run(Statement.of(sql, side.key().type().many(keys), link.name()))
                .map(rows -> rows.get(0).getInteger(0));
    }

    /** Children that can be without it lose its key; rows of many-to-many tables go. */
    private List<Statement> untying(Model model, List<Object> keys) {
        String list = " = any(" + model.key().type().manyPlaceholder(1) + ")";
        Object bound = model.key().type().many(keys);
        List<Statement> statements = new ArrayList<>();
        references(model).filter(relation -> !relation.required()).forEach(relation -> {
            String reference = quote(relation.join().near().column());
            statements.add(Statement.of(
                    "update " + table(relation.owner().table()) + " set " + reference + " = null where " + reference
                            + list,
                    bound));
        });
        for (Model owner : catalog.models()) {
            for (Relation relation : owner.relations().values()) {
                Relation.Pivot pivot = relation.pivot();
                if (pivot != null && owner == model) {
                    statements.add(pivots(pivot, pivot.near(), list, bound));
                }
                if (pivot != null && relation.target() == model) {
                    statements.add(pivots(pivot, pivot.far(), list, bound));
                }
            }
        }
        return statements;
    }

    private static Statement pivots(Relation.Pivot pivot, Field side, String list, Object keys) {
        return Statement.of("delete from " + table(pivot.table()) + " where " + quote(side.column()) + list, keys);
    }

    private static Statement statement(Model model, List<Object> keys) {
        return Statement.of(
                "delete from " + table(model.table()) + " where "
                        + quote(model.key().column()) + " = any("
                        + model.key().type().manyPlaceholder(1) + ")",
                model.key().type().many(keys));
    }

    private static Statement journal(Model model, List<Object> keys) {
        Object texts = keys.stream().map(String::valueOf).toArray(String[]::new);
        return Statement.of(
                "delete from vinculum.removed where (entity = $1 and key = any($2::text[])) or (cause = $1 and "
                        + "cause_key = any($2::text[]))",
                model.name(),
                texts);
    }
}
