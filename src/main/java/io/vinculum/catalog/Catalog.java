package io.vinculum.catalog;

import io.vinculum.failure.Failure;
import io.vinculum.failure.FailureCode;
import io.vinculum.failure.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Everything that exists: modules with their models, and the links between them. Immutable. */
public final class Catalog {
    private final Map<String, List<Model>> modules;
    private final Map<String, Link> links;
    private final Renames renames;
    private final List<Model> models;
    /** By singular and plural name. */
    private final Map<String, Entity> entities = new LinkedHashMap<>();

    private final List<Entity> distinct = new ArrayList<>();
    private final Map<String, Map<String, Model>> byModule = new HashMap<>();
    private final Map<Model, List<Link>> linksByModel = new HashMap<>();

    private final Map<String, Map<String, String>> deprecatedValues;

    Catalog(
            Map<String, List<Model>> modules,
            Map<String, Link> links,
            Map<String, Map<String, String>> deprecatedValues,
            Renames renames) {
        this.renames = renames;
        this.deprecatedValues = deprecatedValues;
        this.modules = Collections.unmodifiableMap(modules);
        this.links = Collections.unmodifiableMap(links);
        this.models = modules.values().stream().flatMap(List::stream).toList();
        models.forEach(this::enter);
        links.values().stream().filter(link -> !link.readOnly()).forEach(this::enter);
        models.forEach(this::enterInModule);
        links.values().forEach(this::enterAtSides);
    }

    private void enterInModule(Model model) {
        Map<String, Model> names = byModule.computeIfAbsent(model.module(), module -> new HashMap<>());
        names.put(model.name(), model);
        names.putIfAbsent(model.plural(), model);
    }

    private void enterAtSides(Link link) {
        Set<Model> sides =
                new LinkedHashSet<>(List.of(link.first().model(), link.second().model()));
        sides.forEach(model ->
                linksByModel.computeIfAbsent(model, side -> new ArrayList<>()).add(link));
    }

    private void enter(Entity entity) {
        distinct.add(entity);
        entities.put(entity.name(), entity);
        entities.put(entity.plural(), entity);
    }

    /** Starts a catalog in Java. */
    public static CatalogBuilder builder() {
        return new CatalogBuilder();
    }

    /** The models of each module, by the module's name. */
    public Map<String, List<Model>> modules() {
        return modules;
    }

    /** All links by name, read-only ones too. */
    public Map<String, Link> links() {
        return links;
    }

    /** What had another name before. */
    public Renames renames() {
        return renames;
    }

    public List<Model> models() {
        return models;
    }

    /** Every entity once: models, then links that have rows. */
    public Collection<Entity> entities() {
        return Collections.unmodifiableList(distinct);
    }

    /** Why values of an enum should not be used any more, by value; empty where all should. */
    public Map<String, String> deprecatedValues(String enumName) {
        return Collections.unmodifiableMap(deprecatedValues.getOrDefault(enumName, Map.of()));
    }

    /** An entity by its singular or plural name. */
    public Optional<Entity> find(String name) {
        return Optional.ofNullable(entities.get(name));
    }

    /**
     * An entity by its singular or plural name.
     *
     * @throws Failure {@code INVALID_DATA} with the nearest names
     */
    public Entity entity(String name) {
        return find(name).orElseThrow(() -> noEntity(name));
    }

    private Failure noEntity(String name) {
        Link link = links.get(name);
        return link == null
                ? Failure.invalid("there is no entity '" + Nearest.shown(name) + "'" + Nearest.hint(name, names()))
                : new Failure(
                        FailureCode.NOT_ALLOWED,
                        "the link '" + name + "' is read-only and has no rows of its own; read it as '"
                                + link.second().field() + "' of "
                                + link.first().model().name());
    }

    private List<String> names() {
        return entities().stream().map(Entity::name).toList();
    }

    /**
     * A model of a module by its singular or plural name; the module's only one when the name is empty.
     *
     * @throws Failure {@code INVALID_DATA} with the names that are there
     */
    public Model model(String module, Optional<String> name) {
        List<Model> models = modules.getOrDefault(module, List.of());
        if (name.isEmpty()) {
            if (models.size() == 1) {
                return models.get(0);
            }
            throw Failure.invalid("module '" + module + "' has several models, so 'model' must name one of: "
                    + String.join(", ", models.stream().map(Model::name).toList()));
        }
        Model model = byModule.getOrDefault(module, Map.of()).get(name.get());
        if (model == null) {
            throw Failure.invalid("module '" + module + "' has no model '" + Nearest.shown(name.get()) + "'"
                    + Nearest.hint(name.get(), models.stream().map(Model::name).toList()));
        }
        return model;
    }

    /**
     * A link by name.
     *
     * @throws Failure {@code INVALID_DATA} with the nearest names
     */
    public Link link(String name) {
        Link link = links.get(name);
        if (link == null) {
            throw Failure.invalid(
                    "there is no link '" + Nearest.shown(name) + "'" + Nearest.hint(name, links.keySet()));
        }
        return link;
    }

    /** The links that have the model on one side or both. */
    public List<Link> linksOf(Model model) {
        return Collections.unmodifiableList(linksByModel.getOrDefault(model, List.of()));
    }
}
