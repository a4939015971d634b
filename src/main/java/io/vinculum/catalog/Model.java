package io.vinculum.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table of one module. */
public final class Model implements Entity {
    private final String module;
    private final String name;
    private final String plural;
    private final String typeName;
    private final Table table;
    private final boolean managed;
    private final boolean remote;
    private final String idPrefix;
    private final Place place;
    private final @Nullable String description;
    private final Map<String, Field> fields;
    private final Field key;
    final Map<String, Relation> relations = new LinkedHashMap<>();
    private final List<Index> indexes;

    Model(ModelBuilder built, Field key, Map<String, Field> fields, List<Index> indexes) {
        this.module = built.module;
        this.typeName = built.typeName;
        this.name = Names.snake(built.typeName);
        this.plural = built.plural();
        this.table = built.table();
        this.managed = built.managed;
        this.remote = built.remote;
        this.idPrefix = built.idPrefix == null ? name : built.idPrefix;
        this.place = built.place;
        this.description = built.description;
        this.key = key;
        this.fields = Collections.unmodifiableMap(fields);
        this.indexes = List.copyOf(indexes);
    }

    /** The module that owns it. */
    public String module() {
        return module;
    }

    /** The field of the primary key. */
    public Field key() {
        return key;
    }

    /** What a made text key begins with. */
    public String idPrefix() {
        return idPrefix;
    }

    /** The name of its key in a link: {@code product_id}. */
    public String linkKey() {
        return name + "_id";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String plural() {
        return plural;
    }

    @Override
    public String typeName() {
        return typeName;
    }

    @Override
    public Table table() {
        return table;
    }

    @Override
    public boolean managed() {
        return managed;
    }

    @Override
    public boolean remote() {
        return remote;
    }

    @Override
    public Map<String, Field> fields() {
        return fields;
    }

    @Override
    public List<Field> keys() {
        return List.of(key);
    }

    @Override
    public Map<String, Relation> relations() {
        return Collections.unmodifiableMap(relations);
    }

    @Override
    public List<Index> indexes() {
        return indexes;
    }

    @Override
    public Place place() {
        return place;
    }

    @Override
    public @Nullable String description() {
        return description;
    }

    @Override
    public String toString() {
        return name;
    }
}
