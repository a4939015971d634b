package io.vinculum.condition;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import io.vinculum.condition.Condition.Quantifier;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import io.vinculum.json.JsonText;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads filters, in JSON ({@code $eq}) or typed GraphQL ({@code eq}), into a {@link Condition}. */
public final class FilterParser {
    /** How filters are written. */
    private enum Dialect {
        JSON("$", "$exists"),
        GRAPHQL("", "isNull");

        private final String prefix;
        /** The operator that asks whether something is there. */
        private final String presence;

        Dialect(String prefix, String presence) {
            this.prefix = prefix;
            this.presence = presence;
        }
    }

    private final Dialect dialect;
    private final String prefix;
    private final int mostHops;
    private final int mostConditions;
    private int conditions;

    private FilterParser(Dialect dialect, int mostHops, int mostConditions) {
        this.dialect = dialect;
        this.prefix = dialect.prefix;
        this.mostHops = mostHops;
        this.mostConditions = mostConditions;
    }

    /** For JSON: operators begin with a dollar sign. */
    public static FilterParser json(int mostHops, int mostConditions) {
        return new FilterParser(Dialect.JSON, mostHops, mostConditions);
    }

    /** For typed GraphQL: operators are plain words. */
    public static FilterParser graphql(int mostHops, int mostConditions) {
        return new FilterParser(Dialect.GRAPHQL, mostHops, mostConditions);
    }

    /** The condition of a filter object on an entity; an absent one is fulfilled by every row. */
    public Condition parse(Entity entity, @Nullable Object node) {
        boolean absent = node == null || (node instanceof Leaf leaf && leaf.kind() == Leaf.Kind.NULL);
        return absent ? Condition.TRUE : entity(entity, node, "filters", 0);
    }

    private Condition entity(Entity entity, @Nullable Object node, String where, int hops) {
        List<Condition> all = new ArrayList<>();
        object(node, where).forEach((name, value) -> all.add(member(entity, name, value, where, hops)));
        return every(all);
    }

    private Condition every(List<Condition> all) {
        return all.size() == 1 ? all.get(0) : counted(new Condition.All(all));
    }

    /** Counts one node of the filter, an empty or boolean one too. */
    private <T extends Condition> T counted(T condition) {
        if (++conditions > mostConditions) {
            throw new Failure(FailureCode.TOO_COMPLEX, "filters take at most " + mostConditions + " conditions");
        }
        return condition;
    }

    private static Map<String, @Nullable Object> object(@Nullable Object node, String where) {
        if (node instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked")
            Map<String, @Nullable Object> map = (Map<String, @Nullable Object>) node;
            return map;
        }
        throw takesObject(where, node instanceof Leaf leaf ? leaf.raw() : node);
    }

    private static Failure takesObject(String where, @Nullable Object raw) {
        return Failure.invalid(where + " takes an object, was " + JsonText.shown(raw));
    }

    private Condition member(Entity entity, String name, @Nullable Object value, String where, int hops) {
        Field field = entity.fields().get(name);
        if (field != null) {
            return field(field, value, where + "." + name);
        }
        Relation relation = entity.relations().get(name);
        if (relation != null) {
            return relation(relation, value, where + "." + name, hops + 1);
        }
        if (name.equals("q")) {
            return words(entity, value);
        }
        return combined(name, value, where, (node, path) -> entity(entity, node, path, hops))
                .orElseThrow(() -> unknown(entity, name, where));
    }

    private Failure unknown(Entity entity, String name, String where) {
        if (!prefix.isEmpty() && name.startsWith(prefix)) {
            return Failure.invalid(where + " has an unknown operator '" + Nearest.shown(name) + "'"
                    + Nearest.hint(name, List.of("$and", "$or", "$not")));
        }
        return entity.noField(name);
    }

