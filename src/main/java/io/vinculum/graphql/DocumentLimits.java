package io.vinculum.graphql;

import graphql.language.ArrayValue;
import graphql.language.Directive;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.Node;
import graphql.language.OperationDefinition;
import graphql.language.SelectionSet;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large a document may be, checked before it is validated. Enough for the introspection of every client; small
 * enough that the worst document costs milliseconds.
 */
record DocumentLimits(
        int characters,
        int tokens,
        int depth,
        int aliases,
        int directives,
        int fragments,
        int rootFields,
        int fields,
        int listValues) {
    static final DocumentLimits DEFAULT = new DocumentLimits(64 << 10, 10_000, 24, 100, 100, 50, 50, 2_000, 1_000);

    /** Checks what a parser would spend much time on, by one look at each character. */
    void checkText(String text) {
        if (text.length() > characters) {
            throw new Failure(
                    FailureCode.TOO_LARGE,
                    "the document is longer than " + characters + " characters, was " + text.length()
                            + "; send values as variables");
        }
        new DocumentText(text).check();
    }

    void check(Document document) {
        Counter counter = new Counter();
        document.getDefinitions().forEach(definition -> {
            if (definition instanceof OperationDefinition operation) {
                within(
                        "root fields",
                        operation.getSelectionSet().getSelections().size(),
                        rootFields);
            }
            counter.count(definition);
        });
    }

    private static void within(String what, int count, int most) {
        if (count > most) {
            throw new Failure(
                    FailureCode.TOO_COMPLEX, "the document has more than " + most + " " + what + ", was " + count);
        }
    }

    /** A node with how deep it stands in selections; walked without recursion, so that no depth overflows. */
    private record Placed(Node<?> node, int depth) {}

    private final class Counter {
        private int fieldCount;
        private int aliasCount;
        private int directiveCount;
        private int fragmentCount;

        void count(Node<?> root) {
            Deque<Placed> open = new ArrayDeque<>();
            open.push(new Placed(root, 0));
            while (!open.isEmpty()) {
                Placed placed = open.pop();
                visit(placed);
                int below = placed.node() instanceof SelectionSet ? placed.depth() + 1 : placed.depth();
                placed.node().getChildren().forEach(child -> open.push(new Placed(child, below)));
            }
        }

        private void visit(Placed placed) {
            within("levels", placed.depth(), depth);
            if (placed.node() instanceof Field field) {
                within("fields", ++fieldCount, fields);
                within("aliases", field.getAlias() == null ? aliasCount : ++aliasCount, aliases);
            } else if (placed.node() instanceof Directive) {
                within("directives", ++directiveCount, directives);
            } else if (placed.node() instanceof ArrayValue list
                    && list.getValues().size() > listValues) {
                throw new Failure(
                        FailureCode.TOO_LARGE,
                        "a list in the text of an operation has at most " + listValues + " values, was "
                                + list.getValues().size() + "; send it as a variable");
            } else if (placed.node() instanceof FragmentDefinition) {
                within("fragments", ++fragmentCount, fragments);
            }
        }
    }
}
