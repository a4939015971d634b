package io.vinculum.step;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.link.Links;
import io.vinculum.module.Modules;
import io.vinculum.query.Query;
import io.vinculum.workflow.Coordinator;
import io.vinculum.write.Write;
import io.vinculum.write.Writes;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Makes the steps. Where the run is kept and the records are in this database, a step's writes are committed together
 * with its result and with what its compensation needs. Elsewhere that is kept before anything is changed, so a step
 * that dies half way is undone as well. Each is called by what it does; give it another name for a second use.
 */
public final class Steps {
    private final Writes writes;
    private final Modules modules;
    private final Links links;
    private final LinkSteps linkSteps;
    private final Query query;
    private final Supplier<Coordinator> workflows;

    public Steps(Writes writes, Modules modules, Links links, Query query, Supplier<Coordinator> workflows) {
        this.writes = writes;
        this.modules = modules;
        this.links = links;
        this.linkSteps = new LinkSteps(writes, links);
        this.query = query;
        this.workflows = workflows;
    }

    /** Makes links, as {@code link.create}; undone, what was there is there again, with its custom columns. */
    public Step<JsonArray, JsonArray> createLinks() {
        return linkSteps
                .step("create links", pairs -> Write.createLinks(writes.catalog(), pairs), UnaryOperator.identity())
                .compensate(LinksBefore.class, (before, context) -> before.restore(links));
    }

    /** Removes links, as {@code link.dismiss}; undone, those that were there are there again. */
    public Step<JsonArray, JsonArray> dismissLinks() {
        return linkSteps
                .step("dismiss links", pairs -> Write.dismissLinks(writes.catalog(), pairs), UnaryOperator.identity())
                .compensate(LinksBefore.class, (before, context) -> before.putBack(links));
    }

    /** Changes the custom columns of links; fails with {@code NOT_FOUND} when one is not there. */
    public Step<JsonArray, JsonArray> updateLinks() {
        return linkSteps
                .step("update links", pairs -> Write.createLinks(writes.catalog(), pairs), LinksBefore::complete)
                .compensate(LinksBefore.class, (before, context) -> before.putBack(links));
    }

    /** Removes what hangs on records that were deleted, as {@code link.delete}; undone, it comes back. */
    public Step<JsonObject, JsonObject> deleteLinked() {
        return linkSteps.deleteLinked();
    }

    /** Asks, as {@code query.graph}; answers its {@code data}. */
    public Step<JsonObject, JsonArray> queryGraph() {
        return Step.of(
                "query graph",
                JsonArray.class,
                (JsonObject request, StepContext context) ->
                        query.graph(request).await().getJsonArray("data"));
    }

    /**
     * Makes records of a model of a module; undone, they are deleted for good. A record that is there already is
     * {@code DUPLICATE}, and stays.
     */
    public Step<JsonArray, JsonArray> createRecords(String module, String model) {
        RecordSteps records = records(module, model);
        String name = "create " + model;
        return (records.here()
                        ? Step.<JsonArray, JsonArray>transactional(
                                name, JsonArray.class, records::create, records::create)
                        : Step.<JsonArray, JsonArray>of(name, JsonArray.class, records::create))
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
        String name = "delete " + model;
        return (records.here()
                        ? Step.<JsonArray, JsonArray>transactional(
                                name, JsonArray.class, records::remove, records::remove)
                        : Step.<JsonArray, JsonArray>of(name, JsonArray.class, records::remove))
                .compensate(RecordSteps.Created.class, (gone, context) -> records.restore(gone));
    }

    private RecordSteps records(String module, String model) {
        return new RecordSteps(writes, modules, writes.catalog().model(module, Optional.of(model)));
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
