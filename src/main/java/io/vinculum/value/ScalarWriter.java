package io.vinculum.value;

import io.vertx.core.json.Json;
import io.vinculum.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Writes one column's value: the types that JSON lacks as strings, so that no client loses a digit. */
public enum ScalarWriter {
    TEXT {
        @Override
        void write(Object value, JsonBytes out) {
            out.string(value.toString());
        }
    },
    NUMBER {
        @Override
        void write(Object value, JsonBytes out) {
            out.number((Number) value);
        }
    },
    BOOLEAN {
        @Override
        void write(Object value, JsonBytes out) {
            out.bool((Boolean) value);
        }
    },
    TIME {
        @Override
        void write(Object value, JsonBytes out) {
            dateTime((OffsetDateTime) value, out);
        }
    },
    JSON {
        @Override
        void write(Object value, JsonBytes out) {
            out.json(value.toString());
        }
    },
    /** A value of another store, in JSON already. */
    PLAIN {
        @Override
        void write(Object value, JsonBytes out) {
            out.value(value);
        }
    };

    private static final int MICROS = 1_000;
    private static final int MILLIS = 1_000_000;

    abstract void write(Object value, JsonBytes out);

    /** The writer of a column's values as this database answers them; a list's are arrays. */
    public static ScalarWriter of(ColumnType type) {
        return of(type.scalar());
    }

    /** The writer of another store's values: 64-bit and decimal numbers still travel as strings. */
    public static ScalarWriter plain(ColumnType type) {
        boolean asText = type.scalar() == Scalar.LONG || type.scalar() == Scalar.BIG_DECIMAL;
        return asText && !type.list() ? TEXT : PLAIN;
    }

    /** The SQL that reads a column: decimals and JSON as PostgreSQL writes them, so every digit and no tree. */
    public static String readable(String column, ColumnType type) {
        boolean asText = type.scalar() == Scalar.BIG_DECIMAL || type.scalar() == Scalar.JSON;
        return asText ? column + (type.list() ? "::text[]" : "::text") : column;
    }

    /** Writes a value, an array of values, or {@code null}. */
    public void writeAny(@Nullable Object value, JsonBytes out) {
        if (value == null) {
            out.nothing();
        } else if (value instanceof Object[] array) {
            list(this, array, out);
        } else {
            write(value, out);
        }
    }

    /** The value as it would be read from what {@link #writeAny} writes. */
    public @Nullable Object json(@Nullable Object value) {
        if (value == null || value instanceof Integer || value instanceof Boolean) {
            return value;
        }
        if (this == TEXT && !(value instanceof Object[])) {
            return value.toString();
        }
        JsonBytes out = new JsonBytes(64);
        writeAny(value, out);
        if (value instanceof OffsetDateTime) {
            return new String(out.array(), 1, out.length() - 2, StandardCharsets.US_ASCII);
        }
        return Json.decodeValue(out.toBuffer());
    }

    private static void list(ScalarWriter writer, Object[] values, JsonBytes out) {
        out.raw('[');
        boolean first = true;
        for (Object element : values) {
            if (!first) {
                out.raw(',');
            }
            first = false;
            if (element == null) {
                out.nothing();
            } else {
                writer.write(element, out);
            }
        }
        out.raw(']');
    }

    private static ScalarWriter of(Scalar scalar) {
        return switch (scalar) {
            case ID, STRING, LONG, BIG_DECIMAL, DATE, UUID -> TEXT;
            case INT, FLOAT -> NUMBER;
            case BOOLEAN -> BOOLEAN;
            case DATE_TIME -> TIME;
            case JSON -> JSON;
        };
    }

    /** ISO-8601 in UTC, with as many digits of a second as it has: none, three or six. */
    static void dateTime(OffsetDateTime value, JsonBytes out) {
        OffsetDateTime utc = value.withOffsetSameInstant(ZoneOffset.UTC);
        int year = utc.getYear();
        if (year < 1 || year > 9999) {
            out.string(utc.toString());
            return;
        }
        LocalTime time = utc.toLocalTime();
        out.raw('"');
        digits(year, 1000, out);
        out.raw('-');
        digits(utc.getMonthValue(), 10, out);
        out.raw('-');
        digits(utc.getDayOfMonth(), 10, out);
        out.raw('T');
        digits(time.getHour(), 10, out);
        out.raw(':');
        digits(time.getMinute(), 10, out);
        out.raw(':');
        digits(time.getSecond(), 10, out);
        fraction(time.getNano(), out);
        out.raw('Z').raw('"');
    }

    private static void fraction(int nanos, JsonBytes out) {
        if (nanos == 0) {
            return;
        }
        out.raw('.');
        if (nanos % MILLIS == 0) {
            digits(nanos / MILLIS, 100, out);
        } else {
            digits(nanos / MICROS, 100_000, out);
        }
    }

    private static void digits(int value, int highest, JsonBytes out) {
        for (int unit = highest; unit > 0; unit /= 10) {
            out.raw((char) ('0' + value / unit % 10));
        }
    }
}
