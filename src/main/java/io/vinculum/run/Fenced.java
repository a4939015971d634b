package io.vinculum.run;

/** A write was refused: another node owns the run's shard now. */
public final class Fenced extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Fenced() {
        super("another node owns the run's shard now", null, false, false);
    }
}
