package io.vinculum.query;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Lists rows of a module that is hosted elsewhere. */
@FunctionalInterface
public interface RemoteRows {

    /**
     * Answers the records of one request, in its order.
     *
     * @param request {@code {"model", "fields", "filters", "pagination"}} as {@code module.<module>.list} takes it
     */
    Future<JsonArray> list(String module, JsonObject request);
}
