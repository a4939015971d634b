package io.vinculum.value;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/** The scalar types of a field: their GraphQL name, their PostgreSQL type and the Java class that is bound. */
public enum Scalar {
    ID("ID", "text", String.class),
    STRING("String", "text", String.class),
    INT("Int", "int4", Integer.class),
    LONG("Long", "int8", Long.class),
    FLOAT("Float", "float8", Double.class),
    BIG_DECIMAL("BigDecimal", "numeric", String.class),
    BOOLEAN("Boolean", "bool", Boolean.class),
    DATE_TIME("DateTime", "timestamptz", OffsetDateTime.class),
    DATE("Date", "date", LocalDate.class),
    JSON("JSON", "jsonb", String.class),
    UUID("UUID", "uuid", UUID.class);

    private final String graphqlName;
    private final String sqlName;
    private final Class<?> bound;

    Scalar(String graphqlName, String sqlName, Class<?> bound) {
        this.graphqlName = graphqlName;
        this.sqlName = sqlName;
        this.bound = bound;
    }

    public String graphqlName() {
        return graphqlName;
    }

    /** The type's name as {@code pg_type.typname} has it. */
    public String sqlName() {
        return sqlName;
    }

    Class<?> bound() {
        return bound;
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
