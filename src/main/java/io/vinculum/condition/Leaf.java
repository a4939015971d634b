package io.vinculum.condition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands where a value was, when the shape of a request is kept without its values.
 *
 * @param index which of the request's values it is; -1 for null, which is shape
 * @param raw the value of the request that is planned, for messages; never part of a plan
 */
public record Leaf(int index, Kind kind, @Nullable Object raw) {

    /** As much of a value as may change what is done; booleans, because {@code $exists} asks for one. */
    public enum Kind {
        NULL,
        ONE,
        MANY,
        TRUE,
        FALSE;

        public static Kind of(@Nullable Object raw) {
            if (raw == null) {
                return NULL;
            }
            if (raw instanceof Boolean bool) {
                return bool ? TRUE : FALSE;
            }
            return raw instanceof List<?> ? MANY : ONE;
        }
    }
}
