package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.database.Identifier;
import io.vinculum.database.Statement;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import io.vinculum.value.Unnest;
import io.vinculum.write.Closure.Member;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statements of removals. Pure. */
final class RemovalSql {
    private static final ColumnType TEXT = ColumnType.of(Scalar.STRING);

    private RemovalSql() {}

    static String table(Entity entity) {
        return Identifier.table(entity.table().schema(), entity.table().name());
    }

    static String column(String alias, Field field) {
        return quote(alias, field.column());
    }

    /** The live links of records that lead to records of the other side: their keys, and those of the other side. */
    static Statement softLinks(Link link, Side near, List<Object> keys) {
        String sql = "select " + column("l", near.key()) + ", "
                + column("l", link.other(near).key()) + " from " + table(link) + " l where "
                + column("l", near.key()) + " = any(" + near.key().type().manyPlaceholder(1)
                + ") and l.deleted_at is null";
        return Statement.of(sql, near.key().type().many(keys));
    }

    /** The same for good: a dismissed link leads nowhere any more; one that an earlier soft delete took still does. */
    static Statement hardLinks(Link link, Side near, List<Object> keys) {
        String sql = "select " + column("l", near.key()) + ", "
                + column("l", link.other(near).key()) + " from " + table(link) + " l where "
                + column("l", near.key()) + " = any(" + near.key().type().manyPlaceholder(1)
                + ") and (l.deleted_at is null or exists (select from vinculum.removed r where r.entity = $2 and r.key = "
                + column("l", link.first().key()) + "::text and r.other_key = "
                + column("l", link.second().key()) + "::text and r.deleted_at = l.deleted_at))";
        return Statement.of(sql, near.key().type().many(keys), link.name());
    }

    /** The records that hold one of the keys: those keys, and their own. */
    static Statement children(Relation relation, List<Object> keys, boolean liveOnly) {
        Field reference = ((Join.ByKey) relation.join()).far();
        Model child = (Model) relation.target();
        String sql = "select " + column("m", reference) + ", " + column("m", child.key()) + " from " + table(child)
                + " m where " + column("m", reference) + " = any("
                + reference.type().manyPlaceholder(1) + ")" + (liveOnly ? " and m.deleted_at is null" : "");
        return Statement.of(sql, reference.type().many(keys));
    }

    /** Takes a reference away from records that are locked. */
    static Statement untie(Relation relation, List<Object> keys) {
        Field reference = ((Join.ByKey) relation.join()).far();
        String sql = "update " + table(relation.target()) + " m set " + quote(reference.column())
                + " = null, updated_at = now() where " + column("m", reference) + " = any("
                + reference.type().manyPlaceholder(1) + ")";
        return Statement.of(sql, reference.type().many(keys));
    }

    /** The rows of a link that have a key of one side or of the other. */
    private record Touched(Link link, List<Object> first, List<Object> second) {

        String where(Unnest parameters) {
            List<String> either = new ArrayList<>();
            either(link.first(), first, parameters, either);
            either(link.second(), second, parameters, either);
            return "(" + String.join(" or ", either) + ")";
        }

        private static void either(Side side, List<Object> keys, Unnest parameters, List<String> into) {
            if (!keys.isEmpty()) {
                into.add(column("l", side.key()) + " = any("
                        + parameters.addArray(side.key().type(), keys) + ")");
            }
        }
    }

    /** A link's rows of records, locked in the link's order: those that come meanwhile are left alone. */
    private static String locked(Link link, String where) {
        String first = column("l", link.first().key());
        String second = column("l", link.second().key());
        return "with locked as materialized (select " + first + " as first, " + second + " as second from "
                + table(link) + " l where " + where + " order by " + new LinkSql(link).order(first, second)
                + " for update of l)";
    }

    private static String isLocked(Link link) {
        return column("l", link.first().key()) + " = locked.first and "
                + column("l", link.second().key()) + " = locked.second";
    }

