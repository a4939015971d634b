package io.vinculum.ddl;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Index;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Names;
import io.vinculum.catalog.Relation;
import io.vinculum.catalog.Renames;
import io.vinculum.catalog.Table;
import io.vinculum.database.Identifier;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table as it should be.
 *
 * @param owner what it belongs to, for messages: {@code product}
 * @param was what it was called before, as declared
 */
public record TableSpec(
        String owner,
        Table table,
        boolean managed,
        List<Column> columns,
        List<String> primaryKey,
        List<Index> indexes,
        List<Reference> references,
        Former was,
        @Nullable String comment) {

    /**
     * What a table was called before.
     *
     * @param owner what it belonged to, empty when that has not changed
     * @param tables its own former names
     */
    public record Former(String owner, List<Table> tables) {
        public static final Former NONE = new Former("", List.of());
    }

    /**
     * A column as it should be.
     *
     * @param defaultSql an expression
     * @param was its former names, the likeliest first
     * @param valuesWas the former names of an enum's values, by their present names
     */
    public record Column(
            String name,
            ColumnType type,
            boolean required,
            boolean numbered,
            @Nullable String defaultSql,
            @Nullable String comment,
            List<String> was,
            Map<String, String> valuesWas) {}

    /** A foreign key inside one module. */
    public record Reference(String column, Table target, String targetColumn) {}

    /** Every table that the catalog needs, models first. */
    public static List<TableSpec> of(Catalog catalog) {
        List<TableSpec> specs = new ArrayList<>();
        Renames renames = catalog.renames();
        Set<Table> pivots = new HashSet<>();
        for (Model model : catalog.models()) {
            if (!model.remote()) {
                specs.add(of(model, renames));
            }
        }
        for (Model model : catalog.models()) {
            for (Relation relation : model.relations().values()) {
                if (relation.pivot() != null && pivots.add(relation.pivot().table())) {
                    specs.add(of(relation, relation.pivot(), renames));
                }
            }
        }
        catalog.links().values().stream()
                .filter(link -> !link.readOnly())
                .forEach(link -> specs.add(of(link, renames)));
        return specs;
    }

    private static TableSpec of(Model model, Renames renames) {
        List<Reference> references = new ArrayList<>();
        for (Relation relation : model.relations().values()) {
            boolean ours =
                    relation.join() instanceof Join.ByKey key && key.near().role() == Field.Role.REFERENCE;
            if (ours && model.managed() && relation.target().managed()) {
                references.add(new Reference(
                        relation.join().near().column(),
                        relation.target().table(),
                        relation.target().keys().get(0).column()));
            }
        }
        return spec(model, references, renames);
    }

    private static TableSpec of(Link link, Renames renames) {
        return spec(link, List.of(), renames);
    }

    private static TableSpec spec(Entity entity, List<Reference> references, Renames renames) {
        List<Column> columns = entity.fields().values().stream()
                .map(field -> column(entity, field, renames))
                .toList();
        Renames.Old old = renames.entities().get(entity.name());
        List<String> keys = entity.keys().stream().map(Field::column).toList();
        return new TableSpec(
                entity.name(),
                entity.table(),
                entity.managed(),
                columns,
                keys,
                entity.indexes(),
                references,
                old == null ? Former.NONE : new Former(old.name(), old.tables()),
                entity.description());
    }

    private static Column column(Entity entity, Field field, Renames renames) {
        boolean key = entity instanceof Model && field.role() == Field.Role.KEY;
        boolean numbered =
                key && (field.type().scalar() == Scalar.INT || field.type().scalar() == Scalar.LONG);
        String enumName = field.type().enumName();
        return new Column(
                field.column(),
                field.type(),
                field.required(),
                numbered,
                defaultSql(field),
                field.description(),
                formerColumns(entity, field, renames),
                enumName == null ? Map.of() : renames.valuesOf(enumName));
    }

    /** The columns that a field may have been kept in, where it or the model that it leads to had another name. */
    private static List<String> formerColumns(Entity entity, Field field, Renames renames) {
        Map<String, String> fields = renames.fieldsOf(entity.name());
        Set<String> columns = new LinkedHashSet<>();
        String was = fields.get(declaredName(entity, field));
        if (was != null) {
            if (field.role() == Field.Role.REFERENCE || entity instanceof Link) {
                columns.add(Names.snake(was) + "_id");
            }
            columns.add(was);
            columns.add(Names.snake(was));
        }
        if (entity instanceof Link link) {
            link.sides().stream()
                    .filter(side -> side.key().equals(field))
                    .forEach(side -> Optional.ofNullable(
                                    renames.entities().get(side.model().name()))
                            .ifPresent(old -> columns.add(old.name() + "_id")));
        }
        return List.copyOf(columns);
    }

    /** The name that the declaration has for a stored field: that of its relation, for a key that leads elsewhere. */
    private static String declaredName(Entity entity, Field field) {
        if (entity instanceof Link link) {
            return link.sides().stream()
                    .filter(side -> side.key().equals(field))
                    .map(Link.Side::field)
                    .findFirst()
                    .orElse(field.name());
        }
        return entity.relations().values().stream()
                .filter(relation -> field.role() == Field.Role.REFERENCE
                        && relation.join() instanceof Join.ByKey key
                        && key.near().equals(field))
                .map(Relation::name)
                .findFirst()
                .orElse(field.name());
    }

    private static @Nullable String defaultSql(Field field) {
        if (field.role() == Field.Role.TIMESTAMP) {
            return field.required() ? "now()" : null;
        }
        if (field.defaultText() == null) {
            return null;
        }
        Object value = field.type().parse(field.defaultText(), field.name());
        return Identifier.literal(value.toString()) + "::" + field.type().sqlName();
    }

    private static TableSpec of(Relation relation, Relation.Pivot pivot, Renames renames) {
        Renames.Old oldOwner = renames.entities().get(relation.owner().name());
        Renames.Old oldTarget = renames.entities().get(relation.target().name());
        String oldField = renames.fieldsOf(relation.owner().name()).get(relation.name());
        boolean self = relation.owner() == relation.target();
        List<String> nearWas = oldOwner == null || self ? List.of() : List.of(oldOwner.name() + "_id");
        List<String> farWas = self
                ? oldField == null ? List.of() : List.of(oldField + "_id")
                : oldTarget == null ? List.of() : List.of(oldTarget.name() + "_id");
        Column near = pivotColumn(pivot.near(), nearWas);
        Column far = pivotColumn(pivot.far(), farWas);
        boolean managed = relation.owner().managed() && relation.target().managed();
        List<Reference> references = List.of(
                new Reference(
                        near.name(),
                        relation.owner().table(),
                        relation.owner().keys().get(0).column()),
                new Reference(
                        far.name(),
                        relation.target().table(),
                        relation.target().keys().get(0).column()));
        Index back = new Index(
                List.of(pivot.far(), pivot.near()), false, false, "btree", relation + " is read from its other side");
        return new TableSpec(
                relation.toString(),
                pivot.table(),
                managed,
                List.of(near, far),
                List.of(near.name(), far.name()),
                List.of(back),
                references,
                formerPivot(pivot, relation, oldOwner, oldField),
                null);
    }

    private static Column pivotColumn(Field key, List<String> was) {
        return new Column(key.column(), key.type(), true, false, null, null, was, Map.of());
    }

    private static Former formerPivot(
            Relation.Pivot pivot, Relation relation, Renames.@Nullable Old oldOwner, @Nullable String oldField) {
        if (oldOwner == null && oldField == null) {
            return Former.NONE;
        }
        String owner = oldOwner == null ? relation.owner().name() : oldOwner.name();
        String field = oldField == null ? relation.name() : oldField;
        List<Table> tables = new ArrayList<>();
        if (oldOwner != null) {
            oldOwner.tables()
                    .forEach(table ->
                            tables.add(new Table(table.schema(), pivot.table().name())));
        }
        if (oldField != null) {
            tables.add(new Table(pivot.table().schema(), oldField));
        }
        return new Former(owner + "." + field, tables);
    }
}
