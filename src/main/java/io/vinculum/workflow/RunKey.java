package io.vinculum.workflow;

import com.github.f4b6a3.uuid.UuidCreator;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.json.JsonText;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What names a run: its workflow and the id its starter gave it, or one that was made. */
record RunKey(String workflow, String transactionId) {
    private static final int LONGEST = 255;

    static RunKey of(Workflow<?, ?> workflow, JsonObject request) {
        Object given = request.getValue("transactionId");
        if (given == null) {
            return new RunKey(workflow.name(), made());
        }
        if (given instanceof String text && !text.isEmpty() && text.length() <= LONGEST) {
            return new RunKey(workflow.name(), text);
        }
        throw Failure.invalid("transactionId takes a text of 1 to " + LONGEST + " characters");
    }

    /** The key of a run that is there: by its step's key, or by {@code id} and {@code transactionId}. */
    static RunKey existing(Workflow<?, ?> workflow, JsonObject request) {
        if (request.getValue("key") instanceof String text) {
            return new RunKey(workflow.name(), StepKey.parse(text).transactionId());
        }
        if (request.getValue("transactionId") == null) {
            throw Failure.invalid("a run is named by the workflow's id and the transactionId");
        }
        return of(workflow, request);
    }

    /** An id that grows with time, so that the newest rows lie together. */
    private static String made() {
        return UuidCreator.getTimeOrderedEpoch().toString();
    }

    static RunKey of(Run run) {
        String workflow = run.workflow().name();
        return new RunKey(workflow, run.id().substring(workflow.length() + 1));
    }

    String id() {
        return workflow + "/" + transactionId;
    }

    /** A member of a request; fails with {@code INVALID_DATA} when it is of another type. */
    static <T> Optional<T> member(JsonObject request, String name, Class<T> type) {
        Object value = request.getValue(name);
        if (value != null && !type.isInstance(value)) {
            throw Failure.invalid(name + " takes a " + type.getSimpleName().toLowerCase(Locale.ROOT) + ", was "
                    + JsonText.shown(value));
        }
        return Optional.ofNullable(value).map(type::cast);
    }

    @Nullable
    static String json(@Nullable Object value) {
        return value == null ? null : Json.encode(value);
    }
}
