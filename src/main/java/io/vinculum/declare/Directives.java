package io.vinculum.declare;

import graphql.language.Argument;
import graphql.language.ArrayValue;
import graphql.language.BooleanValue;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.StringValue;
import graphql.language.Value;
import io.vinculum.catalog.Place;
import io.vinculum.catalog.Problems;
import io.vinculum.failure.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Checks directives: their names, their arguments and what those hold. */
final class Directives {
    /** Arguments of which a directive needs one. */
    private static final Map<String, List<String>> NEEDED = Map.of(
            "default", List.of("value"),
            "column", List.of("name"),
            "table", List.of("name"),
            "was", List.of("name"),
            "relation", List.of("mappedBy", "table"));

    private final Problems problems;

    Directives(Problems problems) {
        this.problems = problems;
    }

    /** The directives that may stand here; the others become problems. */
    List<Directive> known(
            DirectivesContainer<?> node,
            Map<String, List<String>> allowed,
            String where,
            Function<Directive, Place> places) {
        List<Directive> good = new ArrayList<>();
        for (Directive directive : node.getDirectives()) {
            Place place = places.apply(directive);
            List<String> arguments = allowed.get(directive.getName());
            if (arguments == null) {
                problems.add(
                        place,
                        where + " has an unknown directive '@" + directive.getName() + "'"
                                + Nearest.hint(directive.getName(), allowed.keySet()));
                continue;
            }
            directive.getArguments().stream()
                    .filter(argument -> !arguments.contains(argument.getName()))
                    .forEach(argument -> problems.add(
                            place,
                            "@" + directive.getName() + " has no argument '" + argument.getName() + "'"
                                    + Nearest.hint(argument.getName(), arguments)));
            checkArguments(directive, place);
            checkRequired(directive, place);
            good.add(directive);
        }
        return good;
    }

    private void checkRequired(Directive directive, Place place) {
        List<String> needed = NEEDED.getOrDefault(directive.getName(), List.of());
        boolean given = needed.isEmpty() || needed.stream().anyMatch(name -> directive.getArgument(name) != null);
        if (!given) {
            problems.add(
                    place,
                    "@" + directive.getName() + " needs "
                            + needed.stream()
                                    .map(name -> "(" + name + ": \"…\")")
                                    .collect(Collectors.joining(" or ")));
        }
    }

    private void checkArguments(Directive directive, Place place) {
        for (Argument argument : directive.getArguments()) {
            boolean wantsBool =
                    argument.getName().equals("managed") || argument.getName().equals("checked");
            boolean wantsSets = directive.getName().equals("model")
                    && (argument.getName().equals("unique")
                            || argument.getName().equals("index"));
            Value<?> value = argument.getValue();
            boolean right = wantsBool
                    ? value instanceof BooleanValue
                    : wantsSets
                            ? Arguments.isSets(value)
                            : value instanceof StringValue text
                                    && !String.valueOf(text.getValue()).isBlank();
            if (!right) {
                problems.add(
                        place,
                        "@" + directive.getName() + "(" + argument.getName() + ": …) takes "
                                + (wantsBool
                                        ? "true or false"
                                        : wantsSets ? "lists of field names: [[\"a\", \"b\"]]" : "a string"));
            }
        }
    }

    /** The arguments of one directive, by kind; an argument of another kind reads as absent. */
    record Arguments(Directive directive) {

        Optional<String> text(String name) {
            return value(name)
                    .filter(StringValue.class::isInstance)
                    .map(value -> Objects.requireNonNull(((StringValue) value).getValue()));
        }

        Optional<Boolean> bool(String name) {
            return value(name).filter(BooleanValue.class::isInstance).map(value -> ((BooleanValue) value).isValue());
        }

        List<List<String>> sets(String name) {
            return value(name)
                    .filter(Arguments::isSets)
                    .map(Arguments::readSets)
                    .orElse(List.of());
        }

        private Optional<Value<?>> value(String name) {
            Argument argument = directive.getArgument(name);
            return argument == null ? Optional.empty() : Optional.of(argument.getValue());
        }

        static boolean isSets(Value<?> value) {
            return value instanceof ArrayValue outer
                    && outer.getValues().stream()
                            .allMatch(set -> set instanceof ArrayValue inner
                                    && !inner.getValues().isEmpty()
                                    && inner.getValues().stream().allMatch(StringValue.class::isInstance));
        }

        private static List<List<String>> readSets(Value<?> value) {
            return ((ArrayValue) value)
                    .getValues().stream()
                            .map(set -> ((ArrayValue) set)
                                    .getValues().stream()
                                            .map(text -> Objects.requireNonNull(((StringValue) text).getValue()))
                                            .toList())
                            .toList();
        }
    }
}
