package io.vinculum.migration;

import io.vinculum.catalog.Catalog;
import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Index;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Model;
import io.vinculum.catalog.Relation;
import io.vinculum.catalog.Table;
import io.vinculum.database.Identifier;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table as it should be.
 *
 * @param owner what it belongs to, for messages: {@code product}
 * @param identity what it is, apart from its name; a table that lost its name is found by it, empty when never
 */
record TableSpec(
        String owner,
        Table table,
        boolean managed,
        List<Column> columns,
        List<String> primaryKey,
        List<Index> indexes,
        List<Reference> references,
        String identity,
        @Nullable String comment) {

    /** A column as it should be; {@code defaultSql} is an expression. */
    record Column(
            String name,
            ColumnType type,
            boolean required,
            boolean numbered,
            @Nullable String defaultSql,
            @Nullable String comment) {}

    /** A foreign key inside one module. */
    record Reference(String column, Table target, String targetColumn) {}

    /** Every table that the catalog needs, models first. */
    static List<TableSpec> of(Catalog catalog) {
        List<TableSpec> specs = new ArrayList<>();
        Set<Table> pivots = new HashSet<>();
        for (Model model : catalog.models()) {
            if (!model.remote()) {
                specs.add(of(model));
            }
        }
        for (Model model : catalog.models()) {
            for (Relation relation : model.relations().values()) {
                if (relation.pivot() != null && pivots.add(relation.pivot().table())) {
                    specs.add(of(relation, relation.pivot()));
                }
            }
        }
        catalog.links().values().stream().filter(link -> !link.readOnly()).forEach(link -> specs.add(of(link)));
        return specs;
    }

    private static TableSpec of(Model model) {
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
        return spec(model, references, "");
    }

    private static TableSpec of(Link link) {
        String identity = link.first().model().name() + "." + link.first().key().column() + "/"
                + link.second().model().name() + "." + link.second().key().column();
        return spec(link, List.of(), identity);
    }

    private static TableSpec spec(Entity entity, List<Reference> references, String identity) {
        List<Column> columns = entity.fields().values().stream()
                .map(field -> column(entity, field))
                .toList();
        List<String> keys = entity.keys().stream().map(Field::column).toList();
        return new TableSpec(
                entity.name(),
                entity.table(),
                entity.managed(),
                columns,
                keys,
                entity.indexes(),
                references,
                identity,
                entity.description());
    }

    private static Column column(Entity entity, Field field) {
        boolean key = entity instanceof Model && field.role() == Field.Role.KEY;
        boolean numbered =
                key && (field.type().scalar() == Scalar.INT || field.type().scalar() == Scalar.LONG);
        return new Column(
                field.column(), field.type(), field.required(), numbered, defaultSql(field), field.description());
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

    private static TableSpec of(Relation relation, Relation.Pivot pivot) {
        Column near = new Column(pivot.near().column(), pivot.near().type(), true, false, null, null);
        Column far = new Column(pivot.far().column(), pivot.far().type(), true, false, null, null);
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
                "",
                null);
    }
}
