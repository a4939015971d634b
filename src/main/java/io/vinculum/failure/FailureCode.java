package io.vinculum.failure;

/**
 * The vocabulary of failures, the same on every way in: Java, event bus, GraphQL {@code extensions.code}.
 * The number is the failure code of a reply on the event bus; it never changes for a name.
 */
public enum FailureCode {
    INVALID_DATA(1, Fault.CALLER),
    NOT_FOUND(2, Fault.CALLER),
    NOT_ALLOWED(3, Fault.CALLER),
    UNAUTHORIZED(4, Fault.CALLER),
    DUPLICATE(5, Fault.CONFLICT),
    CONFLICT(6, Fault.CONFLICT),
    LINK_DIRECTION(7, Fault.CALLER),
    NOT_MIGRATED(8, Fault.ENVIRONMENT),
    UNEXPECTED_STATE(9, Fault.CONFLICT),
    TOO_LARGE(10, Fault.CALLER),
    TOO_COMPLEX(11, Fault.CALLER),
    TIMEOUT(12, Fault.ENVIRONMENT),
    UNAVAILABLE(13, Fault.ENVIRONMENT),
    INTERNAL(14, Fault.VINCULUM);

    private final int number;
    private final Fault fault;

    FailureCode(int number, Fault fault) {
        this.number = number;
        this.fault = fault;
    }

    public int number() {
        return number;
    }

    public Fault fault() {
        return fault;
    }
}
