package io.vinculum.step;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.database.Session;
import io.vinculum.flow.Step;
import io.vinculum.flow.StepContext;
import io.vinculum.json.JsonText;
import io.vinculum.link.Links;
import io.vinculum.write.Write;
import io.vinculum.write.Writes;
import io.vinculum.write.Written;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What steps do with links: in the transaction of the step's result, or by themselves where the run is not kept. */
final class LinkSteps {
    private final Writes writes;
    private final Links links;

    LinkSteps(Writes writes, Links links) {
        this.writes = writes;
        this.links = links;
    }

    /** A step that writes links, with what was there before it. */
    Step<JsonArray, JsonArray> step(String name, Function<Object, Write> write, UnaryOperator<LinksBefore> check) {
        return Step.transactional(
                name,
                JsonArray.class,
                (pairs, session, context) -> kept(pairs, session, context, write, check),
                (pairs, context) -> {
                    context.prepare(
                            LinksBefore.class,
                            () -> LinksBefore.of(pairs, links::list).map(check).await());
                    return pairs.isEmpty()
                            ? pairs
                            : writes.run(write.apply(JsonText.plain(pairs)))
                                    .map(Written::rows)
                                    .await();
                });
    }

    private Future<JsonArray> kept(
            JsonArray pairs,
            Session session,
            StepContext context,
            Function<Object, Write> write,
            UnaryOperator<LinksBefore> check) {
        return LinksBefore.of(pairs, given -> links.list(session, given)).compose(before -> {
            context.undoWith(check.apply(before));
            return pairs.isEmpty()
                    ? Future.succeededFuture(pairs)
                    : writes.inside(session, write.apply(JsonText.plain(pairs))).map(Written::rows);
        });
    }

    /** A step that removes what hangs on records. */
    Step<JsonObject, JsonObject> deleteLinked() {
        return Step.<JsonObject, JsonObject>transactional(
                        "delete linked",
                        JsonObject.class,
                        (of, session, context) -> {
                            context.undoWith(of);
                            return writes.inside(session, Write.deleteLinked(writes.catalog(), JsonText.plain(of)))
                                    .map(Written::byEntity);
                        },
                        (of, context) -> {
                            context.prepare(JsonObject.class, () -> of);
                            return links.delete(JsonText.plain(of)).await();
                        })
                .compensate(
                        JsonObject.class,
                        (of, context) -> links.restore(JsonText.plain(of)).await());
    }
}
