package io.vinculum.value;

import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.json.Decimals;
import io.vinculum.json.JsonText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks single values and turns them into what is bound. Strict: an {@code Int} is no {@code "1"} and no 1.5. */
final class Values {
    private static final int MAX_KEY_LENGTH = 255;
    private static final int LAST_YEAR = 9999;

    /** ISO-8601, seconds and offset optional; the form is checked first, since the formatter takes several offsets. */
    private static final DateTimeFormatter DATE_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendPattern("[XXX][XX][X]")
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);

    private static final Pattern DATE_TIME_FORM =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d(:?\\d\\d)?)?");
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,18})");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,9})?");
    private static final Pattern UUID_FORM = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private Values() {}

    static Object read(ColumnType type, @Nullable Object raw, String where) {
        if (raw == null) {
            throw wrong(type, null, where);
        }
        if (!type.values().isEmpty()) {
            return enumeration(type, raw, where);
        }
        return switch (type.scalar()) {
            case ID, STRING -> text(type, raw, where);
            case INT -> (int) whole(type, raw, where, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> whole(type, raw, where, Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> real(type, raw, where);
            case BIG_DECIMAL -> decimal(type, raw, where).toString();
            case BOOLEAN -> bool(type, raw, where);
            case DATE_TIME -> dateTime(type, raw, where);
            case DATE -> date(type, raw, where);
            case UUID -> uuid(type, raw, where);
            case JSON -> json(raw, where);
        };
    }

    private static Failure wrong(ColumnType type, @Nullable Object raw, String where) {
        String kind = type.graphqlName();
        String article = "AEIO".indexOf(kind.charAt(0)) >= 0 ? " takes an " : " takes a ";
        return Failure.invalid(where + article + kind + hint(type) + ", was " + JsonText.shown(raw));
    }

    private static String hint(ColumnType type) {
        return switch (type.scalar()) {
            case INT -> " (a whole number from -2147483648 to 2147483647)";
            case LONG -> " (a whole number of 64 bits, as number or string)";
            case BIG_DECIMAL -> " (a number or a string of digits)";
            case DATE_TIME -> " (ISO-8601, like \"2026-03-01T12:00:00Z\", years 1 to 9999)";
            case DATE -> " (like \"2026-03-01\", years 1 to 9999)";
            case UUID -> " (like \"018f3c5e-0000-7000-8000-000000000000\")";
            default -> "";
        };
    }

    private static String enumeration(ColumnType type, Object raw, String where) {
        if (raw instanceof String text && type.values().contains(text)) {
            return text;
        }
        String given = raw instanceof String text ? text : JsonText.shown(raw);
        throw Failure.invalid(
                where + " has no value '" + Nearest.shown(given) + "'" + Nearest.hint(given, type.values()));
    }

    private static String text(ColumnType type, Object raw, String where) {
        boolean number = raw instanceof Integer || raw instanceof Long || raw instanceof BigInteger;
        if (!(raw instanceof String) && !(number && (type.key() || type.scalar() == Scalar.ID))) {
            throw wrong(type, raw, where);
        }
        String text = legal(raw.toString(), where);
        if (type.key() && (text.isEmpty() || text.length() > MAX_KEY_LENGTH)) {
            throw Failure.invalid(where + " takes a key of 1 to " + MAX_KEY_LENGTH + " characters, was "
                    + (text.isEmpty() ? "empty" : text.length() + " long"));
        }
        return text;
    }

    /** PostgreSQL stores neither the character NUL nor half of a surrogate pair. */
    private static String legal(String text, String where) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw Failure.invalid(where + " holds the character NUL (\\u0000), which no text can hold");
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw Failure.invalid(where + " holds half of a surrogate pair, which is no character");
                }
                i++;
            }
        }
        return text;
    }

    private static long whole(ColumnType type, Object raw, String where, long least, long most) {
        long value = whole(type, raw, where);
        if (value < least || value > most) {
            throw wrong(type, raw, where);
        }
        return value;
    }

    private static long whole(ColumnType type, Object raw, String where) {
        if (raw instanceof Integer || raw instanceof Long) {
            return ((Number) raw).longValue();
        }
        boolean lenient = type.key() || type.scalar() == Scalar.LONG;
        try {
            if (raw instanceof String text && lenient && WHOLE.matcher(text).matches()) {
                return Long.parseLong(text);
            }
            if (raw instanceof Number number) {
                return number(number).longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw wrong(type, raw, where);
        }
        throw wrong(type, raw, where);
    }

    /** Any number as a decimal one of bounded length. */
    private static BigDecimal number(Number number) {
        BigDecimal value = number instanceof BigDecimal decimal
                ? decimal
                : number instanceof BigInteger whole ? new BigDecimal(whole) : new BigDecimal(number.toString());
        if (!Decimals.isBounded(value)) {
            throw new NumberFormatException("too many digits");
        }
        return value;
    }

    private static double real(ColumnType type, Object raw, String where) {
        if (!(raw instanceof Number number) || !Double.isFinite(number.doubleValue())) {
            throw wrong(type, raw, where);
        }
        return number.doubleValue();
    }

    private static BigDecimal decimal(ColumnType type, Object raw, String where) {
        try {
            if (raw instanceof String text) {
                BigDecimal value = Decimals.parse(text);
                if (DECIMAL.matcher(text).matches()) {
                    return value;
                }
            } else if (raw instanceof Number number) {
                return number(number);
            }
        } catch (NumberFormatException e) {
            throw wrong(type, raw, where);
        }
        throw wrong(type, raw, where);
    }

    private static boolean bool(ColumnType type, Object raw, String where) {
        if (raw instanceof Boolean value) {
            return value;
        }
        throw wrong(type, raw, where);
    }

    private static OffsetDateTime dateTime(ColumnType type, Object raw, String where) {
        if (raw instanceof OffsetDateTime ready) {
            return ready;
        }
        if (!(raw instanceof String text) || text.length() > 40) {
            throw wrong(type, raw, where);
        }
        try {
            return inRange(type, parseDateTime(text), where);
        } catch (DateTimeException e) {
            throw wrong(type, raw, where);
        }
    }

    private static OffsetDateTime inRange(ColumnType type, OffsetDateTime value, String where) {
        OffsetDateTime utc = value.withOffsetSameInstant(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
        if (utc.getYear() < 1 || utc.getYear() > LAST_YEAR) {
            throw wrong(type, value.toString(), where);
        }
        return utc;
    }

    private static OffsetDateTime parseDateTime(String text) {
        if (text.length() == 10) {
            return LocalDate.parse(text).atStartOfDay().atOffset(ZoneOffset.UTC);
        }
        if (!DATE_TIME_FORM.matcher(text).matches()) {
            throw new DateTimeException("not a date-time");
        }
        // A space between day and time is common in files, and says the same.
        String iso =
                text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + "T" + text.substring(11) : text;
        TemporalAccessor parsed = DATE_TIME.parseBest(iso, OffsetDateTime::from, LocalDateTime::from);
        return parsed instanceof LocalDateTime local ? local.atOffset(ZoneOffset.UTC) : OffsetDateTime.from(parsed);
    }

    private static LocalDate date(ColumnType type, Object raw, String where) {
        if (raw instanceof LocalDate ready) {
            return ready;
        }
        if (!(raw instanceof String text) || text.length() != 10) {
            throw wrong(type, raw, where);
        }
        try {
            LocalDate date = LocalDate.parse(text);
            if (date.getYear() >= 1) {
                return date;
            }
        } catch (DateTimeException e) {
            throw wrong(type, raw, where);
        }
        throw wrong(type, raw, where);
    }

    private static UUID uuid(ColumnType type, Object raw, String where) {
        if (raw instanceof UUID ready) {
            return ready;
        }
        if (!(raw instanceof String text) || !UUID_FORM.matcher(text).matches()) {
            throw wrong(type, raw, where);
        }
        return UUID.fromString(text);
    }

    private static String json(Object raw, String where) {
        checkJson(JsonText.plain(raw), where);
        return JsonText.encode(raw);
    }

    private static void checkJson(@Nullable Object value, String where) {
        if (value instanceof String text) {
            legal(text, where);
        } else if (value instanceof List<?> list) {
            list.forEach(element -> checkJson(element, where));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> {
                legal(String.valueOf(key), where);
                checkJson(element, where);
            });
        } else if (value instanceof BigDecimal number) {
            if (!Decimals.isBounded(number)) {
                throw Failure.invalid(where + " holds a number of too many digits");
            }
        }
    }

    /** A single value as JSON would have it, from text. */
    static @Nullable Object fromText(ColumnType type, String text, String where) {
        try {
            return switch (type.scalar()) {
                case INT, LONG, FLOAT, BIG_DECIMAL -> Decimals.parse(text.strip());
                case BOOLEAN -> bool(text);
                case JSON -> JsonText.parse(text);
                case DATE, DATE_TIME, UUID -> text.strip();
                case ID, STRING -> text;
            };
        } catch (NumberFormatException e) {
            throw wrong(type, text, where);
        }
    }

    private static Object bool(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "t", "1", "yes" -> true;
            case "false", "f", "0", "no" -> false;
            default -> text;
        };
    }
}
