package io.vinculum.query;

import io.vinculum.catalog.Entity;
import io.vinculum.condition.Slot;
import io.vinculum.selection.Selection.Paging;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one shape of selection is answered: a tree of levels.
 *
 * @param keySlots the slots of keys that are asked for by name at the top level
 * @param keyColumn the root row's column that holds its key, -1 when nobody needs it
 */
public record Plan(
        Entity entity, Level root, Paging paging, boolean throwIfKeyNotFound, List<Slot> keySlots, int keyColumn) {

    /** Whether one statement answers it, which is a snapshot by itself. */
    boolean single() {
        return root.children().isEmpty();
    }

    /**
     * Checks the values of a request without running anything.
     *
     * @throws io.vinculum.failure.Failure {@code INVALID_DATA} for a value that its slot does not take
     */
    public void check(List<? extends @Nullable Object> values) {
        check(root, values);
    }

    private static void check(Level level, List<? extends @Nullable Object> values) {
        if (level instanceof Level.Sql sql) {
            sql.bind(values, List.of(), 0);
        }
        level.children().forEach(child -> check(child, values));
    }

    /** The levels in words, nested as they run. */
    String describe() {
        StringBuilder text = new StringBuilder();
        describe(root, 0, text);
        return text.toString();
    }

    private static void describe(Level level, int depth, StringBuilder into) {
        level.title()
                .lines()
                .forEach(line -> into.append("  ".repeat(depth)).append(line).append('\n'));
        level.children().forEach(child -> describe(child, depth + 1, into));
    }

    /** What {@code explain} answers: the plan in words, and its statements. */
    Map<String, Object> explain() {
        List<Object> statements = new ArrayList<>();
        collect(root, statements);
        Map<String, Object> explained = new LinkedHashMap<>();
        explained.put("plan", describe().strip());
        explained.put("consistency", single() ? "one statement" : "one repeatable read transaction");
        explained.put("statements", statements);
        return explained;
    }

    private static void collect(Level level, List<Object> into) {
        if (level instanceof Level.Sql sql) {
            into.add(sql.text().to(0, 0));
        } else if (level instanceof Level.Remote remote) {
            remote.pairs().ifPresent(pairs -> into.add(pairs.text().to(0, 0)));
        }
        level.children().forEach(child -> collect(child, into));
    }
}
