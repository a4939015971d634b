package io.vinculum.run;

import com.github.f4b6a3.uuid.UuidCreator;
import io.vinculum.failure.Failure;
import io.vinculum.flow.Workflow;
import org.jspecify.annotations.Nullable;

/** Names a run: its workflow and its transaction id, the caller's or a generated one. */
public record RunKey(String workflow, String transactionId) {
    private static final int LONGEST = 255;

    /** The key of a run; a transaction id is generated when there is none. */
    public static RunKey of(Workflow<?, ?> workflow, @Nullable Object transactionId) {
        if (transactionId == null) {
            return new RunKey(workflow.name(), generated());
        }
        if (transactionId instanceof String text && !text.isEmpty() && text.length() <= LONGEST) {
            return new RunKey(workflow.name(), text);
        }
        throw Failure.invalid("transactionId takes a text of 1 to " + LONGEST + " characters");
    }

    /** An id that grows with time, so that the newest rows lie together. */
    private static String generated() {
        return UuidCreator.getTimeOrderedEpoch().toString();
    }

    public static RunKey of(Run run) {
        String workflow = run.workflow().name();
        return new RunKey(workflow, run.id().substring(workflow.length() + 1));
    }

    public String id() {
        return workflow + "/" + transactionId;
    }
}
