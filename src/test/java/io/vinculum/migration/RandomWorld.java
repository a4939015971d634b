package io.vinculum.migration;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.CatalogBuilder;
import io.vinculum.catalog.FieldBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A random catalog that changes at random; each part keeps its identity, so that a test knows which rows must stay. */
final class RandomWorld {
    private static final List<String> SCALARS =
            List.of("Int", "Long", "Float", "String", "BigDecimal", "Boolean", "DateTime", "[String!]", "ID", "JSON");
    private static final Map<String, List<String>> WIDER = Map.of(
            "Int", List.of("Long", "Float", "BigDecimal"),
            "Long", List.of("BigDecimal"),
            "String", List.of("[String!]", "ID"));

    private final Random random;
    private int counter;
    final List<AModel> models = new ArrayList<>();
    final List<ALink> links = new ArrayList<>();
    final List<AnEnum> enums = new ArrayList<>();

    /** What must happen to rows before they fit the changed catalog. */
    final List<Preparation> preparation = new ArrayList<>();

    /** Nulls of a field go where {@code gone} is null, else that value of an enum. */
    record Preparation(int field, String gone, String kept) {}

    static final class AnEnum {
        String name = "";
        final Map<String, String> values = new LinkedHashMap<>();
        /** Renames of the last change, old to new. */
        final Map<String, String> renamed = new LinkedHashMap<>();
    }

    static final class AField {
        int id;
        String name = "";
        String type = "";
        AModel target;
        boolean required;
        String defaultText;
        boolean unique;
        boolean index;
        String comment;
        String column;
        String was;
        boolean converted;

        String column() {
            return column != null ? column : target == null ? name : name + "_id";
        }
    }

    static final class AModel {
        int id;
        String module = "";
        String name = "";
        String keyType = "ID";
        String table;
        String was;
        String comment;
        List<String> indexSet = List.of();
        final List<AField> fields = new ArrayList<>();
        final Map<String, AModel> pivots = new LinkedHashMap<>();

        String type() {
            return Character.toUpperCase(name.charAt(0)) + name.substring(1);
        }

        String table() {
            return table != null ? table : module + "." + name;
        }
    }

    static final class ALink {
        int id;
        String name = "";
        String was;
        AModel first;
        AModel second;
        boolean manyFirst;
        boolean manySecond;
        String sides = "";
        final List<AField> fields = new ArrayList<>();

        String type() {
            return Character.toUpperCase(name.charAt(0)) + name.substring(1);
        }

        String table() {
            return "link." + name;
        }

        String firstColumn() {
            return first == second ? sides + "a_id" : first.name + "_id";
        }

        String secondColumn() {
            return first == second ? sides + "b_id" : second.name + "_id";
        }
    }

    RandomWorld(long seed) {
        random = new Random(seed);
        addEnum();
        for (int i = 0; i < 3; i++) {
            addModel();
        }
        addLink();
        addLink();
    }

    private String fresh(String prefix) {
        return prefix + counter++;
    }

