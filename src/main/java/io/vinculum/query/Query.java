package io.vinculum.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.Statement;
import io.vinculum.deadline.Deadline;
import io.vinculum.json.JsonBytes;
import io.vinculum.json.JsonText;
import io.vinculum.plan.Planner;
import io.vinculum.plan.Planner.Need;
import io.vinculum.query.Answering.Finish;
import io.vinculum.selection.GraphRequest;
import io.vinculum.selection.GraphRequest.Explain;
import io.vinculum.selection.QueryLimits;
import io.vinculum.selection.Selection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers selections that cross modules: one plan for each shape of request, one snapshot for each answer. */
public final class Query {
    private static final int TYPICAL_ANSWER = 4_096;

    /** Large answers take processor time here and in PostgreSQL; more at once would not be ready sooner. */
    private static final int LARGE_AT_ONCE = 2 * Runtime.getRuntime().availableProcessors();

    private final Database database;
    private final Catalog catalog;
    private final QueryLimits limits;
    private final RemoteRows remote;
    private final MemoryBudget memory;
    private final Cache<String, CompiledPlan> plans;

    public Query(Database database, Catalog catalog, QueryLimits limits, RemoteRows remote) {
        this.database = database;
        this.catalog = catalog;
        this.limits = limits;
        this.remote = remote;
        this.memory = new MemoryBudget(limits.memoryBytes(), limits.answerBytes(), LARGE_AT_ONCE);
        this.plans = Caffeine.newBuilder()
                .maximumWeight(limits.cacheBytes())
                .weigher((String key, CompiledPlan plan) ->
                        (int) Math.min(Integer.MAX_VALUE, key.length() + plan.weight()))
                .build();
    }

    public QueryLimits limits() {
        return limits;
    }

    /** How long a request over HTTP or the bus may take at most. */
    public Duration longest() {
        return limits.requestTimeout();
    }

    /** The same as {@link #graph(JsonObject, Deadline)}, without a deadline. */
    public Future<JsonObject> graph(JsonObject request) {
        return graph(request, Deadline.NONE);
    }

    /**
     * Answers a request in JSON with {@code {"data": […], "metadata": {…}}}.
     *
     * <p>A to-one that leads nowhere is {@code null}, a to-many {@code []}; keys are never missing.
     *
     * @return the answer; fails with {@code INVALID_DATA} before anything is sent to the database when a name or a
     *     value is wrong, with {@code NOT_FOUND}, {@code TOO_LARGE}, {@code TOO_COMPLEX}, {@code TIMEOUT} or
     *     {@code UNAVAILABLE}
     */
    public Future<JsonObject> graph(JsonObject request, Deadline deadline) {
        return Future.succeededFuture(request)
                .map(JsonText::plain)
                .compose(plain -> graphBytes(plain, deadline))
                .map(JsonObject::new);
    }

    /** The same as {@link #graphBytes(Map, Deadline)}, without a deadline. */
    public Future<Buffer> graphBytes(Map<String, @Nullable Object> request) {
        return graphBytes(request, Deadline.NONE);
    }

    /** The same as {@link #graph(JsonObject, Deadline)}, as the bytes of the answer. */
    public Future<Buffer> graphBytes(Map<String, @Nullable Object> request, Deadline deadline) {
        return Future.succeededFuture(request)
                .map(asked -> GraphRequest.read(asked, limits))
                .compose(read -> {
                    List<Bound> bound = List.of(bound(request, read));
                    return read.explain() == Explain.ANALYZE
                            ? analyzed(bound, deadline)
                            : answer(bound, deadline, answers -> written(answers.get(0), read.explain(), List.of()));
                });
    }

