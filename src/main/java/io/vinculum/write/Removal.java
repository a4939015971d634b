package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.catalog.Relation.Ownership;
import io.vinculum.database.Identifier;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Takes records away with their links, the children that need them, and the records that links cascade to; each level
 * one statement for each table. What a soft removal took is kept in a journal with its cause, so that a restore brings
 * back exactly that, and never what was dismissed before.
 */
public final class Removal {
    private final Catalog catalog;
    private final Session session;
    private final boolean soft;
    private final Removed removed = new Removed();
    private final Map<Model, Set<Object>> visited = new HashMap<>();

    private Removal(Catalog catalog, Session session, boolean soft) {
        this.catalog = catalog;
        this.session = session;
        this.soft = soft;
    }

    /** Soft-deletes records and what hangs on them; keys that are not there, or are deleted, are ignored. */
    public static Future<Removed> softDelete(Catalog catalog, Session session, Model model, List<?> keys) {
        Removal removal = new Removal(catalog, session, true);
        return removal.mark(model, keys)
                .compose(gone -> removal.take(model, gone))
                .map(done -> removal.removed);
    }

    /** Deletes records and what hangs on them for good, soft-deleted ones too; keys that are not there are ignored. */
    public static Future<Removed> delete(Catalog catalog, Session session, Model model, List<?> keys) {
        Removal removal = new Removal(catalog, session, false);
        // Children are found before they are gone, so parents go first.
        return session.script("set constraints all deferred")
                .compose(deferred -> removal.erase(model, keys))
                .compose(gone -> removal.take(model, gone))
                .compose(done -> removal.forget())
                .map(done -> removal.removed);
    }

    /** Soft-deletes what hangs on records that were deleted elsewhere; the records themselves are never touched. */
    public static Future<Removed> deleteLinked(Catalog catalog, Session session, Map<Model, List<?>> records) {
        Removal removal = new Removal(catalog, session, true);
        records.forEach((model, keys) -> removal.visit(model, keys));
        return inTurn(records.entrySet().stream()
                        .<Supplier<Future<Void>>>map(entry -> () -> removal.follow(entry.getKey(), entry.getValue()))
                        .toList())
                .map(done -> removal.removed);
    }

    /** Brings soft-deleted records back, with what their deletion took. */
    public static Future<Removed> restore(Catalog catalog, Session session, Model model, List<?> keys) {
        Restoration restoration = new Restoration(catalog, session);
        return restoration.records(model, keys);
    }

    /** Brings back what {@link #deleteLinked} took, and nothing that was dismissed before it. */
    public static Future<Removed> restoreLinked(Catalog catalog, Session session, Map<Model, List<?>> records) {
        Restoration restoration = new Restoration(catalog, session);
        return restoration.linked(records);
    }

    static Future<Void> inTurn(List<Supplier<Future<Void>>> steps) {
        Future<Void> all = Future.succeededFuture();
        for (Supplier<Future<Void>> step : steps) {
            all = all.compose(done -> step.get());
        }
        return all;
    }

    static String table(Entity entity) {
        return Identifier.table(entity.table().schema(), entity.table().name());
    }

    private Future<List<Object>> mark(Model model, List<?> keys) {
        Field key = model.key();
        String sql = "update " + table(model) + " set deleted_at = now(), updated_at = now() where "
                + quote(key.column()) + " = any(" + key.type().manyPlaceholder(1)
                + ") and deleted_at is null returning " + quote(key.column());
        return session.run(Statement.of(sql, key.type().many(keys))).map(Removal::firstColumn);
    }

    private Future<List<Object>> erase(Model model, List<?> keys) {
        Field key = model.key();
        String sql = "delete from " + table(model) + " where " + quote(key.column()) + " = any("
                + key.type().manyPlaceholder(1) + ") returning " + quote(key.column());
        return session.run(Statement.of(sql, key.type().many(keys))).map(Removal::firstColumn);
    }

