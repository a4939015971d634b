package io.vinculum.write;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.database.Session;
import io.vinculum.database.Statement;
import io.vinculum.write.Write.Answer;
import io.vinculum.write.WriteLocks.Strength;
import io.vinculum.write.Written.Change;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Creates or updates records of one model. */
final class RecordWriter {
    private static final String NOTHING_UPDATED = "nothing was updated";

    private final Catalog catalog;
    private final Model model;
    private final List<RecordInput> inputs;
    private final Answer answer;
    private final RecordSql sql;
    private final int keyColumn;

    RecordWriter(Catalog catalog, Write.CreateRecords write) {
        this(catalog, write.model(), write.records(), write.answer());
    }

    RecordWriter(Catalog catalog, Write.UpdateRecords write) {
        this(catalog, write.model(), write.records(), write.answer());
    }

    private RecordWriter(Catalog catalog, Model model, List<RecordInput> inputs, Answer answer) {
        this.catalog = catalog;
        this.model = model;
        this.inputs = inputs;
        this.answer = answer;
        this.sql = new RecordSql(model, answer);
        this.keyColumn =
                answer == Answer.KEYS ? 0 : List.copyOf(model.fields().values()).indexOf(model.key());
    }

    /** Whether the statements that create decide by themselves, so that the commit may follow them at once. */
    boolean pipelined() {
        return inputs.stream().allMatch(input -> input.pivots().isEmpty());
    }

    /** Inserts the records; fails with {@link Unexplained} when one that they need is not there. */
    Future<Written> create(Session session) {
        if (inputs.isEmpty()) {
            return Future.succeededFuture(new Written(new JsonArray(), List.of()));
        }
        WriteLocks locks = createLocks(false);
        List<Statement> statements = new ArrayList<>(List.of(sql.insert(inputs, locks)));
        boolean numbered = model.managed() && model.key().type().scalar().isNumber();
        if (numbered && inputs.get(0).values().containsKey(model.key())) {
            statements.add(RecordSql.skipGiven(model));
        }
        Future<List<Row>> made = written(session, statements, locks, "nothing was created");
        return (pipelined() ? made : made.compose(rows -> pivots(session, rows, false)))
                .map(rows -> answer(rows, "created"));
    }

    /** Updates the records; fails with {@link Unexplained} when one of them, or one that they need, is not there. */
    Future<Written> update(Session session) {
        if (inputs.isEmpty()) {
            return Future.succeededFuture(new Written(new JsonArray(), List.of()));
        }
        WriteLocks locks = updateLocks(false);
        // In a statement of its own: one that waits for a lock and then updates meets rows as they were before it
        // waited,
        // and PostgreSQL would queue for those a second time, behind others that wait for this transaction.
        Future<List<Row>> made = locks.lock(session)
                .compose(answers -> {
                    if (!locks.satisfied(answers)) {
                        throw missing(locks, NOTHING_UPDATED);
                    }
                    return written(session, List.of(sql.update(inputs)), locks, NOTHING_UPDATED);
                })
                .map(this::inOrder);
        return (inputs.stream().allMatch(input -> input.pivots().isEmpty())
                        ? made
                        : made.compose(rows -> pivots(session, rows, true)))
                .map(rows -> answer(rows, "updated"));
    }

    private static Unexplained missing(WriteLocks locks, String consequence) {
        return new Unexplained(reader -> locks.missing(reader, consequence));
    }

    /**
     * What creating locks: the records that the new ones refer to, and unique values.
     *
     * @param several whether its transaction writes other things too
     */
    WriteLocks createLocks(boolean several) {
        WriteLocks locks = new WriteLocks();
        Set<Object> own = new LinkedHashSet<>();
        inputs.stream()
                .map(input -> input.values().get(model.key()))
                .filter(Objects::nonNull)
                .forEach(own::add);
        parents(locks, own);
        new UniqueValues(model, several).created(locks, inputs);
        return locks;
    }

