package io.vinculum.catalog;

import org.jspecify.annotations.Nullable;

/**
 * A field of an entity that leads to other entities: {@code brand}, {@code reviews}, {@code brand_link}.
 *
 * @param list whether it leads to many
 * @param required whether it always leads somewhere, as far as declared
 * @param ownership what becomes of the target when the owner is deleted
 * @param pivot the table of an in-module many-to-many relation, null for all others
 * @param deprecation why it should not be used any more, null when it should
 */
public record Relation(
        String name,
        Entity owner,
        Entity target,
        boolean list,
        boolean required,
        Join join,
        Ownership ownership,
        @Nullable Pivot pivot,
        Place place,
        @Nullable String description,
        @Nullable String deprecation) {

    Relation(
            String name,
            Entity owner,
            Entity target,
            boolean list,
            boolean required,
            Join join,
            Ownership ownership,
            @Nullable Pivot pivot,
            Place place,
            @Nullable String description) {
        this(name, owner, target, list, required, join, ownership, pivot, place, description, null);
    }

    Relation deprecated(@Nullable String reason) {
        return new Relation(name, owner, target, list, required, join, ownership, pivot, place, description, reason);
    }

    /** What becomes of the target's records when the owner's record is deleted. */
    public enum Ownership {
        /** Nothing, or what a link says. */
        NONE,
        /** They need the owner, so they go with it. */
        REQUIRED,
        /** They can be without an owner, so they lose its key when it is gone for good. */
        OPTIONAL
    }

    /** The table of an in-module many-to-many relation: two key columns and nothing else. */
    public record Pivot(Table table, Field near, Field far) {}

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Relation that && that.owner == owner && that.name.equals(name);
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(owner) * 31 + name.hashCode();
    }

    @Override
    public String toString() {
        return owner.name() + "." + name;
    }
}
