package io.vinculum.failure;

import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why something could not be done: a code, and a message that names the offending value and what would be right.
 * The message is shown to whoever asked, so it never holds SQL, table names or a stack trace.
 */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(Failure.class);

    private final FailureCode code;

    public Failure(FailureCode code, String message) {
        // Only a defect of ours is worth a stack trace; the others are answers.
        super(message, null, false, code.fault() == Fault.VINCULUM);
        this.code = code;
    }

    public FailureCode code() {
        return code;
    }

    /** A request that can never be answered as it stands. */
    public static Failure invalid(String message) {
        return new Failure(FailureCode.INVALID_DATA, message);
    }

    /** Something that was named and is not there. */
    public static Failure notFound(String message) {
        return new Failure(FailureCode.NOT_FOUND, message);
    }

    /**
     * The failure behind any throwable: itself, one that came over the event bus, or {@code INTERNAL} with an id
     * under which the log has the cause.
     */
    public static Failure of(Throwable cause) {
        if (cause instanceof Failure failure) {
            return failure;
        }
        return BusFailure.decode(cause).orElseGet(() -> internal(cause));
    }

    /** The same for something that is tried again: an unexpected cause is one line in the log, without its stack. */
    public static Failure passing(Throwable cause) {
        if (cause instanceof Failure failure) {
            return failure;
        }
        return BusFailure.decode(cause).orElseGet(() -> {
            String id = UUID.randomUUID().toString();
            LOG.warn("failed and may be tried again, {}: {}", id, String.valueOf(cause));
            return inside(id);
        });
    }

    private static Failure internal(Throwable cause) {
        String id = UUID.randomUUID().toString();
        LOG.error("internal failure {}", id, cause);
        return inside(id);
    }

    private static Failure inside(String id) {
        return new Failure(FailureCode.INTERNAL, "something went wrong inside; the log has it under " + id);
    }
}
