package io.vinculum.plan;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Relation;
import io.vinculum.catalog.Table;
import io.vinculum.condition.Condition;
import io.vinculum.database.Identifier;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints the parts of one statement: placeholders, sources of rows, conditions. Names come from the catalog and are
 * quoted; a value is only ever a placeholder.
 */
final class SqlParts {
    private final Visibility visibility;
    private final List<Argument> arguments = new ArrayList<>();
    private int aliases;

    SqlParts(Visibility visibility) {
        this.visibility = visibility;
    }

    List<Argument> arguments() {
        return arguments;
    }

    String alias(String letter) {
        return letter + aliases++;
    }

    String placeholder(Argument argument, ColumnType type) {
        arguments.add(argument);
        return type.placeholder(arguments.size());
    }

    String manyPlaceholder(Argument argument, ColumnType type) {
        arguments.add(argument);
        return type.manyPlaceholder(arguments.size());
    }

    String countPlaceholder(Argument argument) {
        return placeholder(argument, ColumnType.of(Scalar.LONG));
    }

    static String table(Table table) {
        return Identifier.table(table.schema(), table.name());
    }

    static String column(String alias, Field field) {
        return quote(alias, field.column());
    }

    String visible(String alias, Entity entity) {
        return visibility.visible(entity, alias);
    }

    /**
     * A {@code from} list and the condition that belongs to it.
     *
     * @param best the order in which the first row is the one to choose where a to-one relation meets several: live
     *     before deleted, then the newest link
     */
    record Source(String from, String where, String best) {}

    /** The rows that a relation leads to from one owner, given the SQL of the owner's near field. */
    Source source(Relation relation, String near, String alias) {
        String target = table(relation.target().table()) + " " + alias;
        if (relation.join() instanceof Join.Through through) {
            String via = alias("l");
            return new Source(
                    viaTarget(through, via, relation.target(), alias),
                    column(via, through.viaNear()) + " = " + near + visibleVia(through, via),
                    best(via, through.viaDeleted(), through.viaCreated()) + best(alias, relation.target()));
        }
        Join.ByKey key = (Join.ByKey) relation.join();
        String far = column(alias, key.far());
        String meets = key.near().type().list()
                ? far + " = any(" + near + ")"
                : key.far().type().list() ? far + " @> array[" + near + "]" : far + " = " + near;
        return new Source(target, meets + " and " + visible(alias, relation.target()), best(alias, relation.target()));
    }

    /** A to-one relation joined to its owner, given the SQL of the owner's near field. */
    String join(String kind, Relation relation, String near, String alias) {
        String target = kind + table(relation.target().table()) + " " + alias + " on ";
        String live = " and " + visible(alias, relation.target());
        if (relation.join() instanceof Join.Through through) {
            String via = alias("l");
            return kind + table(through.via()) + " " + via + " on " + column(via, through.viaNear()) + " = " + near
                    + visibleVia(through, via) + target + column(alias, through.far()) + " = "
                    + column(via, through.viaFar()) + live;
        }
        return target + column(alias, ((Join.ByKey) relation.join()).far()) + " = " + near + live;
    }

    private String best(String alias, Entity target) {
        return best(alias, target.deletedAt(), target.field(Entity.CREATED_AT)).replaceFirst(", $", "");
    }

    private String best(String alias, @Nullable Field deleted, @Nullable Field created) {
        if (deleted == null || created == null) {
            return "";
        }
        String live = visibility.withDeleted() ? column(alias, deleted) + " desc nulls first, " : "";
        return live + column(alias, created) + " desc, ";
    }

    /** The rows that a relation leads to from many owners, with the SQL of the key they are grouped by. */
    Source batch(Relation relation, String keys, String alias, StringBuilder parentKey) {
        String target = table(relation.target().table()) + " " + alias;
        if (relation.join() instanceof Join.Through through) {
            String via = alias("l");
            parentKey.append(column(via, through.viaNear()));
            return new Source(
                    viaTarget(through, via, relation.target(), alias),
                    column(via, through.viaNear()) + " = any(" + keys + ")" + visibleVia(through, via),
                    "");
        }
        Join.ByKey key = (Join.ByKey) relation.join();
        String far = column(alias, key.far());
        if (key.near().type().list()) {
            String owner = alias("o");
            parentKey.append(column(owner, relation.owner().keys().get(0)));
            return new Source(
                    table(relation.owner().table()) + " " + owner + " join " + target + " on " + far + " = any("
                            + column(owner, key.near()) + ") and " + visible(alias, relation.target()),
                    column(owner, relation.owner().keys().get(0)) + " = any(" + keys + ")",
                    "");
        }
        if (key.far().type().list()) {
            String parent = alias("k");
            parentKey.append(parent).append(".key");
            return new Source(
                    "unnest(" + keys + ") " + parent + "(key) join " + target + " on " + far + " @> array[" + parent
                            + ".key]",
                    visible(alias, relation.target()),
                    "");
        }
        parentKey.append(far);
        return new Source(target, far + " = any(" + keys + ") and " + visible(alias, relation.target()), "");
    }

    private String viaTarget(Join.Through through, String via, Entity target, String alias) {
        return table(through.via()) + " " + via + " join " + table(target.table()) + " " + alias + " on "
                + column(alias, through.far()) + " = " + column(via, through.viaFar()) + " and "
                + visible(alias, target);
    }

    String visibleVia(Join.Through through, String via) {
        String visible = visibility.visible(through, via);
        return visible.equals("true") ? "" : " and " + visible;
    }

    /** A condition on the row of an alias. */
    String condition(Condition condition, String alias) {
        return condition.accept(new ConditionSql(this, alias));
    }
}
