package io.vinculum.step;

import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.flow.PermanentFailure;
import io.vinculum.flow.StepContext;
import io.vinculum.flow.StepOptions;
import io.vinculum.workflow.Coordinator;
import io.vinculum.workflow.RunAction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Runs one workflow out of another one. */
final class RunStep {
    /** What it runs has time-outs of its own. */
    static final StepOptions OPTIONS = StepOptions.DEFAULT.withTimeout(Duration.ofDays(1));

    private static final long LOOK_AGAIN_MILLIS = 200;

    private final Supplier<Coordinator> workflows;
    private final String id;

    RunStep(Supplier<Coordinator> workflows, String id) {
        this.workflows = workflows;
        this.id = id;
    }

    Object run(Object input, StepContext context) throws InterruptedException {
        String transactionId = context.prepare(String.class, () -> "of " + context.idempotencyKey());
        JsonObject request = named(transactionId).put("input", json(input));
        JsonObject run = workflows.get().run(request).await();
        // It waits for somebody outside; so does this step.
        while (!isOver(run)) {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
            run = workflows.get().run(request).await();
        }
        if (!"done".equals(run.getString("state"))) {
            throw PermanentFailure.of("the run " + transactionId + " of " + id + " is " + run.getString("state") + ": "
                    + run.getJsonObject("error", new JsonObject()).getString("message"));
        }
        return run.getValue("output");
    }

    /** A value that a message can carry. */
    private static Object json(Object input) {
        return input instanceof Record ? JsonObject.mapFrom(input) : input;
    }

    private static boolean isOver(JsonObject run) {
        return switch (run.getString("state")) {
            case "done", "reverted", "failed", "terminated" -> true;
            default -> false;
        };
    }

    private JsonObject named(String transactionId) {
        return new JsonObject().put("id", id).put("transactionId", transactionId);
    }

    /** What has never begun, or has undone itself, need not be undone. */
    void cancel(String transactionId) {
        try {
            workflows.get().change(RunAction.CANCEL, named(transactionId)).await();
        } catch (Failure failure) {
            if (failure.code() != FailureCode.NOT_FOUND && failure.code() != FailureCode.UNEXPECTED_STATE) {
                throw failure;
            }
        }
    }
}
