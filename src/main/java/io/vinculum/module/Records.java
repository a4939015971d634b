package io.vinculum.module;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.event.Events;
import io.vinculum.failure.Failure;
import io.vinculum.write.BrokenRule;
import io.vinculum.write.Numbering;
import io.vinculum.write.RecordInput;
import io.vinculum.write.RecordSql;
import io.vinculum.write.Removal;
import io.vinculum.write.RemovalEvents;
import io.vinculum.write.Removed;
import io.vinculum.write.RowJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes records of one model: all of a request, or nothing; events after the commit. */
public final class Records {
    private final Database database;
    private final Catalog catalog;
    private final Events events;
    private final Model model;
    private final RecordSql sql;

    Records(Database database, Catalog catalog, Events events, Model model) {
        this.database = database;
        this.catalog = catalog;
        this.events = events;
        this.model = model;
        this.sql = new RecordSql(model);
    }

    Future<JsonArray> create(List<?> records) {
        if (records.isEmpty()) {
            return Future.succeededFuture(new JsonArray());
        }
        boolean numbers = model.key().type().scalar().isNumber();
        List<RecordInput> inputs = RecordInput.forCreate(model, records);
        boolean given = numbers && inputs.get(0).values().containsKey(model.key());
        return database.transaction(session -> rows(session, sql.insert(inputs))
                        .compose(rows -> pivots(session, inputs, rows, false))
                        .compose(rows -> given && model.managed()
                                ? session.run(Numbering.skipGiven(model)).map(done -> rows)
                                : Future.succeededFuture(rows)))
                .map(rows -> published("created", rows));
    }

    Future<JsonArray> update(List<?> records) {
        if (records.isEmpty()) {
            return Future.succeededFuture(new JsonArray());
        }
        List<RecordInput> inputs = RecordInput.forUpdate(model, records);
        return database.transaction(session -> rows(session, sql.update(inputs))
                        .map(rows -> inOrder(inputs, rows))
                        .compose(rows -> pivots(session, inputs, rows, true)))
                .map(rows -> published("updated", rows));
    }

    private Future<List<Row>> rows(Session session, Statement statement) {
        return session.run(statement).recover(cause -> Future.failedFuture(BrokenRule.explain(catalog, cause)));
    }

    private Object key(Row row) {
        return row.getValue(new ArrayList<>(model.fields().values()).indexOf(model.key()));
    }

    private List<Row> inOrder(List<RecordInput> inputs, List<Row> rows) {
        Map<Object, Row> byKey = new HashMap<>();
        rows.forEach(row -> byKey.put(key(row), row));
        List<Row> ordered = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (RecordInput input : inputs) {
            Row row = byKey.get(input.values().get(model.key()));
            if (row == null) {
                missing.add(String.valueOf(input.values().get(model.key())));
            } else {
                ordered.add(row);
            }
        }
        if (!missing.isEmpty()) {
            throw Failure.notFound(
                    model.name() + " not found: " + String.join(", ", missing) + "; nothing was updated");
        }
        return ordered;
    }

    private Future<List<Row>> pivots(Session session, List<RecordInput> inputs, List<Row> rows, boolean replacing) {
        Future<List<Row>> done = Future.succeededFuture(rows);
        for (Relation relation : model.relations().values()) {
            Relation.Pivot pivot = relation.pivot();
            if (pivot != null) {
                done = done.compose(same ->
                        pivot(session, inputs, rows, relation, pivot, replacing).map(rows));
            }
        }
        return done;
    }

    private Future<?> pivot(
            Session session,
            List<RecordInput> inputs,
            List<Row> rows,
            Relation relation,
            Relation.Pivot pivot,
            boolean replacing) {
        List<Object> touched = new ArrayList<>();
        List<Object> near = new ArrayList<>();
        List<Object> far = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            List<Object> keys = inputs.get(i).pivots().get(relation);
            if (keys != null) {
                Object own = key(rows.get(i));
                touched.add(own);
                keys.forEach(key -> {
                    near.add(own);
                    far.add(key);
                });
            }
        }
        if (touched.isEmpty()) {
            return Future.succeededFuture();
        }
        Future<?> cleared = replacing ? session.change(sql.clearPivot(pivot, touched)) : Future.succeededFuture();
        return cleared.compose(done -> session.change(sql.fillPivot(pivot, near, far)))
                .recover(cause -> Future.failedFuture(BrokenRule.explain(catalog, cause)));
    }

    private JsonArray published(String what, List<Row> rows) {
        events.ofModel(
                model.module(),
                model.name(),
                what,
                RowJson.keys(model.key(), rows.stream().map(this::key).toList()));
        return RowJson.array(model, rows);
    }

    /** Answers the keys that went. */
    Future<JsonArray> delete(List<?> keys) {
        return removed("deleted", keys, (session, bound) -> Removal.delete(catalog, session, model, bound));
    }

    /** Answers the keys that went. */
    Future<JsonArray> softDelete(List<?> keys) {
        return removed("deleted", keys, (session, bound) -> Removal.softDelete(catalog, session, model, bound));
    }

    /** Answers the keys that came back. */
    Future<JsonArray> restore(List<?> keys) {
        return removed(
                "restored",
                keys,
                (session, bound) -> Removal.restore(catalog, session, model, bound)
                        .recover(cause -> Future.failedFuture(BrokenRule.explain(catalog, cause))));
    }

    private interface Work {
        Future<Removed> apply(Session session, List<Object> keys);
    }

    private Future<JsonArray> removed(String what, List<?> keys, Work work) {
        List<Object> bound = RecordInput.keys(model, keys);
        return database.transaction(session -> work.apply(session, bound)).map(removed -> {
            RemovalEvents.publish(events, removed, what);
            List<Object> own = new ArrayList<>(bound);
            own.retainAll(removed.of(model));
            return RowJson.keys(model.key(), own);
        });
    }
}
