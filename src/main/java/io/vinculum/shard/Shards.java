package io.vinculum.shard;

/** The shards that runs are spread over; each belongs to one node at a time. */
public final class Shards {
    public static final int COUNT = 1_024;

    private Shards() {}

    /** The shard of a name. */
    public static int of(String name) {
        return Math.floorMod(name.hashCode(), COUNT);
    }
}
