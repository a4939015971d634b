package io.vinculum.catalog;

import io.vinculum.failure.Failure;
import java.util.ArrayList;
import java.util.List;

/** Gathers what is wrong with declarations, so that all of it is said at once. */
public final class Problems {
    private final List<String> lines = new ArrayList<>();

    public void add(Place place, String message) {
        lines.add(place + ": " + message);
    }

    boolean none() {
        return lines.isEmpty();
    }

    /** Fails with everything gathered, if anything was. */
    void check() {
        if (!lines.isEmpty()) {
            String count = lines.size() == 1 ? "1 error" : lines.size() + " errors";
            throw Failure.invalid(count + " in the declarations\n" + String.join("\n", lines));
        }
    }
}
