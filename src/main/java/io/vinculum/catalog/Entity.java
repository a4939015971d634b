package io.vinculum.catalog;

import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something whose rows can be selected: a {@link Model}, or a {@link Link} by its own rows. */
public sealed interface Entity permits Model, Link {
    String CREATED_AT = "created_at";
    String UPDATED_AT = "updated_at";
    String DELETED_AT = "deleted_at";

    /** Its name in snake_case, singular: {@code product_variant}. */
    String name();

    /** Its name in snake_case, plural: {@code product_variants}. */
    String plural();

    /** Its GraphQL type: {@code ProductVariant}. */
    String typeName();

    Table table();

    /** Whether Vinculum makes and alters the table, or only uses it. */
    boolean managed();

    /** Its columns in the order that {@code *} answers them, by field name. */
    Map<String, Field> fields();

    /** The fields of the primary key. */
    List<Field> keys();

    /** Where it leads, by field name. */
    Map<String, Relation> relations();

    /** The indexes that the migration makes, without that of the primary key. */
    List<Index> indexes();

    Place place();

    @Nullable
    String description();

    /** Whether its rows are answered over the event bus, not by this database. */
    default boolean remote() {
        return false;
    }

    /** A field that is known to be there. */
    default Field field(String name) {
        Field field = fields().get(name);
        if (field == null) {
            throw new IllegalArgumentException(name() + " has no field " + name);
        }
        return field;
    }

    default Field deletedAt() {
        return field(DELETED_AT);
    }

    /** The failure for a name that is neither a field nor a relation. */
    default Failure noField(String name) {
        List<String> known = new ArrayList<>(fields().keySet());
        known.addAll(relations().keySet());
        return Failure.invalid(name() + " has no field '" + Nearest.shown(name) + "'" + Nearest.hint(name, known));
    }
}