    /** {@code $and}, {@code $or} and {@code $not}, over whatever stands inside them. */
    private Optional<Condition> combined(
            String name, @Nullable Object value, String where, BiFunction<@Nullable Object, String, Condition> inner) {
        String path = where + "." + name;
        if (name.equals(prefix + "not")) {
            return Optional.of(counted(new Condition.Not(inner.apply(value, path))));
        }
        if (!name.equals(prefix + "and") && !name.equals(prefix + "or")) {
            return Optional.empty();
        }
        if (!(value instanceof List<?> list)) {
            throw Failure.invalid(path + " takes a list of filters");
        }
        List<Condition> parts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            parts.add(inner.apply(list.get(i), path + "[" + i + "]"));
        }
        return Optional.of(counted(name.equals(prefix + "and") ? new Condition.All(parts) : new Condition.Any(parts)));
    }

    private Condition words(Entity entity, @Nullable Object value) {
        List<Field> searchable =
                entity.fields().values().stream().filter(Field::searchable).toList();
        if (searchable.isEmpty()) {
            throw Failure.invalid(entity.name() + " has no @searchable field, so it cannot be searched by 'q'");
        }
        if (!(value instanceof Leaf leaf) || leaf.kind() != Leaf.Kind.ONE) {
            throw Failure.invalid("filters.q takes a string of words");
        }
        return counted(new Condition.Words(
                searchable, new Slot(leaf.index(), Slot.Use.WORDS, ColumnType.of(Scalar.STRING), "filters.q")));
    }

    private Condition field(Field field, @Nullable Object value, String where) {
        if (!(value instanceof Leaf leaf)) {
            return operators(field, value, where);
        }
        return switch (leaf.kind()) {
            case NULL -> counted(new Condition.Empty(field, true));
            case MANY -> compare(field, field.type().list() ? Operator.EQ : Operator.IN, leaf, where);
            default -> compare(field, Operator.EQ, leaf, where);
        };
    }

    private Condition compare(Field field, Operator operator, Leaf leaf, String where) {
        return counted(new Condition.Compare(
                field, operator, new Slot(leaf.index(), operator.use(), operator.valueType(field.type()), where)));
    }

    private Condition operators(Field field, @Nullable Object node, String where) {
        Map<String, @Nullable Object> operators = object(node, where);
        if (operators.isEmpty()) {
            throw Failure.invalid(where + " has no operator; it takes one of: " + prefix
                    + String.join(", " + prefix, Operator.words(field.type())));
        }
        List<Condition> all = new ArrayList<>();
        operators.forEach((name, value) ->
                all.add(combined(name, value, where, (inner, path) -> field(field, inner, path))
                        .orElseGet(() -> operator(field, name, value, where))));
        return every(all);
    }

    private Condition operator(Field field, String name, @Nullable Object value, String where) {
        String word = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        if (!(value instanceof Leaf leaf)) {
            throw Failure.invalid(
                    where + "." + Nearest.shown(name) + " is no operator" + Nearest.hint(name, known(field.type())));
        }
        if (name.equals(dialect.presence)) {
            return exists(field, leaf, where + "." + name);
        }
        Operator operator = Operator.named(word)
                .orElseThrow(() -> Failure.invalid(where + " has an unknown operator '" + Nearest.shown(name) + "'"
                        + Nearest.hint(name, known(field.type()))));
        if (!operator.takes(field.type())) {
            throw Failure.invalid(where + " is " + typeName(field.type()) + ", which " + name
                    + " does not compare; it takes: " + String.join(", ", known(field.type())));
        }
        return comparison(field, operator, leaf, where + "." + name);
    }

    private Condition comparison(Field field, Operator operator, Leaf leaf, String where) {
        if (leaf.kind() == Leaf.Kind.NULL) {
            boolean equality = operator == Operator.EQ || operator == Operator.NE;
            if (equality && !prefix.isEmpty()) {
                return counted(new Condition.Empty(field, operator == Operator.EQ));
            }
            throw Failure.invalid(where + " takes no null; "
                    + (prefix.isEmpty() ? "use isNull: true" : "compare with {\"$eq\": null}"));
        }
        if (operator.use() == Slot.Use.MANY && leaf.kind() != Leaf.Kind.MANY) {
            throw Failure.invalid(where + " takes a list");
        }
        return compare(field, operator, leaf, where);
    }

    private Condition exists(Field field, Leaf leaf, String where) {
        if (leaf.kind() != Leaf.Kind.TRUE && leaf.kind() != Leaf.Kind.FALSE) {
            throw Failure.invalid(where + " takes true or false");
        }
        boolean asksForNull = dialect == Dialect.GRAPHQL;
        return counted(new Condition.Empty(field, asksForNull == (leaf.kind() == Leaf.Kind.TRUE)));
    }

    private List<String> known(ColumnType type) {
        List<String> known = new ArrayList<>();
        Operator.words(type).forEach(word -> known.add(prefix + word));
        known.addAll(prefix.isEmpty() ? List.of("isNull") : List.of("$exists", "$and", "$or", "$not"));
        return known;
    }

    private static String typeName(ColumnType type) {
        return type.list() ? "a list of " + type.graphqlName() : type.graphqlName();
    }

    private Condition relation(Relation relation, @Nullable Object value, String where, int hops) {
        if (hops > mostHops) {
            throw new Failure(FailureCode.TOO_COMPLEX, where + " is more than " + mostHops + " hops away");
        }
        if (relation.target().remote()) {
            throw new Failure(
                    FailureCode.NOT_ALLOWED,
                    where + " leads to " + relation.target().name()
                            + ", whose rows are not in this database; filter by fields of "
                            + relation.owner().name());
        }
        if (value instanceof Leaf leaf) {
            if (leaf.kind() == Leaf.Kind.NULL) {
                return counted(new Condition.Related(relation, Quantifier.NONE, Condition.TRUE));
            }
            throw Failure.invalid(where + " leads to " + relation.target().name() + ", so it takes an object like {\""
                    + relation.target().keys().get(0).name() + "\": …}, or null");
        }
        return related(relation, object(value, where), where, hops);
    }

    private Condition related(Relation relation, Map<String, @Nullable Object> node, String where, int hops) {
        List<Condition> all = new ArrayList<>();
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        node.forEach((name, value) -> {
            Optional<Quantifier> quantifier = quantifier(name);
            if (quantifier.isPresent()) {
                all.add(counted(new Condition.Related(
                        relation, quantifier.get(), entity(relation.target(), value, where + "." + name, hops))));
            } else if (!presence(relation, name, value, all)) {
                plain.put(name, value);
            }
        });
        if (!plain.isEmpty() || all.isEmpty()) {
            all.add(counted(
                    new Condition.Related(relation, Quantifier.SOME, entity(relation.target(), plain, where, hops))));
        }
        return every(all);
    }

    private Optional<Quantifier> quantifier(String name) {
        return Arrays.stream(Quantifier.values())
                .filter(quantifier -> name.equals(prefix + quantifier.name().toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** {@code {"$eq": null}}, {@code {"$ne": null}}, {@code {"$exists": …}} and {@code {isNull: …}} ask for a record. */
    private boolean presence(Relation relation, String name, @Nullable Object value, List<Condition> into) {
        if (!(value instanceof Leaf leaf) || relation.target().fields().containsKey(name)) {
            return false;
        }
        Optional<Boolean> present = present(name, leaf.kind());
        present.ifPresent(there -> into.add(
                counted(new Condition.Related(relation, there ? Quantifier.SOME : Quantifier.NONE, Condition.TRUE))));
        return present.isPresent();
    }

    private Optional<Boolean> present(String name, Leaf.Kind kind) {
        if (name.equals(dialect.presence) && (kind == Leaf.Kind.TRUE || kind == Leaf.Kind.FALSE)) {
            return Optional.of((dialect == Dialect.JSON) == (kind == Leaf.Kind.TRUE));
        }
        boolean equality = dialect == Dialect.JSON && kind == Leaf.Kind.NULL;
        return equality && (name.equals("$eq") || name.equals("$ne"))
                ? Optional.of(name.equals("$ne"))
                : Optional.empty();
    }
}
