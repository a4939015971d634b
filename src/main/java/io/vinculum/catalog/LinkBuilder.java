package io.vinculum.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Declares one link: the first two fields of a model's type are its sides, the rest its custom columns. */
public final class LinkBuilder {
    /** The schema of link tables. */
    static final String SCHEMA = "link";

    final String typeName;
    final Place place;
    public final List<FieldBuilder> fields = new ArrayList<>();

    @Nullable
    String description;

    @Nullable
    String tableName;

    @Nullable
    String readOnlyKey;

    @Nullable
    String was;

    boolean managed = true;

    @Nullable
    Boolean checked;

    public LinkBuilder(String typeName, Place place) {
        this.typeName = typeName;
        this.place = place;
    }

    /** Adds a side or a custom column, with a type in SDL. */
    public LinkBuilder field(String name, String type) {
        return field(name, type, field -> {});
    }

    /** Adds a side or a custom column with options. */
    public LinkBuilder field(String name, String type, Consumer<FieldBuilder> options) {
        FieldBuilder field = new FieldBuilder(name, TypeRef.parse(type), place);
        options.accept(field);
        fields.add(field);
        return this;
    }

    public LinkBuilder description(@Nullable String text) {
        description = text;
        return this;
    }

    /** Names the table, {@code schema.name} or {@code name} in the schema {@code link}. */
    public LinkBuilder table(String name) {
        tableName = name;
        return this;
    }

    /** Says that the link had another name, so that a migration renames its table and keeps the rows. */
    public LinkBuilder was(String oldName) {
        was = oldName;
        return this;
    }

    /** Uses a table that something else owns: never created, never altered. */
    public LinkBuilder adopted() {
        managed = false;
        return this;
    }

    /** Makes it read-only: the named field of the first side holds the second side's key, or keys. */
    public LinkBuilder readOnly(String keyField) {
        readOnlyKey = keyField;
        return this;
    }

    /** Says whether the records must be there; unsaid, they must where both are in this database and the table is ours. */
    public LinkBuilder checked(boolean whether) {
        checked = whether;
        return this;
    }

    Table table() {
        return Table.parse(tableName == null ? Names.snake(typeName) : tableName, SCHEMA);
    }
}
