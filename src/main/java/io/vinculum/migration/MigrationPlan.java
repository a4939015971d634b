package io.vinculum.migration;

import io.vinculum.ddl.Change;
import io.vinculum.ddl.Work;
import io.vinculum.ddl.Work.Later;
import io.vinculum.ddl.Work.Lock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a migration would do.
 *
 * @param steps the changes, in the order they are applied
 * @param refusals why it cannot be applied as it stands; each says the fix
 * @param hints which directive would keep rows that are dropped otherwise
 */
public record MigrationPlan(
        List<PlannedChange> steps, List<String> refusals, List<String> hints, MigrationOptions options) {

    /** The most rows that are counted for a plan. */
    static final long MOST_COUNTED = 10_000;

    /** One change, how it is made, and how many rows it touches where that is counted. */
    record PlannedChange(Change change, Work work, Optional<Long> rows) {}

    public MigrationPlan {
        steps = List.copyOf(steps);
        refusals = List.copyOf(refusals);
        hints = List.copyOf(hints);
    }

    public boolean isEmpty() {
        return steps.isEmpty() && refusals.isEmpty();
    }

    public boolean destructive() {
        return changes().stream().anyMatch(Change::destructive);
    }

    public boolean rewrites() {
        return changes().stream().anyMatch(Change::rewrites);
    }

    /** Whether it may not be applied: the rows do not admit it, or its options do not. */
    public boolean refused() {
        return !refusals.isEmpty() || !missingOptions().isEmpty();
    }

    /** The flags that it needs and was not given. */
    List<String> missingOptions() {
        List<String> missing = new ArrayList<>();
        if (destructive() && !options.allowDestructive()) {
            missing.add("--allow-destructive");
        }
        if (rewrites() && !options.allowRewrite()) {
            missing.add("--allow-rewrite");
        }
        return missing;
    }

    List<Change> changes() {
        return steps.stream().map(PlannedChange::change).toList();
    }

    /** The changes in words, one a line, then hints and refusals. */
    public String summary() {
        StringBuilder text = new StringBuilder();
        steps.forEach(step -> line(step, text));
        hints.forEach(hint -> text.append("hint: ").append(hint).append('\n'));
        refusals.forEach(refusal -> text.append("refused: ").append(refusal).append('\n'));
        missingOptions()
                .forEach(flag -> text.append("refused without ").append(flag).append('\n'));
        return text.toString();
    }

    private void line(PlannedChange step, StringBuilder text) {
        Change change = step.change();
        text.append(change.text());
        step.rows().ifPresent(rows -> text.append(" (").append(counted(rows)).append(')'));
        text.append(change.destructive() ? " [destructive]" : "");
        text.append(change.rewrites() ? " [rewrites the table, which is locked until then]" : "");
        String locks = locks(step.work());
        text.append(locks.isEmpty() ? "" : "; " + locks).append('\n');
    }

    static String counted(long rows) {
        return rows > MOST_COUNTED ? "more than " + MOST_COUNTED + " rows" : rows + (rows == 1 ? " row" : " rows");
    }

    private String locks(Work work) {
        List<String> parts = new ArrayList<>();
        for (Lock lock : work.locks()) {
            parts.add("locks " + lock.table() + " (" + lock.mode().sql() + ", blocks "
                    + lock.mode().blocks() + "), waits for it at most "
                    + options.lockTimeout().toMillis() + " ms");
        }
        if (work.later().stream().anyMatch(later -> later.way() == Work.Way.CONCURRENTLY)) {
            parts.add("done concurrently after the transaction, blocks no reader or writer");
        } else if (!work.later().isEmpty()) {
            parts.add("rows are checked after the transaction, which blocks no reader or writer");
        }
        return String.join("; ", parts);
    }

    /** The SQL of all changes: the transaction, then what follows it. */
    public String sql() {
        StringBuilder text = new StringBuilder();
        List<String> inside =
                steps.stream().flatMap(step -> step.work().inside().stream()).toList();
        if (!inside.isEmpty()) {
            text.append("begin;\n");
            inside.forEach(statement -> text.append(statement).append(";\n"));
            text.append("commit;\n");
        }
        later().forEach(later -> text.append(later.sql())
                .append(later.way() == Work.Way.REPEATED ? "; -- until it changes no row\n" : ";\n"));
        return text.toString();
    }

    List<Later> later() {
        return steps.stream().flatMap(step -> step.work().later().stream()).toList();
    }
}
