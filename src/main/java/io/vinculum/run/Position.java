package io.vinculum.run;

/**
 * Where a step is in its workflow.
 *
 * @param node the index of the node in its definition
 * @param item which element of a list, -1 where there is none
 */
public record Position(int node, int item) {
    static Position of(int node) {
        return new Position(node, -1);
    }
}
