package io.vinculum.query;

import static io.vinculum.database.Identifier.quote;

import io.vinculum.catalog.Entity;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Join;
import io.vinculum.catalog.Relation;
import io.vinculum.catalog.Table;
import io.vinculum.condition.Condition;
import io.vinculum.condition.Condition.All;
import io.vinculum.condition.Condition.Any;
import io.vinculum.condition.Condition.Compare;
import io.vinculum.condition.Condition.Empty;
import io.vinculum.condition.Condition.Not;
import io.vinculum.condition.Condition.Quantifier;
import io.vinculum.condition.Condition.Related;
import io.vinculum.condition.Condition.Words;
import io.vinculum.condition.Slot;
import io.vinculum.database.Identifier;
import io.vinculum.value.ColumnType;
import io.vinculum.value.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the parts of one statement: placeholders, sources of rows, conditions. Names come from the catalog and are
 * quoted; a value is only ever a placeholder.
 */
final class SqlWriter {
    private final boolean withDeleted;
    private final List<Argument> arguments = new ArrayList<>();
    private int aliases;

    SqlWriter(boolean withDeleted) {
        this.withDeleted = withDeleted;
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

    /** Rows of an entity that may be seen. */
    String live(String alias, Entity entity) {
        return withDeleted ? "true" : column(alias, entity.deletedAt()) + " is null";
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
                    column(via, through.viaNear()) + " = " + near + liveVia(through, via),
                    best(via, through.viaDeleted(), through.viaCreated()) + best(alias, relation.target()));
        }
        Join.ByKey key = (Join.ByKey) relation.join();
        String far = column(alias, key.far());
        String meets = key.near().type().list()
                ? far + " = any(" + near + ")"
                : key.far().type().list() ? far + " @> array[" + near + "]" : far + " = " + near;
        return new Source(target, meets + " and " + live(alias, relation.target()), best(alias, relation.target()));
    }

    /** A to-one relation joined to its owner, given the SQL of the owner's near field. */
    String join(String kind, Relation relation, String near, String alias) {
        String target = kind + table(relation.target().table()) + " " + alias + " on ";
        String live = " and " + live(alias, relation.target());
        if (relation.join() instanceof Join.Through through) {
            String via = alias("l");
            return kind + table(through.via()) + " " + via + " on " + column(via, through.viaNear()) + " = " + near
                    + liveVia(through, via) + target + column(alias, through.far()) + " = "
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
        String live = withDeleted ? column(alias, deleted) + " desc nulls first, " : "";
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
                    column(via, through.viaNear()) + " = any(" + keys + ")" + liveVia(through, via),
                    "");
        }
        Join.ByKey key = (Join.ByKey) relation.join();
        String far = column(alias, key.far());
        if (key.near().type().list()) {
            String owner = alias("o");
            parentKey.append(column(owner, relation.owner().keys().get(0)));
            return new Source(
                    table(relation.owner().table()) + " " + owner + " join " + target + " on " + far + " = any("
                            + column(owner, key.near()) + ") and " + live(alias, relation.target()),
                    column(owner, relation.owner().keys().get(0)) + " = any(" + keys + ")",
                    "");
        }
        if (key.far().type().list()) {
            String parent = alias("k");
            parentKey.append(parent).append(".key");
            return new Source(
                    "unnest(" + keys + ") " + parent + "(key) join " + target + " on " + far + " @> array[" + parent
                            + ".key]",
                    live(alias, relation.target()),
                    "");
        }
        parentKey.append(far);
        return new Source(target, far + " = any(" + keys + ") and " + live(alias, relation.target()), "");
    }

    private String viaTarget(Join.Through through, String via, Entity target, String alias) {
        return table(through.via()) + " " + via + " join " + table(target.table()) + " " + alias + " on "
                + column(alias, through.far()) + " = " + column(via, through.viaFar()) + " and " + live(alias, target);
    }

    private String liveVia(Join.Through through, String via) {
        return withDeleted || through.viaDeleted() == null
                ? ""
                : " and " + column(via, through.viaDeleted()) + " is null";
    }

    /** Whether one owner may meet several rows of a to-one relation, so that one has to be chosen. */
    boolean ambiguous(Relation relation) {
        if (withDeleted) {
            return true;
        }
        return relation.join() instanceof Join.Through through
                ? !through.exclusive()
                : !((Join.ByKey) relation.join())
                        .far()
                        .equals(relation.target().keys().get(0));
    }

    /** The field whose value groups the rows of a relation by their owner. */
    static Field parentField(Relation relation) {
        Field near = relation.join().near();
        return near.type().list() ? relation.owner().keys().get(0) : near;
    }

    /** A condition on the row of an alias. */
    String condition(Condition condition, String alias) {
        return condition.accept(new Conditions(alias));
    }

    private final class Conditions implements Condition.Visitor<String> {
        private final String alias;

        Conditions(String alias) {
            this.alias = alias;
        }

        @Override
        public String all(All all) {
            return joined(all.conditions(), " and ", "true");
        }

        @Override
        public String any(Any any) {
            return joined(any.conditions(), " or ", "false");
        }

        private String joined(List<Condition> conditions, String with, String none) {
            return conditions.isEmpty()
                    ? none
                    : conditions.stream()
                            .map(condition -> condition.accept(this))
                            .collect(Collectors.joining(with, "(", ")"));
        }

        @Override
        public String not(Not not) {
            return "(not " + not.condition().accept(this) + ")";
        }

        @Override
        public String compare(Compare compare) {
            Argument argument = new Argument.OfRequest(compare.value());
            String value = compare.value().use() == Slot.Use.MANY
                    ? manyPlaceholder(argument, compare.value().type())
                    : placeholder(argument, compare.value().type());
            return "(" + compare.operator().sql(column(alias, compare.field()), value) + ")";
        }

        @Override
        public String empty(Empty empty) {
            return "(" + column(alias, empty.field()) + (empty.empty() ? " is null)" : " is not null)");
        }

        @Override
        public String related(Related related) {
            String inner = alias("f");
            Relation relation = related.relation();
            Source source = source(relation, column(alias, relation.join().near()), inner);
            String condition = related.condition().accept(new Conditions(inner));
            boolean every = related.quantifier() == Quantifier.EVERY;
            return (related.quantifier() == Quantifier.SOME ? "exists" : "not exists")
                    + " (select from " + source.from() + " where " + source.where() + " and "
                    + (every ? condition + " is not true" : condition) + ")";
        }

        @Override
        public String words(Words words) {
            String patterns = manyPlaceholder(
                    new Argument.OfRequest(words.words()), words.words().type());
            String somewhere = words.fields().stream()
                    .map(field -> "coalesce(" + column(alias, field) + " ilike w.word, false)")
                    .collect(Collectors.joining(" or "));
            return "not exists (select from unnest(" + patterns + ") w(word) where not (" + somewhere + "))";
        }
    }
}
