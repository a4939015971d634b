package io.vinculum.link;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Catalog;
import io.vinculum.database.Database;
import io.vinculum.database.Session;
import io.vinculum.deadline.Deadline;
import io.vinculum.write.LinkReader;
import io.vinculum.write.Write;
import io.vinculum.write.Writes;
import io.vinculum.write.Written;
import org.jspecify.annotations.Nullable;

/**
 * Ties and unties records. Input is one link or many, as
 * {@code {"product": {"product_id": "prod_1"}, "brand": {"brand_id": "brand_1"}, "data": {…}}}; every call is one
 * transaction, and each link one statement however many rows. A time of null means no end.
 */
public final class Links {
    private final Writes writes;
    private final LinkReader reader;
    private final Catalog catalog;

    public Links(Database database, Writes writes) {
        this.writes = writes;
        this.catalog = writes.catalog();
        this.reader = new LinkReader(database, catalog);
    }

    /**
     * Makes links; one that is there has its given columns updated, a dismissed one is revived, its id stays.
     *
     * @return the rows in the order of the input, each with its link's name and its outcome; fails with
     *     {@code INVALID_DATA} when cardinality would break, {@code LINK_DIRECTION} for sides in the wrong order,
     *     {@code NOT_ALLOWED} for a read-only link, {@code NOT_FOUND} for records that a checked link does not find;
     *     nothing is done then
     */
    public Future<JsonArray> create(@Nullable Object links) {
        return create(links, Deadline.NONE);
    }

    /** The same within a deadline. */
    public Future<JsonArray> create(@Nullable Object links, Deadline deadline) {
        return writes.run(Write.createLinks(catalog, links), deadline).map(Written::rows);
    }

    /** Removes links; answers the rows that were there, with the outcome {@code dismissed}. */
    public Future<JsonArray> dismiss(@Nullable Object links) {
        return dismiss(links, Deadline.NONE);
    }

    /** The same within a deadline. */
    public Future<JsonArray> dismiss(@Nullable Object links, Deadline deadline) {
        return writes.run(Write.dismissLinks(catalog, links), deadline).map(Written::rows);
    }

    /**
     * Removes all links of records that were deleted, deletes the records on {@code @deleteCascade} sides and goes on
     * from those; the given records are never touched.
     *
     * @param of {@code {"product": {"product_id": ["prod_1"]}}}
     * @return the ids that went, by entity
     */
    public Future<JsonObject> delete(@Nullable Object of) {
        return delete(of, Deadline.NONE);
    }

    /** The same within a deadline. */
    public Future<JsonObject> delete(@Nullable Object of, Deadline deadline) {
        return writes.run(Write.deleteLinked(catalog, of), deadline).map(Written::byEntity);
    }

    /** Brings back exactly what {@link #delete} of the same records removed; answers the ids that came. */
    public Future<JsonObject> restore(@Nullable Object of) {
        return restore(of, Deadline.NONE);
    }

    /** The same within a deadline. */
    public Future<JsonObject> restore(@Nullable Object of, Deadline deadline) {
        return writes.run(Write.restoreLinked(catalog, of), deadline).map(Written::byEntity);
    }

    /** Live link rows with their custom columns, by pairs or by one side. */
    public Future<JsonArray> list(@Nullable Object links) {
        return reader.list(links);
    }

    /** The same inside a transaction of the caller's. */
    public Future<JsonArray> list(Session session, @Nullable Object links) {
        return reader.list(session, links);
    }
}