    /** What updating locks: the records, those that they refer to from now on, and unique values. */
    WriteLocks updateLocks(boolean several) {
        WriteLocks locks = new WriteLocks();
        Set<Field> given = RecordSql.given(inputs);
        // PostgreSQL itself locks a row fully to change what a whole unique index covers; those of ours are partial.
        boolean fully = !model.managed()
                && model.indexes().stream()
                        .anyMatch(index ->
                                index.unique() && index.fields().stream().anyMatch(given::contains));
        locks.need(
                model,
                inputs.stream()
                        .map(input -> Objects.requireNonNull(input.values().get(model.key())))
                        .toList(),
                fully ? Strength.UPDATE : Strength.NO_KEY_UPDATE);
        parents(locks, Set.of());
        new UniqueValues(model, several).updated(locks, inputs);
        return locks;
    }

    /** A record that cannot be without its parent needs one that is not deleted, also not at the same moment. */
    private void parents(WriteLocks locks, Set<Object> made) {
        for (Relation relation : model.relations().values()) {
            if (relation.pivot() != null) {
                Collection<Object> far = new LinkedHashSet<>();
                inputs.forEach(input -> far.addAll(input.pivots().getOrDefault(relation, List.of())));
                // One writer of a row between at a time, from whichever side.
                locks.add((Model) relation.target(), far, Strength.NO_KEY_UPDATE);
            } else if (relation.join() instanceof Join.ByKey join
                    && join.near().role() == Field.Role.REFERENCE
                    && relation.target() instanceof Model parent) {
                Collection<Object> keys = new LinkedHashSet<>();
                inputs.forEach(input -> {
                    Object key = input.values().get(join.near());
                    if (key != null && !(parent == model && made.contains(key))) {
                        keys.add(key);
                    }
                });
                if (join.near().required()) {
                    locks.need(parent, keys, Strength.KEY_SHARE);
                } else {
                    locks.add(parent, keys, Strength.KEY_SHARE);
                }
            }
        }
    }

    private Future<List<Row>> written(
            Session session, List<Statement> statements, WriteLocks locks, String consequence) {
        return Pipeline.run(session, statements)
                .recover(cause -> Future.failedFuture(BrokenRule.explain(catalog, cause)))
                .map(answers -> {
                    if (answers.get(0).size() < inputs.size()) {
                        throw missing(locks, consequence);
                    }
                    return answers.get(0);
                });
    }

    private List<Row> inOrder(List<Row> rows) {
        Map<Object, Row> byKey = new HashMap<>(rows.size() * 2);
        rows.forEach(row -> byKey.put(row.getValue(keyColumn), row));
        return inputs.stream()
                .map(input -> Objects.requireNonNull(byKey.get(input.values().get(model.key()))))
                .toList();
    }

    private Future<List<Row>> pivots(Session session, List<Row> rows, boolean replacing) {
        List<Statement> statements = new ArrayList<>();
        for (Relation relation : RemovalPlan.betweens(List.of(model))) {
            statements.addAll(pivot(rows, relation, Objects.requireNonNull(relation.pivot()), replacing));
        }
        return Pipeline.run(session, statements)
                .recover(cause -> Future.failedFuture(BrokenRule.explain(catalog, cause)))
                .map(rows);
    }

    private List<Statement> pivot(List<Row> rows, Relation relation, Relation.Pivot pivot, boolean replacing) {
        List<Object> touched = new ArrayList<>();
        List<Object> near = new ArrayList<>();
        List<Object> far = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            List<Object> keys = inputs.get(i).pivots().get(relation);
            if (keys != null) {
                Object own = rows.get(i).getValue(keyColumn);
                touched.add(own);
                keys.forEach(key -> {
                    near.add(own);
                    far.add(key);
                });
            }
        }
        List<Statement> statements = new ArrayList<>();
        if (!touched.isEmpty()) {
            if (replacing) {
                statements.addAll(RecordSql.clearPivot(pivot, touched));
            }
            statements.add(sql.fillPivot(pivot, near, far));
        }
        return statements;
    }

    private Written answer(List<Row> rows, String what) {
        List<Object> keys = new ArrayList<>(rows.size());
        rows.forEach(row -> keys.add(row.getValue(keyColumn)));
        JsonArray ids = RowJson.keys(model.key(), keys);
        Change change = new Change(model, what, ids, new JsonArray());
        return new Written(answer == Answer.KEYS ? ids : new RowJson(model).array(rows), List.of(change));
    }
}
