package io.vinculum.plan;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Join;

/**
 * Which rows a request may see: the one place that adds conditions to what is read, wherever it is read (at the root, in
 * a look-up, in a list, in a filter, in a count).
 *
 * @param withDeleted whether soft-deleted rows are seen
 */
record Visibility(boolean withDeleted) {

    /** What a visible row of an entity fulfils. */
    String visible(Entity entity, String alias) {
        return withDeleted ? "true" : quote(alias, entity.deletedAt().column()) + " is null";
    }

    /** What a visible row of the table between two entities fulfils. */
    String visible(Join.Through through, String via) {
        return withDeleted || through.viaDeleted() == null
                ? "true"
                : quote(via, through.viaDeleted().column()) + " is null";
    }
}