    private <T> T any(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private void addEnum() {
        AnEnum made = new AnEnum();
        made.name = fresh("Enum");
        for (int i = 0; i < 3; i++) {
            made.values.put(fresh("v"), null);
        }
        enums.add(made);
    }

    private void addModel() {
        AModel model = new AModel();
        model.id = counter;
        model.name = fresh("m");
        model.module = "mod" + random.nextInt(3);
        model.keyType = any(List.of("ID", "Int", "Long", "UUID"));
        models.add(model);
        for (int i = 0; i < 3; i++) {
            addField(model);
        }
    }

    private AField addField(AModel model) {
        AField field = scalar();
        List<AModel> neighbours = models.stream()
                .filter(other -> other.module.equals(model.module))
                .toList();
        if (random.nextInt(5) == 0 && !neighbours.isEmpty()) {
            field.target = any(neighbours);
            field.type = field.target.type();
            field.defaultText = null;
            field.required = false;
            field.unique = false;
            field.index = false;
        }
        model.fields.add(field);
        return field;
    }

    private AField scalar() {
        AField field = new AField();
        field.id = counter;
        field.name = fresh("f");
        boolean ofEnum = random.nextInt(4) == 0 && !enums.isEmpty();
        field.type = ofEnum ? random.nextInt(4) == 0 ? "[" + any(enums).name + "!]" : any(enums).name : any(SCALARS);
        field.required = random.nextBoolean();
        field.defaultText = field.required || random.nextInt(3) == 0 ? defaultOf(field.type) : null;
        field.index = !field.type.startsWith("[") && random.nextInt(4) == 0 && !field.type.equals("JSON");
        field.unique = List.of("Int", "Long", "String", "BigDecimal").contains(field.type)
                && field.defaultText == null
                && random.nextInt(3) == 0;
        field.comment = random.nextInt(3) == 0 ? fresh("It's ") : null;
        return field;
    }

    private String defaultOf(String type) {
        return enums.stream()
                .filter(one -> type.contains(one.name))
                .findFirst()
                .map(one -> one.values.keySet().iterator().next())
                .map(value -> type.startsWith("[") ? "[\"" + value + "\"]" : value)
                .orElseGet(() -> switch (type) {
                    case "Boolean" -> "true";
                    case "UUID" -> "018f3c5e-0000-7000-8000-000000000000";
                    case "DateTime" -> "2026-01-01T00:00:00Z";
                    case "[String!]" -> "[\"x\"]";
                    case "JSON" -> "{\"a\": 1}";
                    default -> String.valueOf(random.nextInt(100));
                });
    }

    private void addLink() {
        ALink link = new ALink();
        link.id = counter;
        link.name = fresh("l");
        link.sides = fresh("s");
        link.first = any(models);
        link.second = any(models);
        link.manyFirst = random.nextBoolean();
        link.manySecond = random.nextBoolean();
        link.fields.add(scalar());
        links.add(link);
    }

    Catalog catalog() {
        CatalogBuilder builder = Catalog.builder();
        for (AnEnum one : enums) {
            builder.enumeration(one.name, one.values.keySet().toArray(String[]::new));
            one.values.forEach((value, was) -> {
                if (was != null) {
                    builder.valueWas(one.name, value, was);
                }
            });
        }
        models.forEach(model -> builder.model(model.module, model.type(), into -> {
            into.description(model.comment).field("id", model.keyType + "!");
            if (model.table != null) {
                into.table(model.table);
            }
            if (model.was != null) {
                into.was(model.was);
            }
            if (!model.indexSet.isEmpty()) {
                into.index(model.indexSet);
            }
            model.fields.forEach(field -> into.field(field.name, typeOf(field), options -> apply(field, options)));
            model.pivots.forEach((name, target) ->
                    into.field(name, "[" + target.type() + "!]!", options -> options.pivot("p_" + name)));
        }));
        links.forEach(link -> builder.link(link.type(), into -> {
            if (link.was != null) {
                into.was(link.was);
            }
            into.field(link.sides + "a", side(link.first, link.manyFirst));
            into.field(link.sides + "b", side(link.second, link.manySecond));
            link.fields.forEach(field -> into.field(field.name, typeOf(field), options -> apply(field, options)));
        }));
        return builder.build();
    }

    private static String side(AModel model, boolean many) {
        return many ? "[" + model.type() + "!]!" : model.type();
    }

    private static String typeOf(AField field) {
        return (field.target == null ? field.type : field.target.type()) + (field.required ? "!" : "");
    }

    private static void apply(AField field, FieldBuilder options) {
        options.description(field.comment);
        if (field.defaultText != null) {
            options.defaultValue(field.defaultText);
        }
        if (field.unique) {
            options.unique();
        }
        if (field.index) {
            options.index();
        }
        if (field.column != null) {
            options.column(field.column);
        }
        if (field.was != null) {
            options.was(field.was);
        }
    }

    /** Changes some things; answers what it did, for messages. */
    List<String> change() {
        preparation.clear();
        boolean forget = random.nextBoolean();
        models.forEach(model -> model.fields.forEach(field -> field.converted = false));
        links.forEach(link -> link.fields.forEach(field -> field.converted = false));
        enums.forEach(one -> one.renamed.clear());
        if (forget) {
            models.forEach(model -> model.was = null);
            models.forEach(model -> model.fields.forEach(field -> field.was = null));
            links.forEach(link -> link.was = null);
            links.forEach(link -> link.fields.forEach(field -> field.was = null));
            enums.forEach(one -> one.values.replaceAll((value, was) -> null));
        }
        List<String> done = new ArrayList<>();
        Set<Object> touched = new LinkedHashSet<>();
        for (int i = 1 + random.nextInt(10); i > 0; i--) {
            done.add(changeOne(touched));
        }
        return done;
    }

    private String changeOne(Set<Object> touched) {
        AModel model = any(models);
        int what = random.nextInt(36);
        return switch (what) {
            // What a new field needs for the rows that are there stays as it is in this change.
            case 0 -> added(() -> touched.add(addField(model)), "field in " + model.name);
            case 1 -> added(this::addModel, "model");
            case 2 -> added(this::addLink, "link");
            case 3 -> added(this::addEnum, "enum");
            case 4 -> dropField(model);
            case 5 -> dropModel(model);
            case 6 -> dropLink();
            case 7 -> renameModel(model, touched);
            case 8 -> moveModel(model, touched);
            case 9, 10 -> changeLink(touched);
            case 11 -> changeEnum(touched);
            case 12 -> added(() -> model.comment = fresh("about "), "comment of " + model.name);
            case 13 -> pivot(model);
            case 14 -> indexSet(model);
            case 15 -> widenKey(model, touched);
            default -> changeField(model, touched);
        };
    }

    private static String added(Runnable change, String what) {
        change.run();
        return "changed " + what;
    }

    private String dropField(AModel model) {
        List<AField> free = model.fields.stream()
                .filter(field -> !model.indexSet.contains(field.name))
                .toList();
        if (free.size() < 2) {
            return "nothing";
        }
        AField field = any(free);
        model.fields.remove(field);
        return "dropped field " + field.name;
    }

    private String dropModel(AModel model) {
        if (models.size() < 3) {
            return "nothing";
        }
        models.remove(model);
        links.removeIf(link -> link.first == model || link.second == model);
        for (AModel other : models) {
            other.fields.removeIf(field -> field.target == model && !other.indexSet.contains(field.name));
            other.pivots.values().removeIf(target -> target == model);
        }
        return "dropped model " + model.name;
    }

    private String dropLink() {
        return links.isEmpty() ? "nothing" : "dropped link " + links.remove(random.nextInt(links.size())).name;
    }

    private String renameModel(AModel model, Set<Object> touched) {
        if (!touched.add(model)) {
            return "nothing";
        }
        String old = model.name;
        model.was = model.table == null || random.nextBoolean() ? old : model.table;
        model.name = fresh("m");
        if (random.nextInt(3) == 0) {
            model.table = model.module + "." + fresh("t");
        }
        return "renamed model " + old + " to " + model.name + " in " + model.table();
    }

    private String moveModel(AModel model, Set<Object> touched) {
        boolean tied = !model.pivots.isEmpty()
                || model.fields.stream().anyMatch(field -> field.target != null)
                || models.stream()
                        .anyMatch(other -> other.pivots.containsValue(model)
                                || other.fields.stream().anyMatch(field -> field.target == model));
        if (tied || !touched.add(model)) {
            return "nothing";
        }
        String old = model.module;
        model.was = old + "." + model.name;
        model.module = "mod" + random.nextInt(4);
        if (old.equals(model.module)) {
            model.was = null;
            return "nothing";
        }
        model.table = null;
        if (random.nextBoolean()) {
            model.name = fresh("m");
        }
        return "moved model " + model.was + " to " + model.table();
    }

    private String changeLink(Set<Object> touched) {
        if (links.isEmpty()) {
            return "nothing";
        }
        ALink link = any(links);
        switch (random.nextInt(4)) {
            case 0 -> {
                if (touched.add(link)) {
                    link.was = link.name;
                    link.name = fresh("l");
                }
            }
            case 1 -> link.manyFirst = !link.manyFirst;
            case 2 -> link.manySecond = !link.manySecond;
            default -> link.fields.add(scalar());
        }
        return "changed link " + link.name;
    }

    private String changeEnum(Set<Object> touched) {
        AnEnum one = any(enums);
        List<String> values = List.copyOf(one.values.keySet());
        if (!touched.add(one)) {
            return "nothing";
        }
        switch (random.nextInt(3)) {
            case 0 -> one.values.put(fresh("v"), null);
            case 1 -> {
                String old = values.get(values.size() - 1);
                String now = fresh("v");
                one.values.remove(old);
                one.values.put(now, old);
                one.renamed.put(old, now);
                replaceDefaults(one, old);
            }
            default -> {
                if (values.size() > 1) {
                    String gone = values.get(values.size() - 1);
                    one.values.remove(gone);
                    replaceDefaults(one, gone);
                    everyField((table, field) -> {
                        if (field.type.contains(one.name)) {
                            preparation.add(new Preparation(field.id, gone, values.get(0)));
                        }
                    });
                }
            }
        }
        return "changed enum " + one.name + " to " + one.values + " renamed " + one.renamed;
    }

    private void replaceDefaults(AnEnum one, String gone) {
        everyField((table, field) -> {
            if (field.type.contains(one.name)
                    && field.defaultText != null
                    && field.defaultText.matches(".*\\b" + gone + "\\b.*")) {
                field.defaultText = defaultOf(field.type);
            }
        });
    }

    /** Does something with each field and its table. */
    interface Visit {
        void field(String table, AField field);
    }

    void everyField(Visit visit) {
        models.forEach(model -> model.fields.forEach(field -> visit.field(model.table(), field)));
        links.forEach(link -> link.fields.forEach(field -> visit.field(link.table(), field)));
    }

    private String pivot(AModel model) {
        if (!model.pivots.isEmpty()) {
            model.pivots.clear();
            return "dropped pivots of " + model.name;
        }
        List<AModel> others = models.stream()
                .filter(other -> other != model && other.module.equals(model.module))
                .toList();
        if (!others.isEmpty()) {
            model.pivots.put(fresh("r"), any(others));
        }
        return "pivot of " + model.name;
    }

    private String indexSet(AModel model) {
        model.indexSet = model.indexSet.isEmpty()
                ? model.fields.stream()
                        .filter(field -> !field.type.startsWith("[") && !field.type.equals("JSON"))
                        .limit(2)
                        .map(field -> field.name)
                        .toList()
                : List.of();
        return "index set of " + model.name + " " + model.indexSet;
    }

    private static String widenKey(AModel model, Set<Object> touched) {
        if (model.keyType.equals("Int") && touched.add(model)) {
            model.keyType = "Long";
            return "widened key of " + model.name;
        }
        return "nothing";
    }

    private String changeField(AModel model, Set<Object> touched) {
        AField field = any(model.fields);
        if (!touched.add(field)) {
            return "nothing";
        }
        String what = field.name;
        switch (random.nextInt(8)) {
            case 0 -> renameField(model, field);
            case 1 -> {
                if (field.target == null) {
                    field.was = field.column();
                    field.column = fresh("c");
                }
            }
            case 2 -> widen(field);
            case 3 -> require(field);
            case 4 -> {
                if (field.target == null && !field.unique) {
                    field.defaultText = field.defaultText == null ? defaultOf(field.type) : null;
                }
            }
            case 5 -> {
                if (field.target == null && !field.type.startsWith("[") && !field.type.equals("JSON")) {
                    field.index = !field.index;
                    field.unique = false;
                }
            }
            case 6 -> untie(model, field);
            default -> field.comment = field.comment == null ? fresh("says ") : null;
        }
        return "changed field " + what + " to " + field.name + " " + field.type + " " + field.column();
    }

    /** A relation becomes a field that holds the same keys. */
    private static void untie(AModel model, AField field) {
        if (field.target != null) {
            rename(model, field, field.name + "_id");
            field.was = null;
            field.type = field.target.keyType;
            field.target = null;
        }
    }

    private void renameField(AModel model, AField field) {
        if (field.column == null) {
            field.was = field.name;
        }
        rename(model, field, fresh("f"));
    }

    private static void rename(AModel model, AField field, String name) {
        model.indexSet = model.indexSet.stream()
                .map(indexed -> indexed.equals(field.name) ? name : indexed)
                .toList();
        field.name = name;
    }

    private void widen(AField field) {
        List<String> wider = WIDER.getOrDefault(field.type, List.of());
        if (!wider.isEmpty() && !field.unique && !field.index && field.target == null) {
            String type = any(wider);
            if (field.defaultText != null) {
                field.defaultText = defaultOf(type);
            }
            field.converted = !type.equals("ID");
            field.type = type;
        }
    }

    private void require(AField field) {
        if (field.required) {
            field.required = false;
        } else if (field.target == null && !field.unique) {
            field.required = true;
            preparation.add(new Preparation(field.id, null, null));
        }
    }
}
