package io.vinculum.value;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/** The scalar types of a field: their GraphQL name, their PostgreSQL type and the Java class that is bound. */
public enum Scalar {
    ID("ID", "text"),
    STRING("String", "text"),
    INT("Int", "int4"),
    LONG("Long", "int8"),
    FLOAT("Float", "float8"),
    BIG_DECIMAL("BigDecimal", "numeric"),
    BOOLEAN("Boolean", "bool"),
    DATE_TIME("DateTime", "timestamptz"),
    DATE("Date", "date"),
    JSON("JSON", "jsonb"),
    UUID("UUID", "uuid");

    private final String graphqlName;
    private final String sqlName;

    Scalar(String graphqlName, String sqlName) {
        this.graphqlName = graphqlName;
        this.sqlName = sqlName;
    }

    public String graphqlName() {
        return graphqlName;
    }

    /** The type's name as {@code pg_type.typname} has it. */
    public String sqlName() {
        return sqlName;
    }

    /** An empty array of the class that is bound; its own type is what arrays of many values get. */
    Object[] none() {
        return switch (this) {
            case ID, STRING, BIG_DECIMAL, JSON -> new String[0];
            case INT -> new Integer[0];
            case LONG -> new Long[0];
            case FLOAT -> new Double[0];
            case BOOLEAN -> new Boolean[0];
            case DATE_TIME -> new OffsetDateTime[0];
            case DATE -> new LocalDate[0];
            case UUID -> new UUID[0];
        };
    }

    /** Whether values are bound as text and cast by PostgreSQL: it reads every digit, and any JSON. */
    boolean boundAsText() {
        return this == BIG_DECIMAL || this == JSON;
    }

    public boolean isText() {
        return this == ID || this == STRING;
    }

    public boolean isNumber() {
        return this == INT || this == LONG || this == FLOAT || this == BIG_DECIMAL;
    }

    public static Optional<Scalar> named(String graphqlName) {
        return Arrays.stream(values())
                .filter(scalar -> scalar.graphqlName.equals(graphqlName))
                .findFirst();
    }
}