    /** Nothing can bring back what is gone for good; said last, because links ask the journal on the way. */
    private Future<Void> forget() {
        String sql = "delete from vinculum.removed where (entity = $1 and key = any($2::text[])) "
                + "or (cause = $1 and cause_key = any($2::text[]))";
        List<Supplier<Future<Void>>> steps = new ArrayList<>();
        removed.forEach((entity, ids) -> {
            if (entity instanceof Model) {
                steps.add(() -> session.change(Statement.of(sql, entity.name(), texts(ids)))
                        .mapEmpty());
            }
        });
        return inTurn(steps);
    }

    private static String[] texts(List<?> keys) {
        return keys.stream().map(String::valueOf).toArray(String[]::new);
    }

    static List<Object> firstColumn(List<Row> rows) {
        List<Object> values = new ArrayList<>(rows.size());
        rows.forEach(row -> values.add(row.getValue(0)));
        return values;
    }

    private void visit(Model model, List<?> keys) {
        visited.computeIfAbsent(model, name -> new LinkedHashSet<>()).addAll(keys);
    }

    /** Notes records that are gone, and follows what hangs on them. */
    private Future<Void> take(Model model, List<Object> gone) {
        removed.add(model, gone);
        visit(model, gone);
        return follow(model, gone);
    }

    private Future<Void> follow(Model model, List<?> keys) {
        if (keys.isEmpty()) {
            return Future.succeededFuture();
        }
        List<Supplier<Future<Void>>> steps = new ArrayList<>();
        for (Link link : catalog.linksOf(model)) {
            link.sides().stream()
                    .filter(side -> !link.readOnly() && side.model() == model)
                    .forEach(side -> steps.add(() -> links(link, side, keys)));
        }
        for (Relation relation : model.relations().values()) {
            if (relation.ownership() != Ownership.NONE) {
                steps.add(() -> children(relation, keys));
            }
            Relation.Pivot pivot = relation.pivot();
            if (pivot != null && !soft) {
                steps.add(() -> pivots(pivot, keys));
            }
        }
        return inTurn(steps);
    }

    private Future<Void> links(Link link, Side near, List<?> keys) {
        Side far = link.other(near);
        return session.run(soft ? softLinks(link, near, keys) : hardLinks(link, near, keys))
                .compose(rows -> {
                    List<Object> cascading = new ArrayList<>();
                    List<Object> causes = new ArrayList<>();
                    List<Object> ids = new ArrayList<>();
                    for (Row row : rows) {
                        ids.add(row.getValue(2));
                        if (row.getBoolean(3) && far.deleteCascade()) {
                            causes.add(row.getValue(0));
                            cascading.add(row.getValue(1));
                        }
                    }
                    removed.add(link, ids);
                    return cascade(near.model(), far.model(), cascading, causes);
                });
    }

    private Statement softLinks(Link link, Side near, List<?> keys) {
        String sql = "with gone as (update " + table(link) + " l set deleted_at = now(), updated_at = now() where "
                + column("l", near.key()) + " = any(" + near.key().type().manyPlaceholder(1)
                + ") and l.deleted_at is null returning " + column("l", near.key()) + " as near, "
                + column("l", link.other(near).key()) + " as far, l.id, "
                + column("l", link.first().key()) + "::text as first, "
                + column("l", link.second().key()) + "::text as second, l.deleted_at), "
                + journal("first, second, $3, near::text")
                + " select near, far, id, true from gone";
        return Statement.of(
                sql, near.key().type().many(keys), link.name(), near.model().name());
    }

    /** Writes what is gone into the journal; {@code $2} is the entity, the rest as given. */
    private static String journal(String keysAndCause) {
        return "journal as (insert into vinculum.removed (entity, key, other_key, cause, cause_key, deleted_at) select $2, "
                + keysAndCause + ", deleted_at from gone on conflict (entity, key, other_key) do update set "
                + "cause = excluded.cause, cause_key = excluded.cause_key, deleted_at = excluded.deleted_at, "
                + "removed_at = now())";
    }

