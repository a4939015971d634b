package io.vinculum.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table whose rows tie a record of one model to a record of another, with columns of its own. */
public final class Link implements Entity {
    private final String name;
    private final String typeName;
    private final Table table;
    private final boolean managed;
    private final boolean checked;
    private final @Nullable String readOnlyKey;
    private final Place place;
    private final @Nullable String description;
    private final Side first;
    private final Side second;
    private final List<Field> custom;
    private final Map<String, Field> fields;
    final Map<String, Relation> relations = new LinkedHashMap<>();
    private final List<Index> indexes;

    Link(
            LinkBuilder built,
            boolean checked,
            Side first,
            Side second,
            List<Field> custom,
            Map<String, Field> fields,
            List<Index> indexes) {
        this.typeName = built.typeName;
        this.name = Names.snake(built.typeName);
        this.table = built.table();
        this.managed = built.managed;
        this.checked = checked;
        this.readOnlyKey = built.readOnlyKey;
        this.place = built.place;
        this.description = built.description;
        this.first = first;
        this.second = second;
        this.custom = List.copyOf(custom);
        this.fields = Collections.unmodifiableMap(fields);
        this.indexes = List.copyOf(indexes);
    }

    public Side first() {
        return first;
    }

    public Side second() {
        return second;
    }

    /** Both sides, in the order of the definition. */
    public List<Side> sides() {
        return List.of(first, second);
    }

    public Side other(Side side) {
        return side.equals(first) ? second : first;
    }

    /** Whether it has no table: a field of the first side's records holds the second side's key. */
    public boolean readOnly() {
        return readOnlyKey != null;
    }

    /** Whether the records must be there when they are linked, and cannot be deleted while the link is made. */
    public boolean checked() {
        return checked;
    }

    /** Whether module names tell its sides apart, so that input may use them as keys. */
    public boolean namedByModules() {
        return !first.model().module().equals(second.model().module());
    }

    /** Whether each record of this side has one partner at most. */
    public boolean exclusive(Side side) {
        return !other(side).list();
    }

    /** The custom columns. */
    public List<Field> custom() {
        return custom;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String plural() {
        return Names.plural(name);
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
    public Map<String, Field> fields() {
        return fields;
    }

    @Override
    public List<Field> keys() {
        return List.of(first.key(), second.key());
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

    /**
     * One side of a link.
     *
     * @param field the field that appears on the <em>other</em> side's model and leads to this side's records
     * @param model the model of this side's records
     * @param list whether one record of the other side may have many of this side's
     * @param deleteCascade whether this side's records are deleted when the other side's record is
     * @param key the link row's field that holds this side's key
     */
    public record Side(String field, Model model, boolean list, boolean deleteCascade, Field key) {

        /** The name of the key in input: {@code product_id}; in a self link the field's own. */
        public String inputKey(Link link) {
            return link.first().model() == link.second().model() ? key.name() : model.linkKey();
        }

        /** The name of this side on a link row: {@code product}; in a self link its field's own. */
        public String rowField(Link link) {
            return link.first().model() == link.second().model() ? field : model.name();
        }
    }
}
