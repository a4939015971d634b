package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;
import static io.vinculum.write.Removal.column;
import static io.vinculum.write.Removal.table;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.catalog.Model;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import io.vinculum.value.Unnest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Brings back what a soft removal took, by its journal. */
final class Restoration {
    private static final ColumnType TIME = ColumnType.of(Scalar.DATE_TIME);

    /** The newest removal of each cause; older ones of the same cause are forgotten with it. */
    private static final String JOURNAL = """
            with gone as (delete from vinculum.removed where cause = $1 and cause_key = any($2::text[])
                          returning entity, key, other_key, cause_key, deleted_at, removed_at)
            select entity, key, other_key, deleted_at,
                   removed_at = max(removed_at) over (partition by cause_key) as newest
            from gone order by entity, key, other_key
            """;

    private final Catalog catalog;
    private final Session session;
    private final Removed restored = new Removed();

    Restoration(Catalog catalog, Session session) {
        this.catalog = catalog;
        this.session = session;
    }

    Future<Removed> records(Model model, List<?> keys) {
        Field key = model.key();
        String sql =
                "update " + table(model) + " set deleted_at = null, updated_at = now() where " + quote(key.column())
                        + " = any(" + key.type().manyPlaceholder(1) + ") and deleted_at is not null returning "
                        + quote(key.column());
        return session.run(Statement.of(sql, key.type().many(keys)))
                .map(Removal::firstColumn)
                .compose(came -> take(model, came))
                .map(done -> restored);
    }

    Future<Removed> linked(Map<Model, List<?>> records) {
        return Removal.inTurn(records.entrySet().stream()
                        .<Supplier<Future<Void>>>map(entry -> () -> follow(entry.getKey(), entry.getValue()))
                        .toList())
                .map(done -> restored);
    }

    private Future<Void> take(Model model, List<Object> came) {
        restored.add(model, came);
        return follow(model, came);
    }

    private Future<Void> follow(Model model, List<?> keys) {
        if (keys.isEmpty()) {
            return Future.succeededFuture();
        }
        String[] texts = keys.stream().map(String::valueOf).toArray(String[]::new);
        return session.run(Statement.of(JOURNAL, model.name(), texts)).compose(rows -> {
            Map<String, List<Row>> byEntity = new LinkedHashMap<>();
            rows.stream()
                    .filter(row -> row.getBoolean("newest"))
                    .forEach(row -> byEntity.computeIfAbsent(row.getString("entity"), name -> new ArrayList<>())
                            .add(row));
            return Removal.inTurn(byEntity.entrySet().stream()
                    .<Supplier<Future<Void>>>map(entry -> () -> entity(entry.getKey(), entry.getValue()))
                    .toList());
        });
    }

    private Future<Void> entity(String name, List<Row> journal) {
        Entity entity = catalog.find(name).orElse(null);
        if (entity instanceof Link link) {
            return links(link, journal);
        }
        // An entity that is declared no more has no table to restore into.
        return entity instanceof Model model ? models(model, journal) : Future.succeededFuture();
    }

    private Future<Void> models(Model model, List<Row> journal) {
        Unnest rows = new Unnest();
        String key = rows.add(model.key().type(), keys(model.key(), journal, "key"));
        String at = rows.add(TIME, times(journal));
        String sql = "update " + table(model) + " m set deleted_at = null, updated_at = now() from " + rows.sql()
                + " where " + column("m", model.key()) + " = " + key + " and m.deleted_at = " + at + " returning "
                + column("m", model.key());
        return session.run(new Statement(sql, rows.parameters()))
                .map(Removal::firstColumn)
                .compose(came -> take(model, came));
    }

    private static List<Object> keys(Field field, List<Row> journal, String column) {
        return journal.stream()
                .map(row -> field.type().read(row.getString(column), field.name()))
                .toList();
    }

    private static List<Object> times(List<Row> journal) {
        return journal.stream()
                .<Object>map(row -> row.getOffsetDateTime("deleted_at"))
                .toList();
    }

    private Future<Void> links(Link link, List<Row> journal) {
        Unnest rows = new Unnest();
        String first = rows.add(link.first().key().type(), keys(link.first().key(), journal, "key"));
        String second = rows.add(link.second().key().type(), keys(link.second().key(), journal, "other_key"));
        String at = rows.add(TIME, times(journal));
        String same = column("l", link.first().key()) + " = " + first + " and "
                + column("l", link.second().key()) + " = " + second + " and l.deleted_at = " + at;
        String revive = "update " + table(link) + " l set deleted_at = null, updated_at = now() from " + rows.sql()
                + " where " + same + placeFree(link, link.first()) + placeFree(link, link.second()) + " returning l.id";
        String left = "select l.id from " + table(link) + " l, " + rows.sql() + " where " + same;
        return session.run(new Statement(revive, rows.parameters()))
                .compose(came -> {
                    restored.add(link, Removal.firstColumn(came));
                    return session.run(new Statement(left, rows.parameters()));
                })
                .map(skipped -> {
                    restored.skip(link, Removal.firstColumn(skipped));
                    return null;
                });
    }

    /** A link whose place was taken meanwhile stays away. */
    private static String placeFree(Link link, Side side) {
        return link.exclusive(side)
                ? " and not exists (select from " + table(link) + " o where " + column("o", side.key()) + " = "
                        + column("l", side.key()) + " and o.deleted_at is null)"
                : "";
    }
}