    /** A dismissed link leads nowhere any more; one that an earlier soft delete took still does. */
    private static Statement hardLinks(Link link, Side near, List<?> keys) {
        String sql = "delete from " + table(link) + " l where " + column("l", near.key()) + " = any("
                + near.key().type().manyPlaceholder(1) + ") returning " + column("l", near.key()) + ", "
                + column("l", link.other(near).key()) + ", l.id, l.deleted_at is null or exists (select from "
                + "vinculum.removed r where r.entity = $2 and r.key = "
                + column("l", link.first().key())
                + "::text and r.other_key = " + column("l", link.second().key())
                + "::text and r.deleted_at = l.deleted_at)";
        return Statement.of(sql, near.key().type().many(keys), link.name());
    }

    static String column(String alias, Field field) {
        return quote(alias, field.column());
    }

    private Future<Void> cascade(Model cause, Model target, List<Object> keys, List<Object> causes) {
        Set<Object> known = visited.computeIfAbsent(target, name -> new LinkedHashSet<>());
        List<Object> fresh = new ArrayList<>();
        List<String> freshCauses = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            if (known.add(keys.get(i))) {
                fresh.add(keys.get(i));
                freshCauses.add(String.valueOf(causes.get(i)));
            }
        }
        if (fresh.isEmpty() || target.remote()) {
            return Future.succeededFuture();
        }
        Future<List<Object>> gone = soft ? markCascaded(cause, target, fresh, freshCauses) : erase(target, fresh);
        return gone.compose(taken -> take(target, taken));
    }

    private Future<List<Object>> markCascaded(Model cause, Model target, List<Object> keys, List<String> causes) {
        Field key = target.key();
        String sql = "with gone as (update " + table(target) + " m set deleted_at = now(), updated_at = now() "
                + "from unnest(" + key.type().manyPlaceholder(1) + ", $4::text[]) u(key, cause) where "
                + column("m", key) + " = u.key and m.deleted_at is null returning " + column("m", key)
                + " as key, u.cause, m.deleted_at), " + journal("key::text, '', $3, cause") + " select key from gone";
        Object causeArray = causes.toArray(String[]::new);
        return session.run(Statement.of(sql, key.type().many(keys), target.name(), cause.name(), causeArray))
                .map(Removal::firstColumn);
    }

    private Future<Void> children(Relation relation, List<?> keys) {
        Field reference = ((Join.ByKey) relation.join()).far();
        Model child = (Model) relation.target();
        if (relation.ownership() == Ownership.OPTIONAL) {
            return soft ? Future.succeededFuture() : orphan(child, reference, keys);
        }
        String live = soft ? " and deleted_at is null" : "";
        String sql = "select " + quote(child.key().column()) + ", " + quote(reference.column()) + " from "
                + table(child) + " where " + quote(reference.column()) + " = any("
                + reference.type().manyPlaceholder(1) + ")" + live;
        return session.run(Statement.of(sql, reference.type().many(keys))).compose(rows -> {
            List<Object> found = new ArrayList<>();
            List<Object> causes = new ArrayList<>();
            rows.forEach(row -> {
                found.add(row.getValue(0));
                causes.add(row.getValue(1));
            });
            return cascade((Model) relation.owner(), child, found, causes);
        });
    }

    private Future<Void> orphan(Model child, Field reference, List<?> keys) {
        String sql = "update " + table(child) + " set " + quote(reference.column())
                + " = null, updated_at = now() where " + quote(reference.column()) + " = any("
                + reference.type().manyPlaceholder(1) + ")";
        return session.change(Statement.of(sql, reference.type().many(keys))).mapEmpty();
    }

    private Future<Void> pivots(Relation.Pivot pivot, List<?> keys) {
        String sql = "delete from "
                + Identifier.table(pivot.table().schema(), pivot.table().name()) + " where "
                + quote(pivot.near().column()) + " = any(" + pivot.near().type().manyPlaceholder(1) + ")";
        return session.change(Statement.of(sql, pivot.near().type().many(keys))).mapEmpty();
    }
}
