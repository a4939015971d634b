package io.vinculum.testing;

import java.util.Random;

/** Random tests: how many rounds they run, and from which seed, which a failing test must print. */
public final class Generators {
    private static final int SCALE = Integer.getInteger("generators.scale", 1);

    private Generators() {}

    /** So many rounds, or a multiple of them where the full counts are asked for. */
    public static int rounds(int slice) {
        return slice * SCALE;
    }

    /** A seed: the one that is asked for, to repeat a failure, or any. */
    public static long seed() {
        return Long.getLong("generators.seed", System.nanoTime());
    }

    /** One of several values. */
    @SafeVarargs
    public static <T> T one(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }
}
