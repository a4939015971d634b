package io.vinculum.query;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.deadline.Deadline;

/** Lists rows of a module that is hosted elsewhere. */
@FunctionalInterface
public interface RemoteRows {

    /**
     * Answers the records of one request, in its order.
     *
     * @param request {@code {"model", "fields", "filters", "pagination"}} as {@code module.<module>.list} takes it
     * @param deadline the answer is not awaited for longer
     */
    Future<Records> list(String module, JsonObject request, Deadline deadline);

    /**
     * What a module answered.
     *
     * @param count how many records there are without paging, -1 when it does not say
     */
    record Records(JsonArray data, long count) {}
}
