package io.vinculum.graphql;

import graphql.execution.CoercedVariables;
import graphql.language.Field;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition;
import io.vinculum.condition.FilterParser;
import io.vinculum.condition.Leaf;
import io.vinculum.condition.Operator;
import io.vinculum.condition.Slot;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.graphql.ScalarTypes.JsonLiteral;
import io.vinculum.selection.OrderParser;
import io.vinculum.selection.QueryLimits;
import io.vinculum.selection.Selection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns typed fields into selections; literals become values beside those of the variables. */
final class SelectionCompiler {
    private final GraphQLSchema schema;
    private final FieldCollector collector;
    private final QueryLimits limits;
    private final CoercedVariables leaves;
    private final Literals literals;

    SelectionCompiler(GraphQLSchema schema, FieldCollector collector, QueryLimits limits, VariableShape variables) {
        this.schema = schema;
        this.collector = collector;
        this.limits = limits;
        this.leaves = variables.leaves();
        this.literals = new Literals(variables.values().size());
    }

    Literals literals() {
        return literals;
    }

    /** {@code product(id: …)}: the record of a key. */
    Selection one(Model model, List<Field> fields, GraphQLFieldDefinition definition) {
        Object id = arguments(fields.get(0), definition).get("id");
        return ofKeys(model, model.key(), leaf(id), fields, false);
    }

    /** The rows of an entity that have one of the values in a field. */
    Selection ofKeys(Entity entity, io.vinculum.catalog.Field key, Leaf keys, List<Field> fields, boolean withDeleted) {
        boolean many = keys.kind() == Leaf.Kind.MANY;
        Slot slot = new Slot(
                keys.index(), many ? Slot.Use.MANY : Slot.Use.ONE, key.type(), entity.name() + "." + key.name());
        Condition condition = new Condition.Compare(key, many ? Operator.IN : Operator.EQ, slot);
        return new Selection(
                entity,
                items(entity, fields, withDeleted, 0),
                condition,
                OrderParser.complete(entity, List.of()),
                Selection.Paging.ALL,
                withDeleted);
    }

    /** {@code products(filters: …)}. */
    Selection many(Entity entity, List<Field> fields, GraphQLFieldDefinition definition) {
        Map<String, Object> arguments = arguments(fields.get(0), definition);
        return list(entity, fields, arguments, Boolean.TRUE.equals(arguments.get("withDeleted")), 0);
    }

    private Selection list(
            Entity entity, List<Field> fields, Map<String, Object> arguments, boolean withDeleted, int hops) {
        return new Selection(
                entity,
                items(entity, fields, withDeleted, hops),
                FilterParser.graphql(limits.hops(), limits.conditions())
                        .parse(entity, literals.skeleton(arguments.get("filters"))),
                OrderParser.complete(entity, new OrderParser(limits).parse(entity, arguments.get("order"))),
                new Selection.Paging(slot(arguments, "skip", Slot.Use.SKIP), slot(arguments, "take", Slot.Use.TAKE)),
                withDeleted);
    }

    private Optional<Slot> slot(Map<String, Object> arguments, String name, Slot.Use use) {
        Object given = arguments.get(name);
        if (given == null) {
            return Optional.empty();
        }
        Leaf leaf = leaf(given);
        return leaf.kind() == Leaf.Kind.NULL ? Optional.empty() : Optional.of(Slot.count(leaf.index(), use, name));
    }

    private Leaf leaf(@Nullable Object given) {
        return given instanceof Leaf leaf ? leaf : literals.add(given, Leaf.Kind.of(given));
    }

    private Map<String, Object> arguments(Field field, GraphQLFieldDefinition definition) {
        return FieldArguments.of(field, definition, leaves);
    }

