package io.vinculum.workflow;

/**
 * One place of a run where work is done.
 *
 * @param node the index of the node in its definition
 * @param item which element of a list, -1 where there is none
 */
record Position(int node, int item) {
    static Position of(int node) {
        return new Position(node, -1);
    }
}
