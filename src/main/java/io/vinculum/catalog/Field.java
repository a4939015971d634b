package io.vinculum.catalog;

import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * A field that is stored in a column of its entity's table.
 *
 * @param defaultText the default as text, null when there is none
 * @param role who writes it
 * @param deprecation why it should not be used any more, null when it should
 */
public record Field(
        String name,
        String column,
        ColumnType type,
        boolean required,
        @Nullable String defaultText,
        boolean searchable,
        Role role,
        @Nullable String description,
        @Nullable String deprecation) {

    Field(
            String name,
            String column,
            ColumnType type,
            boolean required,
            @Nullable String defaultText,
            boolean searchable,
            Role role,
            @Nullable String description) {
        this(name, column, type, required, defaultText, searchable, role, description, null);
    }

    Field deprecated(@Nullable String reason) {
        return new Field(name, column, type, required, defaultText, searchable, role, description, reason);
    }

    /** Who writes a field. */
    public enum Role {
        /** The primary key, or part of it. */
        KEY,
        /** The key of a record that a relation leads to. */
        REFERENCE,
        /** Data of the declaring module. */
        DATA,
        /** A generated id that is not the primary key. */
        GENERATED,
        /** One of the three timestamps, kept by Vinculum. */
        TIMESTAMP
    }

    static Field timestamp(String name, boolean required) {
        return new Field(name, name, ColumnType.of(Scalar.DATE_TIME), required, null, false, Role.TIMESTAMP, null);
    }

    /** Fields are keys of many maps; the name alone spreads them well, and its hash is kept by the string. */
    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** Whether a caller may give a value for it when a row is made. */
    public boolean writable() {
        return role != Role.TIMESTAMP && role != Role.GENERATED;
    }
}
