package io.vinculum.run;

/**
 * What a function of the author has made in a run, once for all.
 *
 * @param name of the node, or of the shared value
 */
record Known(Kind kind, String name) {
    /** What it is; as in the JSON of the ledger. */
    enum Kind {
        CHOICE,
        LIST,
        VALUE
    }
}
