package io.vinculum.workflow;

import io.vertx.core.json.JsonObject;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.flow.Workflow;
import io.vinculum.json.JsonText;
import io.vinculum.ledger.RunListing;
import io.vinculum.run.RunKey;
import io.vinculum.run.RunState;
import io.vinculum.run.StepKey;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the members of requests; each method fails with {@code INVALID_DATA} when a member is of another type. */
final class Requests {
    private static final int MOST_LISTED = 100;
    private static final int LISTED = 20;
    private static final List<String> RUN = List.of("id", "input", "transactionId", "wait", "priority");
    private static final List<String> LIST = List.of("id", "state", "take", "skip", "transactionId");

    private Requests() {}

    /** Refuses what a request to run does not take. */
    static void checkRun(JsonObject request) {
        checkMembers(request, RUN, "a run");
    }

    private static void checkMembers(JsonObject request, List<String> known, String what) {
        request.fieldNames().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Failure.invalid(what + " takes no '" + name + "'" + Nearest.hint(name, known));
                });
    }

    /** The key of a run to start. */
    static RunKey key(Workflow<?, ?> workflow, JsonObject request) {
        return RunKey.of(workflow, request.getValue("transactionId"));
    }

    /** The key of an existing run: by its step's key, or by {@code id} and {@code transactionId}. */
    static RunKey existingKey(Workflow<?, ?> workflow, JsonObject request) {
        if (request.getValue("key") instanceof String text) {
            return new RunKey(workflow.name(), StepKey.parse(text).transactionId());
        }
        if (request.getValue("transactionId") == null) {
            throw Failure.invalid("a run is named by the workflow's id and the transactionId");
        }
        return key(workflow, request);
    }

    /** The key of an existing run, whether this node has its workflow or not. */
    static RunKey namedKey(JsonObject request) {
        String workflow = text(request, "id");
        String transactionId = text(request, "transactionId");
        if (workflow == null || transactionId == null) {
            throw Failure.invalid("a run is named by the workflow's id and the transactionId");
        }
        return new RunKey(workflow, transactionId);
    }

    static RunListing.Query list(JsonObject request) {
        checkMembers(request, LIST, "a list of runs");
        int take = number(request, "take", LISTED);
        int skip = number(request, "skip", 0);
        if (take < 1 || take > MOST_LISTED) {
            throw Failure.invalid("take takes a number from 1 to " + MOST_LISTED + ", was " + take);
        }
        return new RunListing.Query(text(request, "id"), state(request), text(request, "transactionId"), take, skip);
    }

    private static @Nullable RunState state(JsonObject request) {
        String state = text(request, "state");
        List<String> states =
                Arrays.stream(RunState.values()).map(RunState::shown).toList();
        if (state != null && !states.contains(state)) {
            throw Failure.invalid("no run is ever '" + state + "'" + Nearest.hint(state, states));
        }
        return state == null ? null : RunState.of(state);
    }

    private static int number(JsonObject request, String name, int otherwise) {
        Object value = request.getValue(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Integer number) {
            return number;
        }
        throw Failure.invalid(name + " takes a number, was " + value);
    }

    static @Nullable String text(JsonObject request, String name) {
        Object value = request.getValue(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw Failure.invalid(name + " takes a text, was " + value);
    }

    static <T> Optional<T> member(JsonObject request, String name, Class<T> type) {
        Object value = request.getValue(name);
        if (value != null && !type.isInstance(value)) {
            throw Failure.invalid(name + " takes a " + type.getSimpleName().toLowerCase(Locale.ROOT) + ", was "
                    + JsonText.shown(value));
        }
        return Optional.ofNullable(value).map(type::cast);
    }
}
