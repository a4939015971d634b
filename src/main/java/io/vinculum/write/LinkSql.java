package io.vinculum.write;

import static io.vinculum.database.Identifier.quote;

import com.github.f4b6a3.ulid.UlidCreator;
import io.vinculum.catalog.Field;
import io.vinculum.catalog.Link;
import io.vinculum.catalog.Link.Side;
import io.vinculum.database.Identifier;
import io.vinculum.database.Statement;
import io.vinculum.value.Unnest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes many rows of one link as one statement. Pure. */
final class LinkSql {
    /** What the names of links begin with. */
    static final String NAMES = "vinculum.link.";

    private final Link link;
    private final String table;

    LinkSql(Link link) {
        this.link = link;
        this.table = Identifier.table(link.table().schema(), link.table().name());
    }

    private static <T> List<@Nullable T> column(List<LinkInput> inputs, Function<LinkInput, @Nullable T> value) {
        List<@Nullable T> column = new ArrayList<>(inputs.size());
        inputs.forEach(input -> column.add(value.apply(input)));
        return column;
    }

    private String own(Side side) {
        return quote("l", side.key().column());
    }

    /** Whether a record of one side has one partner at most. */
    boolean limited() {
        return link.exclusive(link.first()) || link.exclusive(link.second());
    }

    /**
     * Whether writers that make rows live must come one at a time: the table has no index of ours to hold its
     * cardinality, or an order of pairs that keeps two writers from waiting for each other in a ring does not exist.
     */
    boolean oneAtATime() {
        boolean both = link.exclusive(link.first()) && link.exclusive(link.second());
        return limited() && (!link.managed() || (both && !link.checked()));
    }

    /** The name that every writer of an unchecked link locks instead of records: alone, or shared with others. */
    String name() {
        return NAMES + link.name();
    }

    /**
     * What is held while pairs are made, dismissed or revived: the records of a checked link, the name of another one.
     *
     * @param needed whether the records must be there
     */
    WriteLocks held(List<LinkInput> inputs, boolean needed) {
        WriteLocks locks = new WriteLocks();
        if (!link.checked()) {
            if (oneAtATime()) {
                locks.alone(name());
            } else {
                locks.share(name());
            }
        }
        for (Side side : link.checked() ? link.sides() : List.<Side>of()) {
            boolean first = side.equals(link.first());
            List<Object> keys = inputs.stream()
                    .map(input -> first ? input.first() : input.second())
                    .toList();
            // Who makes the only link of a record must be alone with it, or two would wait for each other's index
            // entry.
            WriteLocks.Strength strength =
                    link.exclusive(side) ? WriteLocks.Strength.NO_KEY_UPDATE : WriteLocks.Strength.KEY_SHARE;
            if (needed) {
                locks.need(side.model(), keys, strength);
            } else {
                locks.add(side.model(), keys, strength);
            }
        }
        return locks;
    }

    /** The order in which rows of the link are locked: the side that has one partner first. */
    String order(String first, String second) {
        String one = WriteLocks.ordered(first, link.first().key().type());
        String other = WriteLocks.ordered(second, link.second().key().type());
        boolean turned = link.exclusive(link.second()) && !link.exclusive(link.first());
        return turned ? other + ", " + one : one + ", " + other;
    }

    /**
     * Makes, updates or revives each pair, given once, and holds the records of a checked link; answers their rows and,
     * last, the outcome; no row at all when a record that must be there is not. Custom columns that were not given stay
     * as they are on a link that is there; the id always stays.
     */
    Statement upsert(List<LinkInput> inputs, WriteLocks locks) {
        Unnest rows = new Unnest();
        String first = rows.add(link.first().key().type(), column(inputs, LinkInput::first));
        String second = rows.add(link.second().key().type(), column(inputs, LinkInput::second));
        List<String> columns = new ArrayList<>(List.of(
                quote(link.first().key().column()), quote(link.second().key().column()), quote("id")));
        String id =
                rows.add(link.field("id").type(), column(inputs, input -> "link_" + UlidCreator.getMonotonicUlid()));
        List<String> values = new ArrayList<>(List.of(first, second, id));
        List<String> sets = new ArrayList<>(List.of("deleted_at = null", "updated_at = now()"));
        for (Field custom : link.custom()) {
            String name = quote(custom.column());
            columns.add(name);
            String value = rows.add(custom.type(), column(inputs, input -> input.valueForInsert(custom)));
            boolean mustBeGiven = custom.required() && custom.defaultText() == null;
            // What a row that is there holds stands in for what was not given: not null is checked before the conflict.
            values.add(mustBeGiven ? "coalesce(" + value + ", " + before("b." + name, first, second) + ")" : value);
            given(inputs, custom, rows).ifPresent(set -> sets.add(name + " = " + set));
        }
        // A row that was inserted has no xmax; what a statement reads of an updated one is as it was before it.
        String outcome = "case when l.xmax = 0 then 'created' when "
                + before("b.deleted_at", own(link.first()), own(link.second()))
                + " is null then 'updated' else 'revived' end";
        String from = rows.sql();
        WriteLocks.Guard guard = locks.guard(rows);
        String sql = guard.with() + "insert into " + table + " as l (" + String.join(", ", columns) + ") select "
                + String.join(", ", values) + " from " + from + guard.where() + " order by " + order(first, second)
                + " on conflict (" + columns.get(0) + ", "
                + columns.get(1) + ") do update set " + String.join(", ", sets) + " returning "
                + RowJson.columns(link, "l") + ", " + outcome;
        return new Statement(sql, rows.parameters());
    }

