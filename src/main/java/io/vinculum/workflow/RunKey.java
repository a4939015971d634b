package io.vinculum.workflow;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What names a run: its workflow and the id its starter gave it, or one that was made. */
record RunKey(String workflow, String transactionId) {
    private static final int LONGEST = 255;

    static RunKey of(Workflow<?, ?> workflow, JsonObject request) {
        Object given = request.getValue("transactionId");
        if (given == null) {
            return new RunKey(workflow.name(), UUID.randomUUID().toString());
        }
        if (given instanceof String text && !text.isEmpty() && text.length() <= LONGEST) {
            return new RunKey(workflow.name(), text);
        }
        throw Failure.invalid("transactionId takes a text of 1 to " + LONGEST + " characters");
    }

    static RunKey of(Run run) {
        String workflow = run.workflow().name();
        return new RunKey(workflow, run.id().substring(workflow.length() + 1));
    }

    String id() {
        return workflow + "/" + transactionId;
    }

    int shard() {
        return Ownership.shardOf(id());
    }

    @Nullable
    static String json(@Nullable Object value) {
        return value == null ? null : Json.encode(value);
    }
}
