package io.vinculum.selection;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Relation;
import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import io.vinculum.json.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads dotted fields ({@code id}, {@code brand.*}, {@code reviews.rating}) into a tree, in the order asked. */
final class FieldTree {
    /** Names have 63 bytes at most, and a path ten of them and a field. */
    private static final int LONGEST_PATH = 4_096;

    private final Entity entity;
    /** A {@link Field}, or the tree of a relation, by key of the answer. */
    private final Map<String, Object> members = new LinkedHashMap<>();

    private final Map<String, Relation> relations = new LinkedHashMap<>();
    private final String path;

    private FieldTree(Entity entity, String path) {
        this.entity = entity;
        this.path = path;
    }

    static FieldTree of(Entity entity, @Nullable Object fields, QueryLimits limits) {
        if (!(fields instanceof List<?> list) || list.isEmpty()) {
            throw Failure.invalid(
                    "fields takes a list of at least one field of " + entity.name() + ", like [\"*\"]; it has: "
                            + String.join(", ", entity.fields().keySet()));
        }
        if (list.size() > limits.fields()) {
            throw new Failure(
                    FailureCode.TOO_COMPLEX, "fields takes at most " + limits.fields() + ", was " + list.size());
        }
        FieldTree tree = new FieldTree(entity, "");
        for (Object field : list) {
            if (!(field instanceof String dotted)) {
                throw Failure.invalid("fields takes strings, was " + JsonText.shown(field));
            }
            tree.add(dotted, limits);
        }
        return tree;
    }

    private void add(String dotted, QueryLimits limits) {
        if (dotted.length() > LONGEST_PATH) {
            throw new Failure(
                    FailureCode.TOO_COMPLEX,
                    "the field '" + Nearest.shown(dotted) + "' is longer than any path may be");
        }
        String[] segments = dotted.split("\\.", -1);
        if (segments.length - 1 > limits.hops()) {
            throw new Failure(
                    FailureCode.TOO_COMPLEX,
                    "the field '" + Nearest.shown(dotted) + "' is more than " + limits.hops() + " hops away");
        }
        FieldTree tree = this;
        for (int i = 0; i < segments.length; i++) {
            boolean last = i == segments.length - 1;
            FieldTree next = tree.segment(segments[i], last);
            if (last) {
                if (next != tree) {
                    next.all();
                }
                return;
            }
            tree = next;
        }
    }

    /** Adds one segment and answers the tree it leads to; this one when it leads nowhere further. */
    private FieldTree segment(String name, boolean last) {
        if (last && name.equals("*")) {
            all();
            return this;
        }
        Field field = entity.fields().get(name);
        if (field != null) {
            if (!last) {
                throw Failure.invalid(entity.name() + "." + name + " is "
                        + field.type().graphqlName() + ", it has no fields of its own");
            }
            members.put(name, field);
            return this;
        }
        Relation relation = entity.relations().get(name);
        if (relation == null) {
            throw entity.noField(name);
        }
        relations.put(name, relation);
        String nested = path.isEmpty() ? name : path + "." + name;
        return (FieldTree) members.computeIfAbsent(name, key -> new FieldTree(relation.target(), nested));
    }

    private void all() {
        entity.fields().forEach(members::put);
    }

    List<String> names() {
        return new ArrayList<>(members.keySet());
    }

    @Nullable
    Field field(String name) {
        return members.get(name) instanceof Field field ? field : null;
    }

    FieldTree nested(String name) {
        return (FieldTree) Objects.requireNonNull(members.get(name));
    }

    Relation relation(String name) {
        return Objects.requireNonNull(relations.get(name));
    }

    /** The dotted path from the root. */
    String path() {
        return path;
    }

    Entity entity() {
        return entity;
    }

    /** Every dotted path to a list, for the message that names them. */
    void collectLists(List<String> into) {
        relations.forEach((name, relation) -> {
            FieldTree nested = nested(name);
            if (relation.list()) {
                into.add(nested.path);
            }
            nested.collectLists(into);
        });
    }
}
