package io.vinculum.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Declares one model of a module. */
public final class ModelBuilder {
    final String module;
    final String typeName;
    final Place place;
    public final List<FieldBuilder> fields = new ArrayList<>();
    final List<List<String>> uniqueSets = new ArrayList<>();
    final List<List<String>> indexSets = new ArrayList<>();

    @Nullable
    String description;

    @Nullable
    String tableName;

    @Nullable
    String pluralName;

    @Nullable
    String idPrefix;

    @Nullable
    String was;

    boolean managed = true;
    boolean remote;

    public ModelBuilder(String module, String typeName, Place place) {
        this.module = module;
        this.typeName = typeName;
        this.place = place;
    }

    /** Adds a field of a type in SDL: {@code String!}, {@code [String!]}, {@code Status}, {@code Brand!}. */
    public ModelBuilder field(String name, String type) {
        return field(name, type, field -> {});
    }

    /** Adds a field with options. */
    public ModelBuilder field(String name, String type, Consumer<FieldBuilder> options) {
        FieldBuilder field = new FieldBuilder(name, TypeRef.parse(type), place);
        options.accept(field);
        fields.add(field);
        return this;
    }

    public ModelBuilder description(@Nullable String text) {
        description = text;
        return this;
    }

    /** Names the table, {@code schema.name} or {@code name} in the module's schema. */
    public ModelBuilder table(String name) {
        tableName = name;
        return this;
    }

    /** Uses a table that something else owns: never created, never altered. */
    public ModelBuilder adopted() {
        managed = false;
        return this;
    }

    /** Says that the rows are not in this database: the module answers {@code list} on the event bus. */
    public ModelBuilder remote() {
        remote = true;
        managed = false;
        return this;
    }

    /**
     * Says that the model had another name, so that a migration renames its table and keeps the rows.
     *
     * @param oldName {@code item}, or {@code old_module.item} when it was in another module
     */
    public ModelBuilder was(String oldName) {
        was = oldName;
        return this;
    }

    public ModelBuilder plural(String name) {
        pluralName = name;
        return this;
    }

    public ModelBuilder idPrefix(String prefix) {
        idPrefix = prefix;
        return this;
    }

    /** Makes the fields unique together, among rows that are not soft-deleted. */
    public ModelBuilder unique(List<String> fields) {
        uniqueSets.add(List.copyOf(fields));
        return this;
    }

    public ModelBuilder index(List<String> fields) {
        indexSets.add(List.copyOf(fields));
        return this;
    }

    String name() {
        return Names.snake(typeName);
    }

    String plural() {
        return pluralName == null ? Names.plural(name()) : pluralName;
    }

    Table table() {
        return Table.parse(tableName == null ? name() : tableName, module);
    }
}
