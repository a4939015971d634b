package io.vinculum.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.failure.Failure;
import io.vinculum.json.JsonBytes;
import io.vinculum.json.JsonText;
import io.vinculum.selection.GraphRequest;
import io.vinculum.selection.QueryLimits;
import io.vinculum.selection.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers selections that cross modules: one plan for each shape of request, one snapshot for each answer. */
public final class Query {
    private static final int TYPICAL_ANSWER = 4_096;

    private final Database database;
    private final Catalog catalog;
    private final QueryLimits limits;
    private final RemoteRows remote;
    private final Cache<String, Plan> plans;

    public Query(Database database, Catalog catalog, QueryLimits limits, RemoteRows remote) {
        this.database = database;
        this.catalog = catalog;
        this.limits = limits;
        this.remote = remote;
        this.plans = Caffeine.newBuilder().maximumSize(limits.cachedPlans()).build();
    }

    public QueryLimits limits() {
        return limits;
    }

    /**
     * Answers a request in JSON with {@code {"data": […], "metadata": {…}}}.
     *
     * <p>A to-one that leads nowhere is {@code null}, a to-many {@code []}; keys are never missing.
     *
     * @return the answer; fails with {@code INVALID_DATA} before anything is sent to the database when a name or a
     *     value is wrong, with {@code NOT_FOUND}, {@code TOO_LARGE}, {@code TOO_COMPLEX} or {@code TIMEOUT}
     */
    public Future<JsonObject> graph(JsonObject request) {
        return graphBytes(JsonText.plain(request)).map(JsonObject::new);
    }

    /** The same as {@link #graph}, as the bytes of the answer. */
    public Future<Buffer> graphBytes(Map<String, @Nullable Object> request) {
        return Future.succeededFuture(request)
                .map(GraphRequest::read)
                .compose(read ->
                        run(List.of(bound(request, read))).map(answers -> written(answers.get(0), read.explain())));
    }

    private static Buffer written(Answer answer, boolean explain) {
        JsonBytes out = new JsonBytes(TYPICAL_ANSWER);
        out.json("{\"data\":");
        answer.writeList(out);
        out.json(",\"metadata\":");
        answer.writeMetadata(out);
        if (explain) {
            out.json(",\"extensions\":{\"explain\":").value(answer.explain()).raw('}');
        }
        return out.raw('}').toBuffer();
    }

    /**
     * Finds or makes the plan of a request in JSON.
     *
     * @throws io.vinculum.failure.Failure {@code INVALID_DATA} for a wrong name, with the nearest right one
     */
    public Bound prepare(Map<String, @Nullable Object> request) {
        return bound(request, GraphRequest.read(request));
    }

    private Bound bound(Map<String, @Nullable Object> request, GraphRequest read) {
        String key = read.key();
        Plan plan = plans.getIfPresent(key);
        if (plan == null) {
            GraphRequest.Planned planned = GraphRequest.plan(request, catalog, limits);
            plan = Planner.plan(planned.selection(), limits, planned.count(), planned.throwIfKeyNotFound(), false);
            plans.put(key, plan);
        }
        return new Bound(plan, read.values());
    }

    /** Plans a selection; whoever asks keeps the plan for the next request of the same shape. */
    public Plan plan(Selection selection) {
        return Planner.plan(selection, limits, false, false, false);
    }

    /** The same for records that were just written, which {@link Answer#writeInOrder} tells apart by their keys. */
    public Plan planWithKeys(Selection selection) {
        return Planner.plan(selection, limits, false, false, true);
    }

    /** Answers several selections in their order, all from the same snapshot. */
    public Future<List<Answer>> run(List<Bound> selections) {
        if (selections.size() == 1 && selections.get(0).plan().single()) {
            return answers(new Execution(database::read, remote, limits), selections);
        }
        return database.snapshot(session -> answers(new Execution(session::run, remote, limits), selections));
    }

    private static Future<List<Answer>> answers(Execution execution, List<Bound> selections) {
        List<Future<Answer>> answers = new ArrayList<>(selections.size());
        try {
            selections.forEach(selection -> answers.add(execution.run(selection)));
        } catch (Failure failure) {
            return Future.failedFuture(failure);
        }
        return Future.all(answers)
                .map(done -> answers.stream().map(Future::result).toList());
    }
}
