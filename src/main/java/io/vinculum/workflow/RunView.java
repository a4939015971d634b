package io.vinculum.workflow;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** Runs as they are told to whoever asks. */
final class RunView {
    private RunView() {}

    /** {@code {"id", "transactionId", "state", "output", "error"}}, the last where there is one. */
    static JsonObject of(Run run) {
        RunKey key = RunKey.of(run);
        JsonObject shown = new JsonObject()
                .put("id", key.workflow())
                .put("transactionId", key.transactionId())
                .put("state", run.shownState().shown())
                .put("output", RunListing.parsed(Codec.write(run.output(), "the output")));
        run.error().ifPresent(error -> shown.put("error", StepRecord.json(error)));
        return shown;
    }

    /** A run that is not written down, with what is known of its steps. */
    static JsonObject withSteps(Run run) {
        JsonArray steps = new JsonArray();
        run.entries().forEach((position, entry) -> {
            JsonObject step = new JsonObject().put("step", run.nameAt(position));
            if (position.item() >= 0) {
                step.put("item", position.item());
            }
            steps.add(step.put("state", entry.state().name().toLowerCase(Locale.ROOT))
                    .put("attempts", entry.attempts())
                    .put("input", RunListing.parsed(Codec.write(entry.input(), "an input")))
                    .put("output", RunListing.parsed(Codec.write(entry.output(), "an output"))));
        });
        return of(run).put("input", RunListing.parsed(Codec.write(run.input(), "the input")))
                .put("steps", steps);
    }

    /** What is published when a run has come into a state. */
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
