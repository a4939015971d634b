package io.vinculum.flow;

import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import java.util.function.Function;

/**
 * How many runs of a workflow may be active at once in the cluster.
 *
 * @param most of one key
 * @param key of a run, from the JSON of its input
 */
public record Concurrency(int most, Function<JsonObject, String> key) {

    public Concurrency {
        if (most < 1) {
            throw Failure.invalid("a workflow's concurrency is at least one, was " + most);
        }
    }

    /** So many of all runs of the workflow. */
    public static Concurrency of(int most) {
        return new Concurrency(most, input -> "");
    }

    /** So many of the runs whose input has the same value of a member. */
    public static Concurrency of(int most, String member) {
        return new Concurrency(most, input -> String.valueOf(input.getValue(member)));
    }
}
