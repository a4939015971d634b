package io.vinculum.graphql;

import graphql.execution.CoercedVariables;
import graphql.language.Argument;
import graphql.language.BooleanValue;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.Value;
import graphql.language.VariableReference;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Collects the fields of selection sets by response key, with fragments merged and {@code @skip} and {@code @include}
 * applied (GraphQL specification, section 6.3.2). Every type here is an object, so a fragment that passed validation
 * always applies.
 */
final class FieldCollector {
    private final ParsedDocument document;
    private final CoercedVariables variables;
    private final int mostFields;
    private int visited;

    FieldCollector(ParsedDocument document, CoercedVariables variables, int mostFields) {
        this.document = document;
        this.variables = variables;
        this.mostFields = mostFields;
    }

    /** The fields of all sets, merged. */
    Map<String, List<Field>> collect(List<SelectionSet> sets) {
        Map<String, List<Field>> fields = new LinkedHashMap<>();
        sets.forEach(set -> collect(set, fields));
        return fields;
    }

    /** The fields below fields that share a response key. */
    Map<String, List<Field>> below(List<Field> fields) {
        return collect(fields.stream()
                .map(Field::getSelectionSet)
                .filter(Objects::nonNull)
                .toList());
    }

    private void collect(SelectionSet set, Map<String, List<Field>> into) {
        for (Selection<?> selection : set.getSelections()) {
            if (++visited > mostFields) {
                throw new Failure(FailureCode.TOO_COMPLEX, "the operation selects more than " + mostFields + " fields");
            }
            if (selection instanceof DirectivesContainer<?> container && !included(container)) {
                continue;
            }
            if (selection instanceof Field field) {
                into.computeIfAbsent(field.getResultKey(), key -> new ArrayList<>())
                        .add(field);
            } else if (selection instanceof InlineFragment inline) {
                collect(inline.getSelectionSet(), into);
            } else if (selection instanceof FragmentSpread spread) {
                FragmentDefinition fragment = Objects.requireNonNull(document.fragment(spread.getName()));
                collect(fragment.getSelectionSet(), into);
            }
        }
    }

    private boolean included(DirectivesContainer<?> container) {
        return !says(container, "skip", false) && says(container, "include", true);
    }

    private boolean says(DirectivesContainer<?> container, String directive, boolean otherwise) {
        List<Directive> found = container.getDirectives(directive);
        if (found.isEmpty()) {
            return otherwise;
        }
        Argument condition = Objects.requireNonNull(found.get(0).getArgument("if"));
        Value<?> value = condition.getValue();
        if (!(value instanceof VariableReference variable)) {
            return ((BooleanValue) value).isValue();
        }
        if (variables.get(variable.getName()) instanceof Boolean set) {
            return set;
        }
        throw GraphqlRequest.badInput("the variable '" + variable.getName() + "' of @" + directive + " is null");
    }
}