    private List<Selection.Item> items(Entity entity, List<Field> fields, boolean withDeleted, int hops) {
        if (hops > limits.hops()) {
            throw new Failure(FailureCode.TOO_COMPLEX, "the operation goes more than " + limits.hops() + " hops away");
        }
        List<Selection.Item> items = new ArrayList<>();
        GraphQLObjectType type = Objects.requireNonNull(schema.getObjectType(entity.typeName()));
        collector.below(fields).forEach((key, same) -> {
            String name = same.get(0).getName();
            io.vinculum.catalog.Field column = entity.fields().get(name);
            if (name.equals("__typename")) {
                items.add(new Selection.Constant(key, entity.typeName()));
            } else if (column != null) {
                items.add(new Selection.Column(key, column));
            } else {
                items.add(nested(entity, type.getField(name), key, same, withDeleted, hops + 1));
            }
        });
        return items;
    }

    private Selection.Nested nested(
            Entity entity,
            GraphQLFieldDefinition definition,
            String key,
            List<Field> same,
            boolean withDeleted,
            int hops) {
        Relation relation = Objects.requireNonNull(entity.relations().get(definition.getName()));
        Map<String, Object> arguments = arguments(same.get(0), definition);
        return new Selection.Nested(key, relation, list(relation.target(), same, arguments, withDeleted, hops));
    }

    /** The literals of an operation, as values after those of the variables. */
    static final class Literals {
        private final int offset;
        private final List<@Nullable Object> values = new ArrayList<>();

        Literals(int offset) {
            this.offset = offset;
        }

        Leaf add(@Nullable Object value, Leaf.Kind kind) {
            values.add(value);
            return new Leaf(offset + values.size() - 1, kind, value);
        }

        /** Gives a value to a leaf that was added without one. */
        void set(Leaf leaf, Object value) {
            values.set(leaf.index() - offset, value);
        }

        /** Arguments with leaves in place of all values. */
        @Nullable
        Object skeleton(@Nullable Object argument) {
            if (argument == null || argument instanceof Leaf) {
                return argument;
            }
            if (argument instanceof JsonLiteral literal) {
                return literal.value() == null
                        ? new Leaf(-1, Leaf.Kind.NULL, null)
                        : add(literal.value(), Leaf.Kind.ONE);
            }
            if (argument instanceof Map<?, ?> map) {
                Map<String, @Nullable Object> kept = new LinkedHashMap<>();
                map.forEach((name, value) -> kept.put(String.valueOf(name), member(String.valueOf(name), value)));
                return kept;
            }
            return add(argument, Leaf.Kind.of(argument));
        }

        /** Null inside an object is a value; only an absent argument is none. */
        private @Nullable Object member(String name, @Nullable Object value) {
            if (value instanceof List<?> list && (name.equals("and") || name.equals("or"))) {
                List<@Nullable Object> kept = new ArrayList<>();
                list.forEach(element -> kept.add(skeleton(element)));
                return kept;
            }
            return value == null ? new Leaf(-1, Leaf.Kind.NULL, null) : skeleton(value);
        }

        /** All values of a request: those of its variables, then the literals. */
        List<@Nullable Object> after(List<@Nullable Object> variables) {
            if (values.isEmpty()) {
                return variables;
            }
            List<@Nullable Object> all = new ArrayList<>(variables.size() + values.size());
            all.addAll(variables);
            values.forEach(value -> all.add(resolved(value, variables)));
            return all;
        }

        /** A list or JSON literal may hold variables. */
        private static @Nullable Object resolved(@Nullable Object value, List<@Nullable Object> variables) {
            if (value instanceof Leaf leaf) {
                return variables.get(leaf.index());
            }
            if (value instanceof JsonLiteral literal) {
                return resolved(literal.value(), variables);
            }
            if (value instanceof List<?> list) {
                List<@Nullable Object> resolved = new ArrayList<>(list.size());
                list.forEach(element -> resolved.add(resolved(element, variables)));
                return resolved;
            }
            if (value instanceof Map<?, ?> map) {
                Map<String, @Nullable Object> resolved = new LinkedHashMap<>();
                map.forEach((key, element) -> resolved.put(String.valueOf(key), resolved(element, variables)));
                return resolved;
            }
            return value;
        }
    }
}
