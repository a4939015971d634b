package io.vinculum.condition;

import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The operators that compare a field with a value. */
public enum Operator {
    EQ("eq", "%s = %s", Slot.Use.ONE),
    NE("ne", "%s <> %s", Slot.Use.ONE),
    IN("in", "%s = any(%s)", Slot.Use.MANY),
    NIN("nin", "%s <> all(%s)", Slot.Use.MANY),
    GT("gt", "%s > %s", Slot.Use.ONE),
    GTE("gte", "%s >= %s", Slot.Use.ONE),
    LT("lt", "%s < %s", Slot.Use.ONE),
    LTE("lte", "%s <= %s", Slot.Use.ONE),
    LIKE("like", "%s like %s", Slot.Use.PATTERN),
    ILIKE("ilike", "%s ilike %s", Slot.Use.PATTERN),
    RE("re", "%s ~ %s", Slot.Use.ONE),
    CONTAINS("contains", "%s @> %s", Slot.Use.ONE),
    CONTAINED("contained", "%s <@ %s", Slot.Use.ONE),
    OVERLAP("overlap", "%s && %s", Slot.Use.ONE);

    private final String word;
    private final String sql;
    private final Slot.Use use;

    Operator(String word, String sql, Slot.Use use) {
        this.word = word;
        this.sql = sql;
        this.use = use;
    }

    /** Its name without the dollar sign. */
    public String word() {
        return word;
    }

    Slot.Use use() {
        return use;
    }

    public String sql(String column, String placeholder) {
        return String.format(sql, column, placeholder);
    }

    /** Whether a field of the type can be compared by it. */
    public boolean takes(ColumnType type) {
        boolean json = type.scalar() == Scalar.JSON;
        return switch (this) {
            case EQ, NE -> true;
            case IN, NIN -> !type.list();
            case GT, GTE, LT, LTE -> !type.list() && !json && type.scalar() != Scalar.BOOLEAN;
            case LIKE, ILIKE, RE ->
                !type.list() && type.scalar().isText() && type.values().isEmpty();
            case CONTAINS, CONTAINED -> type.list() || json;
            case OVERLAP -> type.list();
        };
    }

    /** The type of the value: a pattern is plain text, whatever the field's own rules are. */
    ColumnType valueType(ColumnType type) {
        return switch (this) {
            case LIKE, ILIKE, RE -> ColumnType.of(Scalar.STRING);
            default -> type;
        };
    }

    static Optional<Operator> named(String word) {
        return Arrays.stream(values())
                .filter(operator -> operator.word.equals(word))
                .findFirst();
    }

    static List<String> words(ColumnType type) {
        return Arrays.stream(values())
                .filter(operator -> operator.takes(type))
                .map(Operator::word)
                .toList();
    }
}
