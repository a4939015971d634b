package io.vinculum.plan;

import static io.vinculum.plan.SqlParts.column;

import io.vinculum.database.Identifier;
import io.vinculum.plan.Node.Sort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rows in SQL: what stands after {@code from}, and how the columns of their aliases are named there.
 *
 * @param where conditions that all have to hold
 * @param limit the text of a limit, empty without one
 * @param parentKey the SQL of the parent's key, empty at the root
 * @param exposedBy the alias of the sub-select that hands the columns of an alias on; an alias that is joined here itself
 *     names its own
 */
record Fragment(
        String from,
        List<String> where,
        List<Sort.Key> order,
        String limit,
        String parentKey,
        Map<String, String> exposedBy) {

    static Fragment of(String from, String alias) {
        return new Fragment(from, List.of(), List.of(), "", "", Map.of(alias, alias));
    }

    /** The aliases whose columns can be named. */
    Set<String> aliases() {
        return exposedBy.keySet();
    }

    /** The SQL of a column. */
    String reference(Ref ref) {
        String by = exposedBy.getOrDefault(ref.alias(), ref.alias());
        return by.equals(ref.alias()) ? column(by, ref.field()) : by + "." + handedName(ref);
    }

    private static String handedName(Ref ref) {
        return Identifier.quote(ref.alias() + " " + ref.field().column());
    }

    Fragment from(String other) {
        return new Fragment(other, where, order, limit, parentKey, exposedBy);
    }

    Fragment where(String condition) {
        return where(List.of(condition));
    }

    Fragment where(List<String> more) {
        List<String> all = new ArrayList<>(where);
        all.addAll(more);
        return new Fragment(from, all, order, limit, parentKey, exposedBy);
    }

    Fragment orderedBy(List<Sort.Key> keys) {
        return new Fragment(from, where, keys, limit, parentKey, exposedBy);
    }

    Fragment limit(String text) {
        return new Fragment(from, where, order, text, parentKey, exposedBy);
    }

    Fragment groupedBy(String key) {
        return new Fragment(from, where, order, limit, key, exposedBy);
    }

    /** The same with a row that is joined here under an alias. */
    Fragment with(String alias) {
        return with(Set.of(alias));
    }

    Fragment with(Set<String> more) {
        Map<String, String> all = new LinkedHashMap<>(exposedBy);
        more.forEach(alias -> all.put(alias, alias));
        return new Fragment(from, where, order, limit, parentKey, all);
    }

    /** The same with the aliases of rows that are joined here as they are. */
    Fragment with(Fragment joined) {
        Map<String, String> all = new LinkedHashMap<>(exposedBy);
        all.putAll(joined.exposedBy);
        return new Fragment(from, where, order, limit, parentKey, all);
    }

    String conditions() {
        return String.join(" and ", where);
    }

    /** All of it but the limit: {@code  from … where … order by …}. */
    String body() {
        String sorted = order.stream()
                .map(key -> reference(key.column()) + " " + key.direction().sql())
                .collect(Collectors.joining(", "));
        return " from " + from + (where.isEmpty() ? "" : " where " + conditions())
                + (order.isEmpty() ? "" : " order by " + sorted);
    }

    /** A sub-select of the alias, which hands on the columns that are needed above and those it is sorted by. */
    Fragment wrapped(String alias, Set<Ref> needed) {
        Set<Ref> handed = new LinkedHashSet<>(needed);
        order.forEach(key -> handed.add(key.column()));
        List<String> columns = new ArrayList<>();
        for (Ref ref : handed) {
            if (exposedBy.containsKey(ref.alias())) {
                String sql = reference(ref);
                boolean named = ref.alias().equals(alias) || sql.endsWith("." + handedName(ref));
                columns.add(named ? sql : sql + " as " + handedName(ref));
            }
        }
        String select = columns.isEmpty() ? "1" : String.join(", ", columns);
        Map<String, String> all = new LinkedHashMap<>();
        exposedBy.keySet().forEach(inner -> all.put(inner, alias));
        return new Fragment("(select " + select + body() + limit + ") " + alias, List.of(), order, "", parentKey, all);
    }

    /** The same rows, in a sub-select if they are limited, so that more can be joined to them. */
    Fragment withoutLimit(String from, Set<Ref> needed) {
        return limit.isEmpty() ? this : wrapped(exposedBy.getOrDefault(from, from), needed);
    }
}
