package io.vinculum.selection;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.condition.FilterParser;
import io.vinculum.condition.Leaf;
import io.vinculum.condition.Slot;
import io.vinculum.failure.Failure;
import io.vinculum.failure.Nearest;
import io.vinculum.json.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request in JSON: {@code {"entity": "product", "fields": […], "filters": {…}, …}}. */
public final class GraphRequest {
    private static final List<String> KNOWN = List.of(
            "entity",
            "fields",
            "filters",
            "pagination",
            "relations",
            "withDeleted",
            "count",
            "throwIfKeyNotFound",
            "explain",
            "options");
    private static final List<String> OPTIONS = List.of("throwIfKeyNotFound", "explain");
    private static final List<String> PAGINATION = List.of("skip", "take", "order");
    private static final List<String> RELATION = List.of("filters", "order", "skip", "take");

    private final Map<String, @Nullable Object> request;
    private final Shape shape;
    private @Nullable Object filters;
    private Arguments root = Arguments.NONE;
    private final Map<String, Arguments> relations = new LinkedHashMap<>();
    private boolean withDeleted;
    private boolean count;
    private boolean throwIfKeyNotFound;
    private Explain explain = Explain.NO;

    /** What is said of a plan beside the answer. */
    public enum Explain {
        NO,
        /** The plan and its SQL. */
        PLAN,
        /** Also what PostgreSQL did, by {@code EXPLAIN (ANALYZE, BUFFERS)}. */
        ANALYZE
    }

    /** Filters, order and page of the rows at one place. */
    private record Arguments(
            @Nullable Object filters,
            @Nullable Object order,
            @Nullable Leaf skip,
            @Nullable Leaf take) {
        static final Arguments NONE = new Arguments(null, null, null, null);
    }

    private GraphRequest(Map<String, @Nullable Object> request, Shape shape) {
        this.request = request;
        this.shape = shape;
        request.forEach(this::member);
    }

    /** Walks the request for its key and values only. */
    public static GraphRequest read(Map<String, @Nullable Object> request, QueryLimits limits) {
        return new GraphRequest(request, Shape.ofValues(limits));
    }

    public String key() {
        return shape.key();
    }

    public List<@Nullable Object> values() {
        return shape.values();
    }

    public Explain explain() {
        return explain;
    }

    private void member(String name, @Nullable Object value) {
        shape.text(name);
        switch (name) {
            case "filters" -> filters = shape.filters(value);
            case "pagination" -> root = arguments("pagination", value, PAGINATION);
            case "relations" -> relations(value);
            case "withDeleted" -> withDeleted = flag(name, value);
            case "count" -> count = flag(name, value);
            case "throwIfKeyNotFound" -> throwIfKeyNotFound = flag(name, value);
            case "explain" -> explain = explain(value);
            case "options" -> options(value);
            default -> shape.fixed(value);
        }
    }

    private boolean flag(String name, @Nullable Object value) {
        if (value != null && !(value instanceof Boolean)) {
            throw Failure.invalid(name + " takes true or false, was " + JsonText.shown(value));
        }
        boolean set = Boolean.TRUE.equals(value);
        shape.mark(set ? 't' : 'f');
        return set;
    }

    private Explain explain(@Nullable Object value) {
        if ("analyze".equals(value)) {
            return Explain.ANALYZE;
        }
        if (value != null && !(value instanceof Boolean)) {
            throw Failure.invalid("explain takes true, false or \"analyze\", was " + JsonText.shown(value));
        }
        return Boolean.TRUE.equals(value) ? Explain.PLAN : Explain.NO;
    }

    private void options(@Nullable Object value) {
        if (value == null) {
            shape.mark('~');
            return;
        }
        shape.mark('{');
        JsonText.object("options", value).forEach((name, option) -> {
            check("options", name, OPTIONS);
            shape.text(name);
            if (name.equals("explain")) {
                explain = explain(option);
            } else {
                throwIfKeyNotFound |= flag(name, option);
            }
        });
        shape.mark('}');
    }

    private static void check(String where, String name, List<String> known) {
        if (!known.contains(name)) {
            throw Failure.invalid(where + " has no '" + Nearest.shown(name) + "'" + Nearest.hint(name, known));
        }
    }