    private JsonBytes written(Answer answer, Explain explain, List<Object> analyzed) {
        JsonBytes out = new JsonBytes(TYPICAL_ANSWER, limits.answerBytes());
        out.json("{\"data\":");
        answer.writeList(out);
        out.json(",\"metadata\":");
        answer.writeMetadata(out);
        if (explain != Explain.NO) {
            Map<String, Object> explained = new LinkedHashMap<>(answer.explain());
            if (!analyzed.isEmpty()) {
                explained.put("analyzed", analyzed);
            }
            out.json(",\"extensions\":{\"explain\":").value(explained).raw('}');
        }
        return out.raw('}');
    }

    /** Answers, and lets PostgreSQL run each statement once more to say what it did. */
    private Future<Buffer> analyzed(List<Bound> bound, Deadline deadline) {
        return run(
                bound,
                deadline,
                (answers, execution) -> explained(execution.ran(), deadline)
                        .map(lines ->
                                written(answers.get(0), Explain.ANALYZE, lines).toBuffer()));
    }

    private Future<List<Object>> explained(List<Statement> statements, Deadline deadline) {
        return database.snapshot(deadline, session -> {
            List<Object> all = new ArrayList<>();
            Future<Void> done = Future.succeededFuture();
            for (Statement statement : List.copyOf(statements)) {
                Statement explain =
                        new Statement("explain (analyze, buffers) " + statement.sql(), statement.parameters());
                done = done.compose(before -> session.run(explain)).map(rows -> {
                    all.add(rows.stream().map(row -> (Object) row.getString(0)).toList());
                    return null;
                });
            }
            return done.map(all);
        });
    }

    /**
     * Returns the cached plan of a request in JSON with its values, planning it first if needed.
     *
     * @throws io.vinculum.failure.Failure {@code INVALID_DATA} for a wrong name, with the nearest right one
     */
    public Bound prepare(Map<String, @Nullable Object> request) {
        return bound(request, GraphRequest.read(request, limits));
    }

    private Bound bound(Map<String, @Nullable Object> request, GraphRequest read) {
        String key = read.key();
        CompiledPlan plan = plans.getIfPresent(key);
        if (plan == null) {
            GraphRequest.Planned planned = GraphRequest.plan(request, catalog, limits);
            Set<Need> needs = EnumSet.noneOf(Need.class);
            if (planned.count()) {
                needs.add(Need.COUNT);
            }
            if (planned.throwIfKeyNotFound()) {
                needs.add(Need.ALL_KEYS);
            }
            plan = compiled(planned.selection(), needs);
            plans.put(key, plan);
        }
        return new Bound(plan, read.values());
    }

    private CompiledPlan compiled(Selection selection, Set<Need> needs) {
        return CompiledPlan.of(Planner.plan(selection, limits, needs), limits.rows());
    }

    /** Plans a selection; the caller keeps the plan for the next request of the same shape. */
    public CompiledPlan plan(Selection selection) {
        return compiled(selection, Set.of());
    }

    /** The same for records that were just written, which {@link Answer#writeInOrder} distinguishes by their keys. */
    public CompiledPlan planWithKeys(Selection selection) {
        return compiled(selection, Set.of(Need.KEYS));
    }

    /** Answers several selections in their order, all from the same snapshot. */
    public Future<List<Answer>> run(List<Bound> selections) {
        return run(selections, Deadline.NONE, Finish.of(answers -> answers));
    }

    /**
     * Answers several selections, all from the same snapshot, and writes their answers.
     *
     * @param write writes the answers, in their order, as bytes no longer than the limit
     */
    public Future<Buffer> answer(List<Bound> selections, Deadline deadline, Function<List<Answer>, JsonBytes> write) {
        return run(
                selections, deadline, Finish.of(answers -> write.apply(answers).toBuffer()));
    }

    private <T> Future<T> run(List<Bound> selections, Deadline deadline, Finish<T> finish) {
        // Watched before it begins: the statements' own watch would end with the first of them.
        Promise<T> answer = Promise.promise();
        Future<T> watched = database.watching(deadline, answer.future());
        new Answering<>(database, remote, limits, memory, deadline, selections, finish)
                .run()
                .onComplete(answer);
        return watched;
    }
}