    private String before(String column, String first, String second) {
        return "(select " + column + " from " + table + " b where "
                + quote("b", link.first().key().column()) + " = " + first + " and "
                + quote("b", link.second().key().column()) + " = " + second + ")";
    }

    /** What a custom column becomes on a link that is there; empty when no input gives it. */
    private Optional<String> given(List<LinkInput> inputs, Field custom, Unnest rows) {
        long given = inputs.stream()
                .filter(input -> input.data().containsKey(custom))
                .count();
        if (given == 0) {
            return Optional.empty();
        }
        String excluded = "excluded." + quote(custom.column());
        if (given == inputs.size()) {
            return Optional.of(excluded);
        }
        // An upsert cannot see the input's flags, so the keys that give the column travel once more.
        List<LinkInput> givers = inputs.stream()
                .filter(input -> input.data().containsKey(custom))
                .toList();
        String first = rows.addArray(link.first().key().type(), column(givers, LinkInput::first));
        String second = rows.addArray(link.second().key().type(), column(givers, LinkInput::second));
        return Optional.of("case when (" + own(link.first()) + ", " + own(link.second())
                + ") in (select * from unnest(" + first + ", " + second + ")) then " + excluded + " else l."
                + quote(custom.column()) + " end");
    }

    /**
     * The live links among the pairs become dismissed; answers their rows.
     *
     * @param locks what is to be locked first, and is not locked yet
     */
    Statement dismiss(List<LinkInput> inputs, WriteLocks locks) {
        Unnest rows = new Unnest();
        String first = rows.add(link.first().key().type(), column(inputs, LinkInput::first));
        String second = rows.add(link.second().key().type(), column(inputs, LinkInput::second));
        String from = rows.sql();
        WriteLocks.Guard guard = locks.guard(rows);
        String sql = (guard.with().isEmpty() ? "with " : guard.with().stripTrailing() + ", ")
                + "live as materialized (select " + own(link.first()) + " as first, " + own(link.second())
                + " as second from " + from + " join " + table + " l on " + own(link.first()) + " = " + first + " and "
                + own(link.second()) + " = " + second + " where l.deleted_at is null"
                + (guard.condition().isEmpty() ? "" : " and " + guard.condition()) + " order by "
                + order(own(link.first()), own(link.second())) + " for update of l) update " + table
                + " l set deleted_at = now(), updated_at = now() from live where " + own(link.first())
                + " = live.first and " + own(link.second()) + " = live.second and l.deleted_at is null returning "
                + RowJson.columns(link, "l");
        return new Statement(sql, rows.parameters());
    }

    /** The live links that have one of the keys on a side. */
    Statement ofSide(Side side, List<Object> keys, int most) {
        String sql = "select " + RowJson.columns(link, "l") + " from " + table + " l where " + own(side) + " = any("
                + side.key().type().manyPlaceholder(1) + ") and l.deleted_at is null order by " + order() + " limit "
                + "$2::int8";
        return Statement.of(sql, side.key().type().many(keys), (long) most);
    }

    /** The live links among the pairs. */
    Statement ofPairs(List<LinkInput> inputs) {
        Unnest rows = new Unnest();
        String first = rows.add(link.first().key().type(), column(inputs, LinkInput::first));
        String second = rows.add(link.second().key().type(), column(inputs, LinkInput::second));
        String sql = "select " + RowJson.columns(link, "l") + " from " + rows.sql() + " join " + table + " l on "
                + own(link.first()) + " = " + first + " and " + own(link.second()) + " = " + second
                + " where l.deleted_at is null order by " + order();
        return new Statement(sql, rows.parameters());
    }

    private String order() {
        return own(link.first()) + ", " + own(link.second());
    }

    /** Lets one writer at a time into a link whose table has no index of ours to hold its cardinality. */
    Statement lock() {
        return Statement.of("select pg_advisory_xact_lock(hashtextextended($1, 0))", name());
    }

    /** Pairs that have a key whose record has another live partner now, on a side that allows one. */
    Statement crowded(List<LinkInput> inputs) {
        Unnest rows = new Unnest();
        rows.add(link.first().key().type(), column(inputs, LinkInput::first));
        rows.add(link.second().key().type(), column(inputs, LinkInput::second));
        List<String> checks = new ArrayList<>();
        link.sides().stream().filter(link::exclusive).forEach(side -> checks.add(crowded(side)));
        String sql =
                "select l.first, l.second, o.first, o.second, o.side from (select distinct u.c0 as first, u.c1 as second "
                        + "from " + rows.sql() + ") l cross join lateral (" + String.join(" union all ", checks)
                        + ") o "
                        + "order by 1, 2 limit 1";
        return new Statement(sql, rows.parameters());
    }

    private String crowded(Side side) {
        boolean isFirst = side.equals(link.first());
        String near = isFirst ? "first" : "second";
        String far = isFirst ? "second" : "first";
        return "select " + quote("x", link.first().key().column()) + " as first, "
                + quote("x", link.second().key().column()) + " as second, " + (isFirst ? 0 : 1) + " as side from "
                + table
                + " x where " + quote("x", side.key().column()) + " = l." + near + " and "
                + quote("x", link.other(side).key().column()) + " <> l." + far + " and x.deleted_at is null";
    }
}
