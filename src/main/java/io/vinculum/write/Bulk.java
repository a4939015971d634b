package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.failure.Failure;
import io.vinculum.value.Unnest;
import io.vinculum.write.WriteLocks.Strength;
import io.vinculum.write.Written.Change;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes many rows of one entity column by column, batch after batch inside one transaction of the caller's: the same
 * locks and checks as other writes, but nothing is answered. A row that is refused is named by its position.
 */
public final class Bulk {
    private final Entity entity;
    private final List<Field> columns;

    /**
     * Prepares batches.
     *
     * @param columns the fields that each row gives, in the order of its values
     */
    public Bulk(Entity entity, List<Field> columns) {
        this.entity = entity;
        this.columns = List.copyOf(columns);
    }

    /** One row of a batch cannot be written. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int row;
        private final Failure failure;

        Refused(int row, Failure failure) {
            super(failure.getMessage(), null, false, false);
            this.row = row;
            this.failure = failure;
        }

        /** Its position in the batch, from 0. */
        public int row() {
            return row;
        }

        public Failure failure() {
            return failure;
        }
    }

    /** To be waited for before the first batch: loads of one entity come one after the other. */
    public static Future<Void> begin(Session session, Entity entity) {
        List<Statement> locks = new ArrayList<>();
        locks.add(Statement.of(
                "select pg_advisory_xact_lock(hashtextextended($1, 0))", "vinculum.load." + entity.name()));
        if (entity instanceof Link link && new LinkSql(link).oneAtATime()) {
            locks.add(new LinkSql(link).lock());
        }
        return Pipeline.run(session, locks).mapEmpty();
    }

    /**
     * Writes one batch; a link that is there has its columns updated, a dismissed one is revived.
     *
     * @param values by column, each bound or null
     * @return what to publish after the commit; fails with {@link Refused}, or with what PostgreSQL said
     */
    public Future<Written> write(Session session, List<List<@Nullable Object>> values) {
        return (entity instanceof Link link ? checked(session, link, values) : checked(session, (Model) entity, values))
                .compose(good -> session.run(insert(values)))
                .map(this::written);
    }

    private List<@Nullable Object> column(Field field, List<List<@Nullable Object>> values) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).column().equals(field.column())) {
                return values.get(i);
            }
        }
        return List.of();
    }

    private Future<Void> checked(Session session, Link link, List<List<@Nullable Object>> values) {
        List<@Nullable Object> first = column(link.first().key(), values);
        List<@Nullable Object> second = column(link.second().key(), values);
        List<LinkInput> pairs = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            Object one = first.get(i);
            Object other = second.get(i);
            if (one != null && other != null) {
                pairs.add(new LinkInput(link, one, other, Map.of()));
            }
        }
        Map<Field, Model> needed = new LinkedHashMap<>();
        if (link.checked()) {
            link.sides().forEach(side -> needed.put(side.key(), side.model()));
        }
        Future<Void> there = held(session, new LinkSql(link).held(pairs, true), needed, values);
        boolean lookUp = new LinkSql(link).limited() && !link.managed();
        return lookUp ? there.compose(held -> alone(session, link, pairs)) : there;
    }

    /** Where no index holds the cardinality: no pair with another one of the batch, and none with what is there. */
    private static Future<Void> alone(Session session, Link link, List<LinkInput> pairs) {
        Optional<Failure> within = Cardinality.within(link, pairs);
        if (within.isPresent()) {
            return Future.failedFuture(new Refused(conflicting(link, pairs), within.get()));
        }
        return session.run(new LinkSql(link).crowded(pairs)).map(rows -> {
            if (!rows.isEmpty()) {
                Row row = rows.get(0);
                int position = pairs.indexOf(new LinkInput(link, row.getValue(0), row.getValue(1), Map.of()));
                throw new Refused(Math.max(0, position), Cardinality.broken(link, row));
            }
            return null;
        });
    }

    /** The first pair that an earlier one of the same batch excludes. */
    private static int conflicting(Link link, List<LinkInput> pairs) {
        for (int i = 1; i < pairs.size(); i++) {
            if (Cardinality.within(link, pairs.subList(0, i + 1)).isPresent()) {
                return i;
            }
        }
        return 0;
    }

    private Future<Void> checked(Session session, Model model, List<List<@Nullable Object>> values) {
        WriteLocks locks = new WriteLocks();
        Map<Field, Model> needed = new LinkedHashMap<>();
        for (Relation relation : model.relations().values()) {
            if (relation.pivot() == null
                    && relation.join() instanceof Join.ByKey join
                    && join.near().role() == Field.Role.REFERENCE
                    && relation.target() instanceof Model parent
                    // Rows of a file may refer to each other, and PostgreSQL checks those.
                    && parent != model) {
                List<Object> keys = new ArrayList<>();
                column(join.near(), values)
                        .forEach(key -> Optional.ofNullable(key).ifPresent(keys::add));
                locks.add(parent, keys, Strength.KEY_SHARE);
                if (join.near().required()) {
                    needed.put(join.near(), parent);
                }
            }
        }
        return held(session, locks, needed, values);
    }

    private Future<Void> held(
            Session session, WriteLocks locks, Map<Field, Model> needed, List<List<@Nullable Object>> values) {
        List<Model> models = locks.models();
        return locks.lock(session).map(answers -> {
            Map<Model, Set<Object>> live = new LinkedHashMap<>();
            for (int i = 0; i < models.size(); i++) {
                Set<Object> keys = live.computeIfAbsent(models.get(i), model -> new HashSet<>());
                answers.get(i).stream().filter(row -> row.getBoolean(1)).forEach(row -> keys.add(row.getValue(0)));
            }
            needed.forEach((field, model) -> refuseMissing(field, model, live, values));
            return null;
        });
    }

    private void refuseMissing(
            Field field, Model model, Map<Model, Set<Object>> live, List<List<@Nullable Object>> values) {
        List<@Nullable Object> keys = column(field, values);
        for (int row = 0; row < keys.size(); row++) {
            Object key = keys.get(row);
            if (key != null
                    && !model.remote()
                    && !live.getOrDefault(model, Set.of()).contains(key)) {
                throw new Refused(
                        row,
                        Failure.notFound(model.name() + " '" + key + "' is not there, and " + entity.name()
                                + (entity instanceof Link ? " links only records that are" : " needs it")));
            }
        }
    }

    private Statement insert(List<List<@Nullable Object>> values) {
        Unnest rows = new Unnest();
        List<String> selected = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            selected.add(rows.add(columns.get(i).type(), values.get(i)));
        }
        String names = columns.stream().map(column -> quote(column.column())).collect(Collectors.joining(", "));
        String sql = "insert into " + RemovalSql.table(entity) + " as t (" + names + ") select "
                + String.join(", ", selected) + " from " + rows.sql()
                + (entity instanceof Link link ? revive(link, selected) : "") + " returning " + returned();
        return new Statement(sql, rows.parameters());
    }

    private String revive(Link link, List<String> selected) {
        List<String> sets = new ArrayList<>(List.of("deleted_at = null", "updated_at = now()"));
        link.custom().stream()
                .filter(columns::contains)
                .forEach(column -> sets.add(quote(column.column()) + " = excluded." + quote(column.column())));
        String order = new LinkSql(link)
                .order(
                        selected.get(columns.indexOf(link.first().key())),
                        selected.get(columns.indexOf(link.second().key())));
        return " order by " + order + " on conflict ("
                + quote(link.first().key().column()) + ", "
                + quote(link.second().key().column()) + ") do update set " + String.join(", ", sets);
    }

    private String returned() {
        if (entity instanceof Link link) {
            return link.sides().stream()
                            .map(Side::key)
                            .map(key -> RowJson.column(key, "t"))
                            .collect(Collectors.joining(", "))
                    + ", t.id";
        }
        return RowJson.column(((Model) entity).key(), "t");
    }

    private Written written(List<Row> rows) {
        JsonArray ids = new JsonArray();
        JsonArray keys = new JsonArray();
        if (entity instanceof Link link) {
            rows.forEach(row -> {
                ids.add(row.getValue(2));
                keys.add(RowJson.pair(link, row.getValue(0), row.getValue(1)));
            });
        } else {
            RowJson.keys(((Model) entity).key(), RemovalPlan.firstColumn(rows)).forEach(ids::add);
        }
        return new Written(ids, List.of(new Change(entity, "created", ids, keys)));
    }

    /** To be waited for after the last batch: numbers that were given are not made again. */
    public static Future<Void> end(Session session, Entity entity) {
        boolean counted = entity instanceof Model model
                && model.managed()
                && model.key().type().scalar().isNumber();
        return counted ? session.run(RecordSql.skipGiven((Model) entity)).mapEmpty() : Future.succeededFuture();
    }
}
