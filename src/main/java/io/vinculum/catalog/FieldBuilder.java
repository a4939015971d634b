package io.vinculum.catalog;

import org.jspecify.annotations.Nullable;

/** Declares one field of a model or a link; see the directives of the {@code graphql} folder. */
public final class FieldBuilder {
    public final String name;
    final TypeRef type;
    public final Place place;

    @Nullable
    String description;

    @Nullable
    String deprecation;

    @Nullable
    String column;

    @Nullable
    String defaultText;

    @Nullable
    String mappedBy;

    @Nullable
    String pivotTable;

    @Nullable
    String was;

    boolean id;
    boolean unique;
    boolean index;
    boolean searchable;
    boolean deleteCascade;

    public FieldBuilder(String name, TypeRef type, Place place) {
        this.name = name;
        this.type = type;
        this.place = place;
    }

    public FieldBuilder description(@Nullable String text) {
        description = text;
        return this;
    }

    /** Says why it should not be used any more; the GraphQL schema shows it. */
    public FieldBuilder deprecated(String reason) {
        deprecation = reason;
        return this;
    }

    public FieldBuilder column(String name) {
        column = name;
        return this;
    }

    public FieldBuilder defaultValue(String text) {
        defaultText = text;
        return this;
    }

    /** Says that the field had another name, so that a migration renames its column and keeps the values. */
    public FieldBuilder was(String oldName) {
        was = oldName;
        return this;
    }

    /** Makes it the primary key. */
    public FieldBuilder id() {
        id = true;
        return this;
    }

    /** Unique among rows that are not soft-deleted. */
    public FieldBuilder unique() {
        unique = true;
        return this;
    }

    public FieldBuilder index() {
        index = true;
        return this;
    }

    /** Found by the filter {@code q}. */
    public FieldBuilder searchable() {
        searchable = true;
        return this;
    }

    /** Makes it the other side of the named relation of the target. */
    public FieldBuilder mappedBy(String field) {
        mappedBy = field;
        return this;
    }

    /** Makes it one side of a many-to-many relation kept in the named table. */
    public FieldBuilder pivot(String table) {
        pivotTable = table;
        return this;
    }

    /** On a link's side: its records are deleted when the other side's record is. */
    public FieldBuilder deleteCascade() {
        deleteCascade = true;
        return this;
    }

    String columnName() {
        return column == null ? Names.snake(name) : column;
    }
}
