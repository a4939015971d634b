package io.vinculum.catalog;

import io.vinculum.failure.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Collects declarations, then checks all of them and makes a {@link Catalog}. */
public final class CatalogBuilder {
    final List<ModelBuilder> models = new ArrayList<>();
    final List<LinkBuilder> links = new ArrayList<>();
    final Map<String, List<String>> enums = new LinkedHashMap<>();
    final Map<String, Place> enumPlaces = new HashMap<>();
    final Map<String, Map<String, String>> deprecatedValues = new HashMap<>();
    final Map<String, Map<String, ValueWas>> valueWas = new LinkedHashMap<>();
    private final Problems problems = new Problems();

    public CatalogBuilder() {}

    /** An enum value's old name, and where it is said. */
    record ValueWas(String name, Place place) {}

    /** Adds a model to a module; the module exists by having one. */
    public CatalogBuilder model(String module, String typeName, Consumer<ModelBuilder> declaration) {
        ModelBuilder model = new ModelBuilder(module, typeName, Place.JAVA);
        declaration.accept(model);
        return add(model);
    }

    /** Adds a link. */
    public CatalogBuilder link(String typeName, Consumer<LinkBuilder> declaration) {
        LinkBuilder link = new LinkBuilder(typeName, Place.JAVA);
        declaration.accept(link);
        return add(link);
    }

    /** Adds an enum that fields may be of. */
    public CatalogBuilder enumeration(String name, String... values) {
        return enumeration(name, List.of(values), Place.JAVA);
    }

    public CatalogBuilder add(ModelBuilder model) {
        models.add(model);
        return this;
    }

    public CatalogBuilder add(LinkBuilder link) {
        links.add(link);
        return this;
    }

    public CatalogBuilder enumeration(String name, List<String> values, Place place) {
        enumPlaces.putIfAbsent(name, place);
        if (enums.putIfAbsent(name, values) != null) {
            problems.add(place, "the enum '" + name + "' is declared twice; give one of them another name");
        }
        return this;
    }

    /** Says why a value of an enum should not be used any more; the GraphQL schema shows it. */
    public CatalogBuilder deprecatedValue(String enumName, String value, String reason) {
        deprecatedValues.computeIfAbsent(enumName, name -> new HashMap<>()).put(value, reason);
        return this;
    }

    /** Says that a value of an enum had another name, so that a migration renames it in the rows. */
    public CatalogBuilder valueWas(String enumName, String value, String oldName) {
        return valueWas(enumName, value, oldName, Place.JAVA);
    }

    public CatalogBuilder valueWas(String enumName, String value, String oldName, Place place) {
        valueWas.computeIfAbsent(enumName, name -> new LinkedHashMap<>()).put(value, new ValueWas(oldName, place));
        return this;
    }

    public Problems problems() {
        return problems;
    }

    /**
     * Makes the catalog.
     *
     * @throws Failure {@code INVALID_DATA} with every error of all declarations, one a line
     */
    public Catalog build() {
        Resolution resolution = new Resolution(this, problems);
        Catalog catalog = resolution.resolve();
        problems.check();
        return catalog;
    }
}
