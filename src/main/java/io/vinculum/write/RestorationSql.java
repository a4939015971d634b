package io.vinculum.write;

import static io.vinculum.write.RemovalSql.column;
import static io.vinculum.write.RemovalSql.table;

import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.catalog.Model;
import io.vinculum.database.Statement;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import io.vinculum.value.Unnest;
import io.vinculum.write.Closure.Member;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;

/** The statements of restores. Pure. */
final class RestorationSql {
    private static final ColumnType TIME = ColumnType.of(Scalar.DATE_TIME);
    private static final ColumnType TEXT = ColumnType.of(Scalar.STRING);

    /** What the newest removal of each cause took; older ones of the same cause are forgotten with it. */
    private static final String JOURNAL = """
            select entity, key, other_key, cause_key, deleted_at
            from (select *, removed_at = max(removed_at) over (partition by cause_key) as newest
                  from vinculum.removed where cause = $1 and cause_key = any($2::text[])) j
            where newest
            order by entity collate "C", key collate "C", other_key collate "C"
            """;

    private RestorationSql() {}

    private static Object texts(Collection<Object> keys) {
        return keys.stream().map(String::valueOf).toArray(String[]::new);
    }

    static Statement journal(Model cause, Collection<Object> keys) {
        return Statement.of(JOURNAL, cause.name(), texts(keys));
    }

    /** Deletes what the journal has of these causes, but for what is in other hands or was written just now. */
    static Statement forget(Collection<Member> causes) {
        Unnest rows = new Unnest();
        String cause = rows.add(
                TEXT, causes.stream().map(member -> member.model().name()).toList());
        String key = rows.add(
                TEXT,
                causes.stream().map(member -> String.valueOf(member.key())).toList());
        String sql = "with locked as materialized (select r.entity, r.key, r.other_key from vinculum.removed r join "
                + rows.sql() + " on r.cause = " + cause + " and r.cause_key = " + key
                + " where r.removed_at <> now() for update of r skip locked) delete from vinculum.removed r using locked l where (r.entity, r.key, r.other_key)"
                + " = (l.entity, l.key, l.other_key)";
        return new Statement(sql, rows.parameters());
    }

    /** Brings records back whose rows are locked; answers their keys. */
    static Statement restore(Model model, List<Object> keys) {
        String sql = "update " + table(model) + " m set deleted_at = null, updated_at = now() where "
                + column("m", model.key()) + " = any(" + model.key().type().manyPlaceholder(1)
                + ") and m.deleted_at is not null returning " + column("m", model.key());
        return Statement.of(sql, model.key().type().many(keys));
    }

    /** Pairs of a link as the journal has them, with the time of their deletion. */
    record Pairs(Link link, List<Object> first, List<Object> second, List<OffsetDateTime> at) {}

    /**
     * Locks the rows of pairs that are as the journal left them; answers both keys, the id, whether each side's place is
     * free, whether each side's record is there, and the time of the deletion.
     */
    static Statement candidates(Pairs pairs) {
        Link link = pairs.link();
        Unnest rows = new Unnest();
        String first = rows.add(link.first().key().type(), pairs.first());
        String second = rows.add(link.second().key().type(), pairs.second());
        String at = rows.add(TIME, pairs.at());
        String sql = "select " + column("l", link.first().key()) + ", "
                + column("l", link.second().key()) + ", l.id, "
                + free(link, link.first()) + ", " + free(link, link.second()) + ", " + live(link, link.first()) + ", "
                + live(link, link.second()) + ", l.deleted_at from " + rows.sql() + " join " + table(link) + " l on "
                + column("l", link.first().key()) + " = " + first + " and "
                + column("l", link.second().key()) + " = "
                + second + " and l.deleted_at = " + at + " order by "
                + new LinkSql(link)
                        .order(
                                column("l", link.first().key()),
                                column("l", link.second().key()))
                + " for update of l";
        return new Statement(sql, rows.parameters());
    }

    private static String free(Link link, Side side) {
        return link.exclusive(side)
                ? "not exists (select from " + table(link) + " o where " + column("o", side.key()) + " = "
                        + column("l", side.key()) + " and o.deleted_at is null)"
                : "true";
    }

    private static String live(Link link, Side side) {
        return link.checked()
                ? "exists (select from " + table(side.model()) + " m where "
                        + column("m", side.model().key()) + " = " + column("l", side.key())
                        + " and m.deleted_at is null)"
                : "true";
    }

    /** Makes rows live again that are locked; answers both keys and the id. */
    static Statement revive(Link link, List<Object> first, List<Object> second) {
        Unnest rows = new Unnest();
        String one = rows.add(link.first().key().type(), first);
        String other = rows.add(link.second().key().type(), second);
        String sql = "update " + table(link) + " l set deleted_at = null, updated_at = now() from " + rows.sql()
                + " where " + column("l", link.first().key()) + " = " + one + " and "
                + column("l", link.second().key()) + " = " + other + " returning "
                + column("l", link.first().key()) + ", "
                + column("l", link.second().key()) + ", l.id";
        return new Statement(sql, rows.parameters());
    }

    /** A link whose other record is deleted itself will come back with that one. */
    static Statement handOver(Pairs pairs, Side cause) {
        Link link = pairs.link();
        Unnest rows = new Unnest();
        String first = rows.add(link.first().key().type(), pairs.first());
        String second = rows.add(link.second().key().type(), pairs.second());
        String at = rows.add(TIME, pairs.at());
        String key = cause.equals(link.first()) ? first : second;
        String sql = "insert into vinculum.removed (entity, key, other_key, cause, cause_key, deleted_at) select "
                + rows.addText(link.name()) + ", " + first + "::text, " + second + "::text, "
                + rows.addText(cause.model().name()) + ", " + key + "::text, " + at + " from " + rows.sql()
                + " where exists (select from " + table(cause.model()) + " m where "
                + column("m", cause.model().key()) + " = " + key + " and m.deleted_at is not null)"
                + " order by " + first + "::text collate \"C\", " + second
                + "::text collate \"C\" on conflict (entity, key, other_key) do update set "
                + "cause = excluded.cause, cause_key = excluded.cause_key, deleted_at = excluded.deleted_at";
        return new Statement(sql, rows.parameters());
    }
}
