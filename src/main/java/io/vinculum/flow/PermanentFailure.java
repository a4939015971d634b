package io.vinculum.flow;

import org.jspecify.annotations.Nullable;

/** A failure that no retry will mend, as the body of a step knows. */
public final class PermanentFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Object data;

    private PermanentFailure(String message, @Nullable Object data) {
        super(message, null, false, false);
        this.data = data;
    }

    public static PermanentFailure of(String message) {
        return new PermanentFailure(message, null);
    }

    /** The same, of a step that has had a part of its effect: its compensation is called with the data. */
    public static PermanentFailure of(String message, Object undoData) {
        return new PermanentFailure(message, undoData);
    }

    @Nullable
    public Object data() {
        return data;
    }
}
