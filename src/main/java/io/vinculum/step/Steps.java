package io.vinculum.step;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Model;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.json.JsonText;
import io.vinculum.link.Links;
import io.vinculum.module.Modules;
import io.vinculum.query.Query;
import io.vinculum.workflow.Coordinator;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes the steps. What a compensation will need is kept before anything is changed, so a step that dies half way is
 * undone as well. Each is called by what it does; give it another name for a second use.
 */
public final class Steps {
    private final Catalog catalog;
    private final Modules modules;
    private final Links links;
    private final Query query;
    private final Supplier<Coordinator> workflows;

    public Steps(Catalog catalog, Modules modules, Links links, Query query, Supplier<Coordinator> workflows) {
        this.catalog = catalog;
        this.modules = modules;
        this.links = links;
        this.query = query;
        this.workflows = workflows;
    }

    /** Makes links, as {@code link.create}; undone, what was there is there again, with its custom columns. */
    public Step<JsonArray, JsonArray> createLinks() {
        return Step.of("create links", JsonArray.class, (JsonArray pairs, StepContext context) -> {
                    context.prepare(LinksBefore.class, () -> LinksBefore.of(links, pairs));
                    return links.create(JsonText.plain(pairs)).await();
                })
                .compensate(LinksBefore.class, (before, context) -> before.restore(links));
    }

    /** Removes links, as {@code link.dismiss}; undone, those that were there are there again. */
    public Step<JsonArray, JsonArray> dismissLinks() {
        return Step.of("dismiss links", JsonArray.class, (JsonArray pairs, StepContext context) -> {
                    context.prepare(LinksBefore.class, () -> LinksBefore.of(links, pairs));
                    return links.dismiss(JsonText.plain(pairs)).await();
                })
                .compensate(LinksBefore.class, (before, context) -> before.putBack(links));
    }

    /** Changes the custom columns of links; fails with {@code NOT_FOUND} when one is not there. */
    public Step<JsonArray, JsonArray> updateLinks() {
        return Step.of("update links", JsonArray.class, (JsonArray pairs, StepContext context) -> {
                    LinksBefore before = context.prepare(
                            LinksBefore.class,
                            () -> LinksBefore.of(links, pairs).complete());
                    return before.pairs().isEmpty()
                            ? new JsonArray()
                            : links.create(JsonText.plain(pairs)).await();
                })
                .compensate(LinksBefore.class, (before, context) -> before.putBack(links));
    }

    /** Removes what hangs on records that were deleted, as {@code link.delete}; undone, it comes back. */
    public Step<JsonObject, JsonObject> deleteLinked() {
        return Step.of("delete linked", JsonObject.class, (JsonObject of, StepContext context) -> {
                    context.prepare(JsonObject.class, () -> of);
                    return links.delete(JsonText.plain(of)).await();
                })
                .compensate(
                        JsonObject.class,
                        (of, context) -> links.restore(JsonText.plain(of)).await());
    }

    /** Asks, as {@code query.graph}; answers its {@code data}. */
    public Step<JsonObject, JsonArray> queryGraph() {
        return Step.of(
                "query graph",
                JsonArray.class,
                (JsonObject request, StepContext context) ->
                        query.graph(request).await().getJsonArray("data"));
    }

    /** Makes records of a model of a module; undone, they are deleted for good. */
    public Step<JsonArray, JsonArray> createRecords(String module, String model) {
        RecordSteps records = records(module, model);
        return Step.of("create " + model, JsonArray.class, records::create)
                .compensate(RecordSteps.Created.class, (created, context) -> records.delete(created));
    }

    /** Changes records, each given with its key; undone, what was changed is as it was. */
    public Step<JsonArray, JsonArray> updateRecords(String module, String model) {
        RecordSteps records = records(module, model);
        return Step.of("update " + model, JsonArray.class, records::update)
                .compensate(RecordSteps.Before.class, (before, context) -> records.putBack(before));
    }

    /** Deletes records softly, with what hangs on them; undone, all of it comes back. */
    public Step<JsonArray, JsonArray> deleteRecords(String module, String model) {
        RecordSteps records = records(module, model);
        return Step.of("delete " + model, JsonArray.class, records::remove)
                .compensate(RecordSteps.Created.class, (gone, context) -> records.restore(gone));
    }

    private RecordSteps records(String module, String model) {
        Model found = catalog.model(module, Optional.of(model));
        return new RecordSteps(modules, found);
    }

    /**
     * Runs another workflow as a run of its own and waits for its end; answers its output. Undone, that run is cancelled,
     * which undoes it. Unlike {@code flow.run} it may be used for each element of a list.
     */
    public Step<Object, Object> runWorkflow(String id) {
        RunStep run = new RunStep(workflows, id);
        return Step.of("run " + id, Object.class, run::run)
                .compensate(String.class, (transactionId, context) -> run.cancel(transactionId))
                .with(RunStep.OPTIONS);
    }
}
