package io.vinculum.query;

import io.vertx.core.json.JsonObject;
import io.vinculum.catalog.Field;
import io.vinculum.condition.Condition;
import io.vinculum.failure.Failure;
import io.vinculum.json.JsonText;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a record of another store fulfils a filter, as far as single values tell: equality, membership and order of
 * scalars. What it cannot judge (patterns, lists, JSON, words, alternatives) it takes for fulfilled.
 */
final class RemoteFilter {
    private final List<? extends @Nullable Object> values;

    RemoteFilter(List<? extends @Nullable Object> values) {
        this.values = values;
    }

    boolean holds(Condition condition, JsonObject record) {
        if (condition instanceof Condition.All all) {
            return all.conditions().stream().allMatch(one -> holds(one, record));
        }
        if (condition instanceof Condition.Empty empty) {
            return (record.getValue(empty.field().name()) == null) == empty.empty();
        }
        return !(condition instanceof Condition.Compare compare) || compares(compare, record);
    }

    private boolean compares(Condition.Compare compare, JsonObject record) {
        Field field = compare.field();
        Object raw = record.getValue(field.name());
        if (field.type().list() || !isOrdered(compare.value().bind(values))) {
            return true;
        }
        if (raw == null) {
            return false;
        }
        Object own;
        try {
            own = field.type().read(JsonText.plain(raw), field.name());
        } catch (Failure failure) {
            // What is wrong with it is said where the value is read.
            return true;
        }
        Object asked = compare.value().bind(values);
        if (field.type().scalar().isText()) {
            // Its order is that of the other store.
            return switch (compare.operator()) {
                case EQ -> own.equals(asked);
                case NE -> !own.equals(asked);
                case IN -> Arrays.asList((Object[]) asked).contains(own);
                case NIN -> !Arrays.asList((Object[]) asked).contains(own);
                default -> true;
            };
        }
        return switch (compare.operator()) {
            case EQ -> compared(own, asked) == 0;
            case NE -> compared(own, asked) != 0;
            case IN -> Arrays.stream((Object[]) asked).anyMatch(one -> compared(own, one) == 0);
            case NIN -> Arrays.stream((Object[]) asked).noneMatch(one -> compared(own, one) == 0);
            case GT -> compared(own, asked) > 0;
            case GTE -> compared(own, asked) >= 0;
            case LT -> compared(own, asked) < 0;
            case LTE -> compared(own, asked) <= 0;
            default -> true;
        };
    }

    private static boolean isOrdered(Object asked) {
        return asked instanceof Object[] many
                ? Arrays.stream(many).allMatch(one -> one instanceof Comparable<?>)
                : asked instanceof Comparable<?>;
    }

    private static int compared(Object own, Object asked) {
        if (own instanceof OffsetDateTime one && asked instanceof OffsetDateTime other) {
            return one.toInstant().compareTo(other.toInstant());
        }
        if (own instanceof String one && asked instanceof String other) {
            return isNumber(one) && isNumber(other)
                    ? new BigDecimal(one).compareTo(new BigDecimal(other))
                    : one.compareTo(other);
        }
        @SuppressWarnings("unchecked")
        Comparable<Object> comparable = (Comparable<Object>) own;
        return comparable.compareTo(asked);
    }

    /** Decimals are bound as text. */
    private static boolean isNumber(String text) {
        return text.length() <= 400 && text.matches("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,4})?");
    }
}