    private Arguments arguments(String where, @Nullable Object value, List<String> known) {
        if (value == null) {
            shape.mark('~');
            return Arguments.NONE;
        }
        Map<String, @Nullable Object> map = JsonText.object(where, value);
        Object nested = null;
        Leaf skip = null;
        Leaf take = null;
        shape.mark('{');
        for (Map.Entry<String, @Nullable Object> entry : map.entrySet()) {
            check(where, entry.getKey(), known);
            shape.text(entry.getKey());
            switch (entry.getKey()) {
                case "skip" -> skip = shape.leaf(entry.getValue());
                case "take" -> take = shape.leaf(entry.getValue());
                case "filters" -> nested = shape.filters(entry.getValue());
                default -> shape.fixed(entry.getValue());
            }
        }
        shape.mark('}');
        return new Arguments(nested, map.get("order"), skip, take);
    }

    private void relations(@Nullable Object value) {
        if (value == null) {
            shape.mark('~');
            return;
        }
        shape.mark('{');
        JsonText.object("relations", value).forEach((path, arguments) -> {
            shape.text(path);
            relations.put(path, arguments("relations." + Nearest.shown(path), arguments, RELATION));
        });
        shape.mark('}');
    }

    /** Reads it once more, for a plan; every wrong name becomes a failure here. */
    public static Planned plan(Map<String, @Nullable Object> request, Catalog catalog, QueryLimits limits) {
        return new GraphRequest(request, Shape.keeping(limits)).planned(catalog, limits);
    }

    /** A selection with the options that change its plan. */
    public record Planned(Selection selection, boolean count, boolean throwIfKeyNotFound) {}

    private Planned planned(Catalog catalog, QueryLimits limits) {
        request.keySet().forEach(name -> check("the query", name, KNOWN));
        if (!(request.get("entity") instanceof String name)) {
            throw Failure.invalid("entity takes the name of an entity, was " + JsonText.shown(request.get("entity")));
        }
        Entity entity = catalog.entity(name);
        FieldTree tree = FieldTree.of(entity, request.get("fields"), limits);
        checkRelations(tree);
        Arguments arguments = new Arguments(filters, root.order(), root.skip(), root.take());
        Selection selection = selection(
                tree,
                arguments,
                FilterParser.json(limits.hops(), limits.conditions()),
                new OrderParser(limits),
                "pagination");
        return new Planned(selection, count || root.skip() != null, throwIfKeyNotFound);
    }

    private void checkRelations(FieldTree tree) {
        List<String> lists = new ArrayList<>();
        tree.collectLists(lists);
        relations.keySet().forEach(path -> {
            if (!lists.contains(path)) {
                throw Failure.invalid("relations." + Nearest.shown(path)
                        + " is no list among the selected fields, so it cannot be filtered, ordered or paged"
                        + Nearest.hint(path, lists));
            }
        });
    }

    private Selection selection(
            FieldTree tree, Arguments arguments, FilterParser filterParser, OrderParser orderParser, String where) {
        List<Selection.Item> items = new ArrayList<>();
        for (String name : tree.names()) {
            var field = tree.field(name);
            items.add(
                    field != null ? new Selection.Column(name, field) : nested(tree, name, filterParser, orderParser));
        }
        Entity entity = tree.entity();
        return new Selection(
                entity,
                items,
                filterParser.parse(entity, arguments.filters()),
                OrderParser.complete(entity, orderParser.parse(entity, arguments.order())),
                new Selection.Paging(
                        slot(arguments.skip(), Slot.Use.SKIP, where + ".skip"),
                        slot(arguments.take(), Slot.Use.TAKE, where + ".take")),
                withDeleted);
    }

    private Selection.Nested nested(FieldTree tree, String name, FilterParser filterParser, OrderParser orderParser) {
        FieldTree child = tree.nested(name);
        Arguments arguments = relations.getOrDefault(child.path(), Arguments.NONE);
        return new Selection.Nested(
                name,
                tree.relation(name),
                selection(child, arguments, filterParser, orderParser, "relations." + child.path()));
    }

    private static Optional<Slot> slot(@Nullable Leaf leaf, Slot.Use use, String where) {
        return leaf == null || leaf.kind() == Leaf.Kind.NULL
                ? Optional.empty()
                : Optional.of(Slot.count(leaf.index(), use, where));
    }
}
