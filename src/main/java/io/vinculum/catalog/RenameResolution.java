package io.vinculum.catalog;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Gathers what {@code @was} says, and what is wrong with it. */
final class RenameResolution {
    private static final Set<String> ALWAYS_THERE = Set.of(Entity.CREATED_AT, Entity.UPDATED_AT, Entity.DELETED_AT);

    private final CatalogBuilder declared;
    private final Problems problems;
    private final Map<Table, Place> present = new HashMap<>();
    private final Map<Table, Place> claimed = new HashMap<>();
    private final Map<String, Renames.Old> entities = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> fields = new LinkedHashMap<>();

    RenameResolution(CatalogBuilder declared, Problems problems) {
        this.declared = declared;
        this.problems = problems;
    }

    Renames resolve() {
        declared.models.forEach(model -> {
            present.put(new Table(model.module, model.name()), model.place);
            present.put(model.table(), model.place);
        });
        declared.links.forEach(link -> {
            present.put(new Table(LinkBuilder.SCHEMA, Names.snake(link.typeName)), link.place);
            present.put(link.table(), link.place);
        });
        declared.models.forEach(this::model);
        declared.links.forEach(this::link);
        Map<String, Map<String, String>> values = new LinkedHashMap<>();
        declared.valueWas.forEach((name, was) -> values.put(name, values(name, was)));
        return new Renames(entities, fields, values);
    }

    private void model(ModelBuilder model) {
        if (model.was != null) {
            Set<Table> own = new HashSet<>(List.of(new Table(model.module, model.name()), model.table()));
            entity(model.typeName, model.name(), model.was, model.module, own, model.place);
        }
        fields.put(model.name(), fields(model.typeName, model.fields, ALWAYS_THERE));
    }

    private void link(LinkBuilder link) {
        String name = Names.snake(link.typeName);
        if (link.was != null) {
            Set<Table> own = new HashSet<>(List.of(new Table(LinkBuilder.SCHEMA, name), link.table()));
            entity(link.typeName, name, link.was, LinkBuilder.SCHEMA, own, link.place);
        }
        Set<String> always = new HashSet<>(ALWAYS_THERE);
        always.add("id");
        fields.put(name, fields(link.typeName, link.fields, always));
    }

    private void entity(String typeName, String name, String was, String schema, Set<Table> own, Place place) {
        Renames.Old old = Renames.Old.parse(was, schema);
        for (Table table : old.tables()) {
            Place still = own.contains(table) ? null : present.get(table);
            if (still != null) {
                problems.add(place, stillDeclared(typeName, was, still));
                return;
            }
            Place before = claimed.putIfAbsent(table, place);
            if (before != null) {
                problems.add(place, twice(typeName, was, "declared at " + before));
                return;
            }
        }
        entities.put(name, old);
    }

    private static String stillDeclared(String what, String was, Object still) {
        return what + " says @was(name: \"" + was + "\"), but '" + was + "' is still declared at " + still
                + "; a rename needs the old one to be gone, so remove it or the directive";
    }

    private static String twice(String what, String was, String first) {
        return what + " says @was(name: \"" + was + "\"), and so does the one " + first
                + "; one name becomes one other, so remove one of the directives";
    }

    private Map<String, String> fields(String typeName, List<FieldBuilder> builders, Set<String> always) {
        Map<String, String> renamed = new LinkedHashMap<>();
        Map<String, FieldBuilder> claims = new HashMap<>();
        for (FieldBuilder field : builders) {
            String was = field.was;
            if (was == null) {
                continue;
            }
            String path = typeName + "." + field.name;
            FieldBuilder before = claims.putIfAbsent(was, field);
            if (always.contains(was)) {
                problems.add(
                        field.place,
                        path + " says @was(name: \"" + was + "\"), but '" + was
                                + "' is there by itself and never goes");
            } else if (before != null) {
                problems.add(field.place, twice(path, was, "at " + before.place + ", '" + before.name + "'"));
            } else {
                builders.stream()
                        .filter(other -> other != field
                                && (other.name.equals(was) || other.columnName().equals(was)))
                        .findFirst()
                        .ifPresentOrElse(
                                other -> problems.add(field.place, stillDeclared(path, was, other.place)),
                                () -> renamed.put(field.name, was));
            }
        }
        return renamed;
    }

    private Map<String, String> values(String enumName, Map<String, CatalogBuilder.ValueWas> was) {
        List<String> values = declared.enums.getOrDefault(enumName, List.of());
        Map<String, String> renamed = new LinkedHashMap<>();
        Map<String, String> claims = new HashMap<>();
        was.forEach((value, old) -> {
            String before = claims.putIfAbsent(old.name(), value);
            String path = enumName + "." + value;
            if (!values.contains(value)) {
                problems.add(old.place(), path + " has @was, but the enum has no value '" + value + "'");
            } else if (values.contains(old.name())) {
                problems.add(old.place(), stillDeclared(path, old.name(), enumName));
            } else if (before != null) {
                problems.add(old.place(), twice(path, old.name(), "of '" + before + "'"));
            } else {
                renamed.put(value, old.name());
            }
        });
        return renamed;
    }
}
