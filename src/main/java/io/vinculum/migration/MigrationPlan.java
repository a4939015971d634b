package io.vinculum.migration;

import java.util.List;
import java.util.Locale;

/**
 * What a migration would do.
 *
 * @param changes in the order they are applied
 * @param rows how many rows each change touches, zero where none are counted
 * @param refusals why it cannot be applied as it stands; each says the fix
 */
public record MigrationPlan(List<Change> changes, List<Long> rows, List<String> refusals) {

    public MigrationPlan {
        changes = List.copyOf(changes);
        rows = List.copyOf(rows);
        refusals = List.copyOf(refusals);
    }

    public boolean isEmpty() {
        return changes.isEmpty() && refusals.isEmpty();
    }

    public boolean destructive() {
        return changes.stream().anyMatch(Change::destructive);
    }

    /** The changes in words, one a line. */
    public String summary() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            text.append(change.kind().name().toLowerCase(Locale.ROOT))
                    .append(' ')
                    .append(change.what());
            if (change.counted().isPresent()) {
                text.append(" (").append(rows.get(i)).append(rows.get(i) == 1 ? " row)" : " rows)");
            }
            text.append(change.destructive() ? " [destructive]\n" : "\n");
        }
        refusals.forEach(refusal -> text.append("refused: ").append(refusal).append('\n'));
        return text.toString();
    }

    /** The SQL of all changes. */
    public String sql() {
        StringBuilder text = new StringBuilder();
        changes.forEach(change ->
                change.sql().forEach(statement -> text.append(statement).append(";\n")));
        return text.toString();
    }
}
