package io.vinculum.run;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What functions of the author have made, off the event loop.
 *
 * @param made each with its JSON
 * @param ending where the run is at its end with it
 */
public record Evaluated(Map<Known, Made> made, @Nullable Ending ending) {
    public static final Evaluated NOTHING = new Evaluated(Map.of(), null);

    /**
     * One thing.
     *
     * @param json null when JSON cannot hold it; then it is made again after a takeover
     */
    record Made(@Nullable Object value, @Nullable String json) {}
}
