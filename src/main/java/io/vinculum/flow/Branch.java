package io.vinculum.flow;

import org.jspecify.annotations.Nullable;

/**
 * One side of a condition, inside another one's side or at the top.
 *
 * @param parent the branch it is in, null for the workflow itself
 * @param condition the index of its condition's node, -1 for the workflow itself
 */
public record Branch(@Nullable Branch parent, int condition, String name, boolean taken) {
    static final Branch TOP = new Branch(null, -1, "", true);

    boolean isWithin(Branch other) {
        for (Branch branch = this; branch != null; branch = branch.parent) {
            if (branch.equals(other)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return parent == null ? "the workflow" : "'" + name + "' (" + (taken ? "then" : "otherwise") + ")";
    }
}