    /** Soft-deletes a link's rows of records and notes what took them; answers both keys and the id. */
    static Statement softDeleteLinks(Link link, List<Object> first, List<Object> second) {
        Unnest parameters = new Unnest();
        String where = new Touched(link, first, second).where(parameters);
        // Where both sides go, the link went with the one that does not cascade from the other.
        Side preferred = link.first().deleteCascade() ? link.second() : link.first();
        Side cause = (preferred.equals(link.first()) ? first : second).isEmpty() ? link.other(preferred) : preferred;
        String causeName;
        String causeKey;
        if (first.isEmpty() || second.isEmpty()) {
            causeName = parameters.addText(cause.model().name());
            causeKey = column("l", cause.key()) + "::text";
        } else {
            Side other = link.other(cause);
            String chosen = column("l", cause.key()) + " = any("
                    + parameters.addArray(cause.key().type(), cause.equals(link.first()) ? first : second) + ")";
            causeName = "case when " + chosen + " then "
                    + parameters.addText(cause.model().name()) + " else "
                    + parameters.addText(other.model().name()) + " end";
            causeKey = "case when " + chosen + " then " + column("l", cause.key()) + "::text else "
                    + column("l", other.key()) + "::text end";
        }
        String sql = locked(link, where + " and l.deleted_at is null") + ", gone as (update " + table(link)
                + " l set deleted_at = now(), updated_at = now() from locked where " + isLocked(link)
                + " and l.deleted_at is null returning "
                + column("l", link.first().key()) + " as first, "
                + column("l", link.second().key()) + " as second, l.id, l.deleted_at, " + causeName + " as cause, "
                + causeKey + " as cause_key), "
                + journal(parameters.addText(link.name()), "first", "second", "")
                + " select first, second, id from gone";
        return new Statement(sql, parameters.parameters());
    }

    /** Deletes a link's rows of records for good; answers both keys and the id. */
    static Statement deleteLinks(Link link, List<Object> first, List<Object> second) {
        Unnest parameters = new Unnest();
        String where = new Touched(link, first, second).where(parameters);
        String sql = locked(link, where) + " delete from " + table(link) + " l using locked where " + isLocked(link)
                + " returning "
                + column("l", link.first().key()) + ", "
                + column("l", link.second().key()) + ", l.id";
        return new Statement(sql, parameters.parameters());
    }

    /** Journals rows of {@code gone}: {@code key} and {@code other} are its columns, or SQL. */
    private static String journal(String entity, String key, String other, String where) {
        return "journal as (insert into vinculum.removed (entity, key, other_key, cause, cause_key, deleted_at) select "
                + entity + ", " + key + "::text, " + other + "::text, cause, cause_key, deleted_at from gone" + where
                + " order by " + key + "::text collate \"C\", " + other + "::text collate \"C\" on conflict "
                + "(entity, key, other_key) do update set cause = excluded.cause, cause_key = excluded.cause_key, "
                + "deleted_at = excluded.deleted_at, removed_at = now())";
    }

    /** Soft-deletes records and notes what took them, but for those that were asked for; answers their keys. */
    static Statement softDelete(Model model, List<Object> keys, List<@Nullable Member> causes) {
        Unnest rows = new Unnest();
        String key = rows.add(model.key().type(), keys);
        List<@Nullable Object> names = new ArrayList<>();
        List<@Nullable Object> causeKeys = new ArrayList<>();
        causes.forEach(cause -> {
            names.add(cause == null ? null : cause.model().name());
            causeKeys.add(cause == null ? null : String.valueOf(cause.key()));
        });
        String name = rows.add(TEXT, names);
        String causeKey = rows.add(TEXT, causeKeys);
        String sql = "with gone as (update " + table(model) + " m set deleted_at = now(), updated_at = now() from "
                + rows.sql() + " where " + column("m", model.key()) + " = " + key
                + " and m.deleted_at is null returning " + column("m", model.key()) + " as key, " + name
                + " as cause, " + causeKey + " as cause_key, m.deleted_at), "
                + journal(rows.addText(model.name()), "key", "''", " where cause is not null")
                + " select key from gone";
        return new Statement(sql, rows.parameters());
    }

    static Statement delete(Model model, List<Object> keys) {
        String sql = "delete from " + table(model) + " m where " + column("m", model.key()) + " = any("
                + model.key().type().manyPlaceholder(1) + ") returning " + column("m", model.key());
        return Statement.of(sql, model.key().type().many(keys));
    }

    /** Nothing can bring back what is gone for good, so its entries of the journal go, but for those in other hands. */
    static Statement forget(Model model, List<Object> keys) {
        String sql = "with old as materialized (select r.entity, r.key, r.other_key from vinculum.removed r where "
                + "((r.entity = $1 and r.key = any($2::text[])) or (r.cause = $1 and r.cause_key = any($2::text[])))"
                + " and r.removed_at <> now() for update skip locked) delete from vinculum.removed r using old where "
                + "(r.entity, r.key, r.other_key) = (old.entity, old.key, old.other_key)";
        return Statement.of(
                sql, model.name(), keys.stream().map(String::valueOf).toArray(String[]::new));
    }
}
