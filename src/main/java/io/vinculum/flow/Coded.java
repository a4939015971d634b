package io.vinculum.flow;

import org.jspecify.annotations.Nullable;

/**
 * A value and its JSON.
 *
 * @param json null for a value that JSON cannot hold, and for null
 */
public record Coded(@Nullable Object value, @Nullable String json) {
    public static final Coded NONE = new Coded(null, null);

    /** A value that came from JSON. */
    public static Coded of(@Nullable Object value) {
        return value == null ? NONE : new Coded(value, Codec.write(value, "a value"));
    }

    /** Whether JSON cannot hold it. */
    public boolean isLost() {
        return value != null && json == null;
    }
}
