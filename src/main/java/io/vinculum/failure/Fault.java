package io.vinculum.failure;

/** Who must act when something fails. */
public enum Fault {
    /** The request is wrong; sending it again gives the same answer. */
    CALLER,
    /** The request met another one; it may succeed later or with other values. */
    CONFLICT,
    /** Something Vinculum depends on is away or slow; the same request may succeed later. */
    ENVIRONMENT,
    /** A defect of Vinculum. */
    VINCULUM
}
