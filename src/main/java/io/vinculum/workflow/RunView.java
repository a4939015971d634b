package io.vinculum.workflow;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vinculum.flow.Codec;
import io.vinculum.run.Run;
import io.vinculum.run.RunKey;
import io.vinculum.run.RunState;
import io.vinculum.run.StepRecord;
import java.util.Locale;

/** Runs as JSON, for callers and events. */
final class RunView {
    private RunView() {}

    /** {@code {"id", "transactionId", "state", "output", "error"}}, the last where there is one. */
    static JsonObject of(Run run) {
        RunKey key = RunKey.of(run);
        JsonObject shown = new JsonObject()
                .put("id", key.workflow())
                .put("transactionId", key.transactionId())
                .put("state", run.visibleState().shown())
                .put(
                        "output",
                        run.state() == RunState.DONE ? Codec.parse(run.ending().json()) : null);
        run.error().ifPresent(error -> shown.put("error", StepRecord.json(error)));
        return shown;
    }

    /** A run that is not durable, with its steps. */
    static JsonObject withSteps(Run run) {
        JsonArray steps = new JsonArray();
        run.steps().forEach((position, state) -> {
            JsonObject step = new JsonObject().put("step", run.nameAt(position));
            if (position.item() >= 0) {
                step.put("item", position.item());
            }
            steps.add(step.put("state", state.status().name().toLowerCase(Locale.ROOT))
                    .put("attempts", state.attempts())
                    .put("input", Codec.parse(Codec.write(state.input(), "an input")))
                    .put("output", Codec.parse(Codec.write(state.output(), "an output"))));
        });
        return of(run).put("input", Codec.parse(Codec.write(run.input(), "the input")))
                .put("steps", steps);
    }

    /** The event of a run's new state. */
    static JsonObject event(Run run, RunState state) {
        RunKey key = RunKey.of(run);
        JsonObject event = new JsonObject()
                .put("id", key.workflow())
                .put("transactionId", key.transactionId())
                .put("state", state.shown());
        run.error().ifPresent(error -> event.put("error", StepRecord.json(error)));
        return event;
    }
}
