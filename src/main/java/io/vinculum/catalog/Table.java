package io.vinculum.catalog;

/** A table's name in its schema. */
public record Table(String schema, String name) {

    /** Reads {@code schema.name}, or {@code name} in the given schema. */
    static Table parse(String text, String schema) {
        int dot = text.indexOf('.');
        return dot < 0 ? new Table(schema, text) : new Table(text.substring(0, dot), text.substring(dot + 1));
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
