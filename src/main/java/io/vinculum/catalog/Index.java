package io.vinculum.catalog;

import java.util.List;

/**
 * An index that the migration makes.
 *
 * @param live whether it covers rows that are not soft-deleted only
 * @param method {@code btree} or {@code gin}
 * @param reason why it is there, for people
 */
public record Index(List<Field> fields, boolean unique, boolean live, String method, String reason) {

    public Index {
        fields = List.copyOf(fields);
    }

    static Index unique(List<Field> fields, String reason) {
        return new Index(fields, true, true, "btree", reason);
    }

    static Index plain(List<Field> fields, String reason) {
        return new Index(fields, false, false, "btree", reason);
    }
}
