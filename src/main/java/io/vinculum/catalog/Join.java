package io.vinculum.catalog;

import org.jspecify.annotations.Nullable;

/** How the rows of a relation are found from a row of its owner. */
public sealed interface Join {

    /** The owner's field by whose value children are grouped. */
    Field near();

    /**
     * The target's field equals the owner's.
     *
     * @param far the target's field; a list holds the owner's key among others
     */
    record ByKey(Field near, Field far) implements Join {}

    /**
     * Rows of a third table tell which belong together.
     *
     * @param via the table between
     * @param viaNear its field that equals the owner's
     * @param viaFar its field that equals the target's; a list holds many
     * @param viaDeleted its deletion time, null when its rows are never soft-deleted
     * @param viaCreated its creation time, null when it has none
     * @param far the target's field
     * @param exclusive whether an index keeps a second live row for the same owner out
     */
    record Through(
            Table via,
            Field near,
            Field viaNear,
            Field viaFar,
            @Nullable Field viaDeleted,
            @Nullable Field viaCreated,
            Field far,
            boolean exclusive)
            implements Join {}
}
